# tests/e2e: workers and handlers, with real programs
worker_e2e_tests =
TESTS += $(worker_e2e_tests)
EXTRA_DIST += $(worker_e2e_tests)
