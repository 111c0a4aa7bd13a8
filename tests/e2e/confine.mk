# tests/e2e: what a worker gives up, and what happens when it cannot
confine_e2e_tests = \
	tests/e2e/t3109_oracle.sh \
	tests/e2e/t3110_failing_steps.sh \
	tests/e2e/t3112_limit_ends.sh \
	tests/e2e/t3113_stray_signals.sh \
	tests/e2e/t3114_security_page.sh
TESTS += $(confine_e2e_tests)
EXTRA_DIST += $(confine_e2e_tests) tests/e2e/oracle

# Not with the sanitizers: it is to run with little memory, and in a bare folder.
check_PROGRAMS += tests/e2e/facts
tests_e2e_facts_SOURCES = tests/e2e/facts.c
tests_e2e_facts_CFLAGS = -Wall -Wextra
tests_e2e_facts_LDFLAGS =
tests_e2e_facts_LDADD =
