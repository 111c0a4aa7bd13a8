# tests/fuzz: targets for libFuzzer, and what replays their seeds without it
fuzz_replays = tests/fuzz/replay_proxy tests/fuzz/replay_prefix tests/fuzz/replay_config \
	tests/fuzz/replay_notify tests/fuzz/replay_module tests/fuzz/replay_request
check_PROGRAMS += $(fuzz_replays)
FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/fuzz

tests_fuzz_replay_proxy_SOURCES = \
	tests/fuzz/fuzz_proxy.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_proxy_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_replay_prefix_SOURCES = \
	tests/fuzz/fuzz_prefix.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_prefix_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_replay_config_SOURCES = \
	tests/fuzz/fuzz_config.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_config_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_replay_notify_SOURCES = \
	tests/fuzz/fuzz_notify.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_notify_CPPFLAGS = $(FUZZ_CPPFLAGS)

tests_fuzz_replay_module_SOURCES = \
	tests/fuzz/fuzz_module.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_module_CPPFLAGS = $(FUZZ_CPPFLAGS)

tests_fuzz_replay_request_SOURCES = \
	tests/fuzz/fuzz_request.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_request_CPPFLAGS = $(FUZZ_CPPFLAGS)

TESTS += tests/fuzz/fuzz.sh
EXTRA_DIST += tests/fuzz/fuzz.sh

# FUZZ_SECONDS=600 for each target.
.PHONY: fuzz
fuzz: all $(fuzz_replays)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600}; export FUZZ_SECONDS; \
	PREFORKD_TEST_LIMIT=$$((6 * FUZZ_SECONDS + 900)); export PREFORKD_TEST_LIMIT; \
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS=tests/fuzz/fuzz.sh
