# tests/e2e: pools, supervision, stopping, the service manager
e2e_pool_tests = \
	tests/e2e/t3001_broken_services.sh \
	tests/e2e/t3002_crashing_command.sh \
	tests/e2e/t3003_log_lines.sh \
	tests/e2e/t3004_exit_codes.sh \
	tests/e2e/t3005_kill_workers.sh \
	tests/e2e/t3006_many.sh \
	tests/e2e/t3007_idle_wakeups.sh \
	tests/e2e/t3008_listener_lost.sh \
	tests/e2e/t4001_stop.sh \
	tests/e2e/t4002_orphans.sh \
	tests/e2e/t5001_notify.sh \
	tests/e2e/t7001_reload.sh \
	tests/e2e/t7002_reload_under_load.sh \
	tests/e2e/t7003_reload_calls.sh \
	tests/e2e/t7004_bad_reloads.sh \
	tests/e2e/t7005_reload_addresses.sh \
	tests/e2e/t7006_roll_back.sh \
	tests/e2e/t8001_sizes.sh \
	tests/e2e/t8002_recycling.sh
TESTS += $(e2e_pool_tests)
EXTRA_DIST += $(e2e_pool_tests) tests/e2e/reload_lib.sh tests/e2e/guests
