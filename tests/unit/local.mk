# tests/unit - one Criterion program per module; TESTS takes them all.
if HAVE_CRITERION
include tests/unit/base.mk
include tests/unit/net.mk
include tests/unit/config.mk
include tests/unit/worker.mk
include tests/unit/pool.mk
endif
