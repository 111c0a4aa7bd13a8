# tests/e2e: the recipes of doc/, word by word
recipes_e2e_tests = \
	tests/e2e/t6101_recipes.sh
TESTS += $(recipes_e2e_tests)
EXTRA_DIST += $(recipes_e2e_tests) tests/e2e/recipes_lib.sh tests/e2e/many
