# tests/unit: what programs say of themselves
unit_tests += tests/unit/test_notification

tests_unit_test_notification_SOURCES = tests/unit/test_notification.c
tests_unit_test_notification_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_notification_LDADD = $(LDADD) $(CRITERION_LIBS)
