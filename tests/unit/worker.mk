# tests/unit: the rooms worker and handler, and what of base they stand on
unit_tests += \
	tests/unit/test_accept_step

tests_unit_test_accept_step_SOURCES = tests/unit/test_accept_step.c
tests_unit_test_accept_step_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_accept_step_LDADD = $(LDADD) $(CRITERION_LIBS)
