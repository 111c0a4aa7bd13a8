# tests/unit: the rooms worker and handler, and what of base they stand on
unit_tests += \
	tests/unit/test_effort \
	tests/unit/test_accept \
	tests/unit/test_accept_step \
	tests/unit/test_command \
	tests/unit/test_confine \
	tests/unit/test_gate \
	tests/unit/test_outcome \
	tests/unit/test_report \
	tests/unit/test_scoreboard \
	tests/unit/test_source \
	tests/unit/test_tick \
	tests/unit/test_ucspi

tests_unit_test_accept_SOURCES = tests/unit/test_accept.c
tests_unit_test_accept_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_accept_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=accept4,--wrap=nanosleep,--wrap=poll
tests_unit_test_accept_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_accept_step_SOURCES = tests/unit/test_accept_step.c
tests_unit_test_accept_step_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_accept_step_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_command_SOURCES = tests/unit/test_command.c
tests_unit_test_command_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_command_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_confine_SOURCES = tests/unit/test_confine.c
tests_unit_test_confine_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_confine_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_gate_SOURCES = tests/unit/test_gate.c
tests_unit_test_gate_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_gate_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_outcome_SOURCES = tests/unit/test_outcome.c
tests_unit_test_outcome_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_outcome_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_report_SOURCES = tests/unit/test_report.c
tests_unit_test_report_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_report_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_scoreboard_SOURCES = tests/unit/test_scoreboard.c
tests_unit_test_scoreboard_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_scoreboard_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_tick_SOURCES = tests/unit/test_tick.c
tests_unit_test_tick_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_tick_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_ucspi_SOURCES = tests/unit/test_ucspi.c
tests_unit_test_ucspi_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ucspi_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_source_SOURCES = tests/unit/test_source.c
tests_unit_test_source_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_source_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_effort_SOURCES = tests/unit/test_effort.c
tests_unit_test_effort_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_effort_LDADD = $(LDADD) $(CRITERION_LIBS)
