# tests/e2e: hostile workers, PIDs that come back, and what heals
check_PROGRAMS += tests/e2e/decoys
tests_e2e_decoys_SOURCES = tests/e2e/decoys.c
tests_e2e_decoys_LDADD =

healing_e2e_tests = \
	tests/e2e/t9202_pids.sh \
	tests/e2e/t9203_sabotage.sh
TESTS += $(healing_e2e_tests)
EXTRA_DIST += $(healing_e2e_tests) tests/e2e/saboteur
