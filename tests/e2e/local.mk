# tests/e2e - the whole daemon, with real programs.
e2e_tests = \
	tests/e2e/t0001_command_line.sh \
	tests/e2e/t2001_activation.sh \
	tests/e2e/t2002_addresses.sh \
	tests/e2e/t9101_stubborn_tree.sh
TESTS += $(e2e_tests)
EXTRA_DIST += $(e2e_tests) tests/e2e/lib.sh tests/e2e/activate \
	tests/e2e/notify-listen

# What the scripts need hundreds of times.
check_PROGRAMS += tests/e2e/ask
tests_e2e_ask_SOURCES = tests/e2e/ask.c tests/bench/address.c tests/bench/address.h
tests_e2e_ask_LDADD =
