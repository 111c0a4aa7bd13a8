# tests/unit: limits of the machine, sandboxes
unit_tests += \
	tests/unit/test_cgroup \
	tests/unit/test_sandbox \
	tests/unit/test_sanity

tests_unit_test_sandbox_SOURCES = tests/unit/test_sandbox.c
tests_unit_test_sandbox_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_sandbox_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_cgroup_SOURCES = tests/unit/test_cgroup.c tests/unit/test_load_fixture.h
tests_unit_test_cgroup_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_cgroup_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_sanity_SOURCES = tests/unit/test_sanity.c tests/unit/test_load_fixture.h
tests_unit_test_sanity_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_sanity_LDADD = $(LDADD) $(CRITERION_LIBS)
