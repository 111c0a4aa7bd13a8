# tests/unit: the rooms pool and master, and the clock they are given
unit_tests += \
	tests/unit/test_backoff \
	tests/unit/test_changes \
	tests/unit/test_clock \
	tests/unit/test_demand \
	tests/unit/test_exit_cause \
	tests/unit/test_frame \
	tests/unit/test_manager \
	tests/unit/test_notify \
	tests/unit/test_plan \
	tests/unit/test_pool \
	tests/unit/test_pool_walk \
	tests/unit/test_rate \
	tests/unit/test_registry \
	tests/unit/test_saturation \
	tests/unit/test_services \
	tests/unit/test_slots

tests_unit_test_backoff_SOURCES = tests/unit/test_backoff.c
tests_unit_test_backoff_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_backoff_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_changes_SOURCES = tests/unit/test_changes.c
tests_unit_test_changes_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_changes_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_clock_SOURCES = tests/unit/test_clock.c
tests_unit_test_clock_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_clock_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_demand_SOURCES = tests/unit/test_demand.c
tests_unit_test_demand_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_demand_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_exit_cause_SOURCES = tests/unit/test_exit_cause.c
tests_unit_test_exit_cause_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_exit_cause_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_frame_SOURCES = tests/unit/test_frame.c
tests_unit_test_frame_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_frame_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_manager_SOURCES = tests/unit/test_manager.c
tests_unit_test_manager_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_manager_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_notify_SOURCES = tests/unit/test_notify.c
tests_unit_test_notify_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_notify_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_plan_SOURCES = tests/unit/test_plan.c
tests_unit_test_plan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_plan_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_pool_SOURCES = tests/unit/test_pool.c tests/unit/test_load_fixture.h \
	tests/unit/quiet_context.h
tests_unit_test_pool_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_pool_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_pool_walk_SOURCES = \
	tests/unit/test_pool_walk.c tests/unit/test_load_fixture.h \
	tests/unit/quiet_context.h \
	tests/unit/walk_checks.c \
	tests/unit/walk_kernel.c \
	tests/unit/walk_workers.c \
	tests/unit/walk_world.c tests/unit/walk.h
tests_unit_test_pool_walk_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_pool_walk_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_rate_SOURCES = tests/unit/test_rate.c
tests_unit_test_rate_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_rate_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_registry_SOURCES = tests/unit/test_registry.c
tests_unit_test_registry_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_registry_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_saturation_SOURCES = tests/unit/test_saturation.c
tests_unit_test_saturation_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_saturation_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_services_SOURCES = tests/unit/test_services.c
tests_unit_test_services_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_services_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_slots_SOURCES = tests/unit/test_slots.c
tests_unit_test_slots_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_slots_LDADD = $(LDADD) $(CRITERION_LIBS)

# The walk finds what it is there to find: minutes, for what changes seldom.
LONG_TESTS += tests/unit/planted_bugs.sh
EXTRA_DIST += tests/unit/planted_bugs.sh
