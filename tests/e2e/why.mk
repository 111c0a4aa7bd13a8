# tests/e2e: preforkctl why, events, convert, probe
why_e2e_tests = \
	tests/e2e/t7601_why.sh
TESTS += $(why_e2e_tests)
EXTRA_DIST += $(why_e2e_tests) tests/e2e/stuck
