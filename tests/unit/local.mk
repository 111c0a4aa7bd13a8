# tests/unit - one Criterion program per module, each listed in unit_tests.
unit_tests =
if HAVE_CRITERION
include tests/unit/base.mk
include tests/unit/net.mk
include tests/unit/config.mk
include tests/unit/worker.mk
include tests/unit/pool.mk
include tests/unit/ctl.mk
include tests/unit/http.mk
include tests/unit/size.mk
include tests/unit/units.mk
include tests/unit/watched.mk
include tests/unit/module.mk
include tests/unit/why.mk
include tests/unit/healing.mk
endif
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
