# tests - how `make check` runs what is in the rooms below.
#
# Everything speaks TAP.  A program without an ending is a Criterion program and
# goes through run-criterion; a .sh speaks TAP itself.  The environment tells both
# where things are, so that they run from any folder.
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = \
	SRCDIR='$(abs_top_srcdir)'; export SRCDIR; \
	BUILDDIR='$(abs_top_builddir)'; export BUILDDIR; \
	PREFORKD='$(abs_top_builddir)/preforkd$(EXEEXT)'; export PREFORKD; \
	PREFORKCTL='$(abs_top_builddir)/preforkctl$(EXEEXT)'; export PREFORKCTL; \
	LOAD='$(abs_top_builddir)/tests/bench/load$(EXEEXT)'; export LOAD; \
	PYTHON='$(PYTHON)'; export PYTHON; CC='$(CC)'; export CC; \
	CPPFLAGS='$(CPPFLAGS) $(CONFUSE_CFLAGS) $(SYSTEMD_CFLAGS)'; export CPPFLAGS;

tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(top_srcdir)/tests/run-criterion
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = timeout --kill-after=30 $${PREFORKD_TEST_LIMIT:-900} bash

# What holds for the source tree itself, and that a failure cannot pass for less.
TESTS += tests/tree.sh tests/harness.sh
EXTRA_DIST += .shellcheckrc tests/tree.sh tests/harness.sh tests/run-criterion tests/end-marked tests/lsan-suppressions tests/may-skip \
	tests/check-layers tests/check-headers tests/check-selftest

# The suite with its long variants, and what is only worth its time now and then.
LONG_TESTS =
.PHONY: check-long
check-long: all
	$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_LIBRARIES)
	PREFORKD_LONG=1; export PREFORKD_LONG; \
	PREFORKD_TEST_LIMIT=$${PREFORKD_TEST_LIMIT:-3600}; export PREFORKD_TEST_LIMIT; \
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(TESTS) $(LONG_TESTS)'
