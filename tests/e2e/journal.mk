# tests/e2e: what is logged, and how it is explained
journal_e2e_tests = \
	tests/e2e/t7301_catalog.sh \
	tests/e2e/t7302_log_connections.sh \
	tests/e2e/t7303_unread_notify.sh
TESTS += $(journal_e2e_tests)
EXTRA_DIST += $(journal_e2e_tests)
