# tests/unit: what of a worker's page is believed
unit_tests += tests/unit/test_belief

tests_unit_test_belief_SOURCES = tests/unit/test_belief.c
tests_unit_test_belief_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_belief_LDADD = $(LDADD) $(CRITERION_LIBS)
