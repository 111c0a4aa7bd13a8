# tests/unit: modules
unit_tests += \
	tests/unit/test_loader \
	tests/unit/test_module \
	tests/unit/test_reader

tests_unit_test_loader_SOURCES = tests/unit/test_loader.c
tests_unit_test_loader_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_loader_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_module_SOURCES = tests/unit/test_module.c
tests_unit_test_module_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_module_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_reader_SOURCES = tests/unit/test_reader.c
tests_unit_test_reader_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_reader_LDADD = $(LDADD) $(CRITERION_LIBS)
