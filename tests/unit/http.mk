# tests/unit: what preforkctl says to other machines' programs
http_unit_tests = \
	tests/unit/test_agent
unit_tests += $(http_unit_tests)

tests_unit_test_agent_SOURCES = tests/unit/test_agent.c tests/unit/facts_fixture.h
tests_unit_test_agent_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_agent_LDADD = $(LDADD) $(CRITERION_LIBS)
