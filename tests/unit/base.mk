# tests/unit: the room base, and what all unit tests share

# Criterion's assertions declare variables wherever they stand.
UNIT_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS) -Wno-declaration-after-statement

unit_tests += \
	tests/unit/test_fd \
	tests/unit/test_log \
	tests/unit/test_log_fields \
	tests/unit/test_number \
	tests/unit/test_signals \
	tests/unit/test_title

tests_unit_test_fd_SOURCES = tests/unit/test_fd.c
tests_unit_test_fd_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_fd_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_log_SOURCES = tests/unit/test_log.c
tests_unit_test_log_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_log_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_log_fields_SOURCES = tests/unit/test_log_fields.c
tests_unit_test_log_fields_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_log_fields_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_number_SOURCES = tests/unit/test_number.c
tests_unit_test_number_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_number_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_signals_SOURCES = tests/unit/test_signals.c
tests_unit_test_signals_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_signals_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_title_SOURCES = tests/unit/test_title.c
tests_unit_test_title_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_title_LDADD = $(LDADD) $(CRITERION_LIBS)
