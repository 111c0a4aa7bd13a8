# tests/unit: the room net
check_PROGRAMS += tests/unit/test_address
tests_unit_test_address_SOURCES = tests/unit/test_address.c
tests_unit_test_address_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_address_LDADD = $(LDADD) $(CRITERION_LIBS)

check_PROGRAMS += tests/unit/test_listener
tests_unit_test_listener_SOURCES = tests/unit/test_listener.c
tests_unit_test_listener_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_listener_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=bind,--wrap=listen,--wrap=connect,--wrap=socket
tests_unit_test_listener_LDADD = $(LDADD) $(CRITERION_LIBS)
