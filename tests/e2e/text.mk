# tests/e2e: text of any encoding
text_e2e_tests = tests/e2e/t9204_no_utf8.sh
TESTS += $(text_e2e_tests)
EXTRA_DIST += $(text_e2e_tests)
