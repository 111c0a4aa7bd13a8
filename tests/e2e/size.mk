# tests/e2e: sizes, shortages, workers that hang
size_e2e_tests = \
	tests/e2e/t8003_square_wave.sh \
	tests/e2e/t8201_shortages.sh \
	tests/e2e/t8202_stuck_workers.sh
TESTS += $(size_e2e_tests)
EXTRA_DIST += $(size_e2e_tests)
