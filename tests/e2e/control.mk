# tests/e2e: the control bus
control_e2e_tests = \
	tests/e2e/t7101_control.sh \
	tests/e2e/t7102_hostile_clients.sh \
	tests/e2e/t7103_control_socket.sh
TESTS += $(control_e2e_tests)
EXTRA_DIST += $(control_e2e_tests) tests/e2e/control-crowd
