# net: addresses, listeners, activation, queue depth, peers
libpreforkd_a_SOURCES += \
	daemon/net/activation.c daemon/net/activation.h \
	daemon/net/address.c daemon/net/address.h \
	daemon/net/address_parse.c \
	daemon/net/listener.c daemon/net/listener.h daemon/net/listener_error.h \
	daemon/net/listener_share.c \
	daemon/net/mend.c daemon/net/mend.h \
	daemon/net/peer.c daemon/net/peer.h \
	daemon/net/prefix.c daemon/net/prefix.h \
	daemon/net/proxy.c daemon/net/proxy.h \
	daemon/net/queue.c daemon/net/queue.h \
	daemon/net/socket_options.c daemon/net/socket_options.h \
	daemon/net/unix_path.c daemon/net/unix_path.h
