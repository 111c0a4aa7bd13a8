# tests/e2e: modules
module_e2e_tests = \
	tests/e2e/t3121_module.sh \
	tests/e2e/t3122_module_faults.sh \
	tests/e2e/t3123_module_examples.sh
TESTS += $(module_e2e_tests)
EXTRA_DIST += $(module_e2e_tests) tests/e2e/module_lib.sh tests/e2e/modules/trick.c
