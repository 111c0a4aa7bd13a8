# tests/e2e: what preforkctl says to other machines' programs
http_e2e_tests = \
	tests/e2e/t8501_agent.sh \
	tests/e2e/t8502_http.sh
TESTS += $(http_e2e_tests)
EXTRA_DIST += $(http_e2e_tests) tests/e2e/haproxy-sees \
	tests/e2e/http-same tests/e2e/http_long.sh
