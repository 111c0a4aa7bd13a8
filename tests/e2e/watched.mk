# tests/e2e: programs that are watched as systemd would
watched_e2e_tests = \
	tests/e2e/t3111_watched.sh \
	tests/e2e/t3115_reload_signal.sh \
	tests/e2e/t3116_program_nonblocking.sh \
	tests/e2e/t3118_kill_copies.sh
TESTS += $(watched_e2e_tests)
EXTRA_DIST += $(watched_e2e_tests) tests/e2e/speaker
