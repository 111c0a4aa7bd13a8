# tests/e2e: the recipes of doc/, word by word
recipes_e2e_tests = \
	tests/e2e/t6101_recipes.sh \
	tests/e2e/t6102_scaling.sh \
	tests/e2e/t6103_container.sh
TESTS += $(recipes_e2e_tests)
EXTRA_DIST += $(recipes_e2e_tests) tests/e2e/recipes_lib.sh tests/e2e/many tests/e2e/machine tests/e2e/steady
