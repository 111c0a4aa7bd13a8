# tests/e2e: what the documents tell their readers to do
documents_e2e_tests = tests/e2e/t7606_documents.sh
TESTS += $(documents_e2e_tests)
EXTRA_DIST += $(documents_e2e_tests) tests/e2e/documents
