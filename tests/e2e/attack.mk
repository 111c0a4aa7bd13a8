# tests/e2e: what hostile surroundings once broke
attack_e2e_tests = \
	tests/e2e/t9001_closed_descriptors.sh \
	tests/e2e/t9002_unread_stderr.sh \
	tests/e2e/t9003_program_shuts_down.sh \
	tests/e2e/t9004_paused_master.sh \
	tests/e2e/t9005_floods.sh \
	tests/e2e/t9201_vandals.sh
TESTS += $(attack_e2e_tests)
EXTRA_DIST += $(attack_e2e_tests) tests/e2e/vandal tests/e2e/notify-flood tests/e2e/notify_name.py
