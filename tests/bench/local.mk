# bench: a load generator, the bare loop it compares with, and `make bench`.
# They link nothing of ours.  The end-to-end tests use load and bare too.
check_PROGRAMS += tests/bench/load tests/bench/bare

tests_bench_load_SOURCES = \
	tests/bench/load.c \
	tests/bench/address.c tests/bench/address.h \
	tests/bench/client.c tests/bench/client.h \
	tests/bench/conn.c tests/bench/conn.h \
	tests/bench/tally.c tests/bench/tally.h
tests_bench_load_LDADD =

tests_bench_bare_SOURCES = \
	tests/bench/bare.c \
	tests/bench/address.c tests/bench/address.h
tests_bench_bare_LDADD =

# With the user's flags alone, as any module.
check_DATA = tests/bench/echo_module.so
CLEANFILES += tests/bench/echo_module.so
tests/bench/echo_module.so: tests/bench/echo_module.c daemon/include/preforkd/module.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -shared -fPIC \
		-I$(top_srcdir)/daemon/include -o $@ $(srcdir)/tests/bench/echo_module.c

EXTRA_DIST += tests/bench/echo_module.c \
	tests/bench/load.sh tests/bench/liars tests/bench/run tests/bench/syscalls \
	tests/bench/peers.py tests/bench/servers.py tests/bench/strace.py
TESTS += tests/bench/load.sh
CLEANFILES += bench.log

# PAIRS=15 SECONDS_EACH=1 PEERS=1 and BENCHFLAGS=--check may be given.
.PHONY: bench
bench: $(sbin_PROGRAMS) tests/bench/load$(EXEEXT) tests/bench/bare$(EXEEXT) \
		tests/bench/echo_module.so
	$(AM_V_at)BUILDDIR='$(abs_builddir)' PAIRS='$(PAIRS)' \
	SECONDS_EACH='$(SECONDS_EACH)' PEERS='$(PEERS)' \
	$(PYTHON) $(srcdir)/tests/bench/run $(BENCHFLAGS)
