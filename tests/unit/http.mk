# tests/unit: what preforkctl says to other machines' programs
http_unit_tests = \
	tests/unit/test_agent \
	tests/unit/test_http_request \
	tests/unit/test_metrics
unit_tests += $(http_unit_tests)

tests_unit_test_agent_SOURCES = tests/unit/test_agent.c tests/unit/facts_fixture.h
tests_unit_test_agent_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_agent_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_http_request_SOURCES = tests/unit/test_http_request.c
tests_unit_test_http_request_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_http_request_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_metrics_SOURCES = tests/unit/test_metrics.c tests/unit/facts_fixture.h
tests_unit_test_metrics_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_metrics_LDADD = $(LDADD) $(CRITERION_LIBS)
