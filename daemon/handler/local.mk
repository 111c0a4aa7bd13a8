# handler: the interface, and one file per kind of handler
pkginclude_HEADERS = daemon/include/preforkd/module.h
libpreforkd_a_SOURCES += \
	daemon/handler/builtin.c daemon/handler/builtin.h \
	daemon/handler/command.c daemon/handler/command.h \
	daemon/handler/handler.c daemon/handler/handler.h \
	daemon/handler/inetd.c daemon/handler/inetd.h \
	daemon/handler/loader.c daemon/handler/loader.h \
	daemon/handler/module.c daemon/handler/module.h \
	daemon/handler/module_api.c daemon/handler/module_api.h \
	daemon/handler/program.c daemon/handler/program.h \
	daemon/handler/reader.c daemon/handler/reader.h \
	daemon/handler/stream.c daemon/handler/stream.h \
	daemon/handler/tree.c daemon/handler/tree.h \
	daemon/handler/ucspi.c daemon/handler/ucspi.h
