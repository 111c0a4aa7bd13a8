# handler: the interface, and one file per kind of handler
libpreforkd_a_SOURCES += \
	daemon/handler/builtin.c daemon/handler/builtin.h \
	daemon/handler/command.c daemon/handler/command.h \
	daemon/handler/handler.c daemon/handler/handler.h \
	daemon/handler/inetd.c daemon/handler/inetd.h \
	daemon/handler/program.c daemon/handler/program.h \
	daemon/handler/stream.c daemon/handler/stream.h \
	daemon/handler/tree.c daemon/handler/tree.h \
	daemon/handler/ucspi.c daemon/handler/ucspi.h
