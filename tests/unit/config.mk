# tests/unit: the room config
unit_tests += \
	tests/unit/test_knobs \
	tests/unit/test_load \
	tests/unit/test_load_errors \
	tests/unit/test_print

tests_unit_test_knobs_SOURCES = \
	tests/unit/test_knobs.c tests/unit/test_load_fixture.h
tests_unit_test_knobs_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_knobs_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_load_SOURCES = \
	tests/unit/test_load.c tests/unit/test_load_fixture.h
tests_unit_test_load_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_load_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_load_errors_SOURCES = \
	tests/unit/test_load_errors.c tests/unit/test_load_fixture.h \
	tests/unit/test_load_keys.h tests/unit/test_load_services.h \
	tests/unit/test_load_syntax.h tests/unit/test_load_values.h
tests_unit_test_load_errors_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_load_errors_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_print_SOURCES = \
	tests/unit/test_print.c tests/unit/test_load_fixture.h
tests_unit_test_print_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_print_LDADD = $(LDADD) $(CRITERION_LIBS)
