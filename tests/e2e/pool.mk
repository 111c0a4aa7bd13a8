# tests/e2e: pools, supervision, stopping, the service manager
e2e_pool_tests = \
	tests/e2e/t3001_broken_services.sh \
	tests/e2e/t3002_crashing_command.sh
TESTS += $(e2e_pool_tests)
EXTRA_DIST += $(e2e_pool_tests)
