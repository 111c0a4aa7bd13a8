# tests/unit: the room ctl
ctl_unit_tests = \
	tests/unit/test_advice \
	tests/unit/test_display \
	tests/unit/test_document \
	tests/unit/test_history \
	tests/unit/test_json \
	tests/unit/test_overview \
	tests/unit/test_table \
	tests/unit/test_target \
	tests/unit/test_utf8 \
	tests/unit/test_words
unit_tests += $(ctl_unit_tests)

tests_unit_test_advice_SOURCES = tests/unit/test_advice.c tests/unit/facts_fixture.h
tests_unit_test_advice_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_advice_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_display_SOURCES = tests/unit/test_display.c
tests_unit_test_display_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_display_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_document_SOURCES = tests/unit/test_document.c tests/unit/facts_fixture.h
tests_unit_test_document_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_document_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_history_SOURCES = tests/unit/test_history.c tests/unit/facts_fixture.h
tests_unit_test_history_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_history_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_json_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_overview_SOURCES = tests/unit/test_overview.c tests/unit/facts_fixture.h
tests_unit_test_overview_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_overview_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_table_SOURCES = tests/unit/test_table.c
tests_unit_test_table_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_table_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_target_SOURCES = tests/unit/test_target.c
tests_unit_test_target_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_target_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_utf8_SOURCES = tests/unit/test_utf8.c
tests_unit_test_utf8_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_utf8_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_words_SOURCES = tests/unit/test_words.c
tests_unit_test_words_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_words_LDADD = $(LDADD) $(CRITERION_LIBS)
