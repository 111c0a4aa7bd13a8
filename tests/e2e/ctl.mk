# tests/e2e: preforkctl, against a real daemon
ctl_e2e_tests = \
	tests/e2e/t7201_ctl_status.sh \
	tests/e2e/t7202_ctl_absent.sh \
	tests/e2e/t7203_ctl_steer.sh \
	tests/e2e/t7204_ctl_watch.sh \
	tests/e2e/t7205_ctl_completion.sh
TESTS += $(ctl_e2e_tests)
EXTRA_DIST += $(ctl_e2e_tests) tests/e2e/keep tests/e2e/same
