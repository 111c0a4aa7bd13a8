# tests/unit: why, events, convert, probe
why_unit_tests = \
	tests/unit/test_diagnosis \
	tests/unit/test_process \
	tests/unit/test_selection \
	tests/unit/test_sockets
unit_tests += $(why_unit_tests)

tests_unit_test_diagnosis_SOURCES = tests/unit/test_diagnosis.c
tests_unit_test_diagnosis_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_diagnosis_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_process_SOURCES = tests/unit/test_process.c
tests_unit_test_process_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_process_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_selection_SOURCES = tests/unit/test_selection.c
tests_unit_test_selection_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_selection_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_sockets_SOURCES = tests/unit/test_sockets.c
tests_unit_test_sockets_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_sockets_LDADD = $(LDADD) $(CRITERION_LIBS)
