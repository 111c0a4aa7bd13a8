# tests/unit: listening sockets that others have harmed
unit_tests += tests/unit/test_mend

tests_unit_test_mend_SOURCES = tests/unit/test_mend.c tests/unit/listener_fixture.h
tests_unit_test_mend_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_mend_LDFLAGS = $(AM_LDFLAGS) $(listener_hooks)
tests_unit_test_mend_LDADD = $(LDADD) $(CRITERION_LIBS)
