# tests/unit: the room net
# Through tests/unit/listener_fixture.h.
listener_hooks = -Wl,--wrap=bind,--wrap=listen,--wrap=connect,--wrap=socket

unit_tests += \
	tests/unit/test_activation \
	tests/unit/test_address \
	tests/unit/test_listener \
	tests/unit/test_listener_share \
	tests/unit/test_peer \
	tests/unit/test_prefix \
	tests/unit/test_proxy \
	tests/unit/test_queue \
	tests/unit/test_unix_path

tests_unit_test_activation_SOURCES = tests/unit/test_activation.c
tests_unit_test_activation_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_activation_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_address_SOURCES = tests/unit/test_address.c
tests_unit_test_address_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_address_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_listener_SOURCES = \
	tests/unit/test_listener.c tests/unit/listener_fixture.h
tests_unit_test_listener_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_listener_LDFLAGS = $(AM_LDFLAGS) $(listener_hooks)
tests_unit_test_listener_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_listener_share_SOURCES = \
	tests/unit/test_listener_share.c tests/unit/listener_fixture.h
tests_unit_test_listener_share_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_listener_share_LDFLAGS = $(AM_LDFLAGS) $(listener_hooks)
tests_unit_test_listener_share_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_peer_SOURCES = tests/unit/test_peer.c
tests_unit_test_peer_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_peer_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_queue_SOURCES = tests/unit/test_queue.c
tests_unit_test_queue_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_queue_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_unix_path_SOURCES = \
	tests/unit/test_unix_path.c tests/unit/listener_fixture.h
tests_unit_test_unix_path_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_unix_path_LDFLAGS = $(AM_LDFLAGS) $(listener_hooks)
tests_unit_test_unix_path_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_prefix_SOURCES = tests/unit/test_prefix.c
tests_unit_test_prefix_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_prefix_LDADD = $(LDADD) $(CRITERION_LIBS)

tests_unit_test_proxy_SOURCES = tests/unit/test_proxy.c
tests_unit_test_proxy_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_proxy_LDADD = $(LDADD) $(CRITERION_LIBS)
