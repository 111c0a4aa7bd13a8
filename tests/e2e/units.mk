# tests/e2e: instances, sanity, hints
e2e_units_tests = \
	tests/e2e/t7401_exit_when_idle.sh \
	tests/e2e/t7402_limits.sh
TESTS += $(e2e_units_tests)
EXTRA_DIST += $(e2e_units_tests)
