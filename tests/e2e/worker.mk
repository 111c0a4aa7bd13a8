# tests/e2e: workers and handlers, with real programs
worker_e2e_tests = \
	tests/e2e/t3101_descriptors.sh \
	tests/e2e/t3102_environment.sh \
	tests/e2e/t3103_process.sh \
	tests/e2e/t3104_inetd_timeouts.sh \
	tests/e2e/t3105_builtin.sh \
	tests/e2e/t3106_program.sh \
	tests/e2e/t3108_system_calls.sh \
	tests/e2e/t3117_probes.sh \
	tests/e2e/t4101_stop_race.sh \
	tests/e2e/t6001_git.sh \
	tests/e2e/t6002_rsync.sh \
	tests/e2e/t6003_gunicorn.sh \
	tests/e2e/t6004_fastcgi.sh
TESTS += $(worker_e2e_tests)
EXTRA_DIST += $(worker_e2e_tests) tests/e2e/bridge tests/e2e/get-many \
	tests/e2e/on-terminal tests/e2e/talk

check_PROGRAMS += tests/e2e/retire
tests_e2e_retire_SOURCES = tests/e2e/retire.c
tests_e2e_retire_LDADD =
