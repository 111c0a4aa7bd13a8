# tests/e2e: who is served
access_e2e_tests = \
	tests/e2e/t8101_allow_deny.sh \
	tests/e2e/t8102_proxy_protocol.sh \
	tests/e2e/t8103_limit_after_kills.sh \
	tests/e2e/t8104_attackers.sh
TESTS += $(access_e2e_tests)
EXTRA_DIST += $(access_e2e_tests) tests/e2e/call tests/e2e/crowd
