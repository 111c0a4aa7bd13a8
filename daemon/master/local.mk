# master: the event loop, and what the service manager hears
libpreforkd_a_SOURCES += \
	daemon/master/bus.c daemon/master/bus.h \
	daemon/master/bus_manager.c \
	daemon/master/bus_service.c \
	daemon/master/changes.c daemon/master/changes.h \
	daemon/master/client.c daemon/master/client.h \
	daemon/master/control.c daemon/master/control.h \
	daemon/master/events.c \
	daemon/master/fdstore.c daemon/master/fdstore.h \
	daemon/master/figures.c daemon/master/figures.h \
	daemon/master/frame.c daemon/master/frame.h \
	daemon/master/gather.c daemon/master/gather.h \
	daemon/master/handover.c daemon/master/handover.h \
	daemon/master/idle.c daemon/master/idle.h \
	daemon/master/machine.c daemon/master/machine.h \
	daemon/master/manager.c daemon/master/manager.h \
	daemon/master/master.c daemon/master/master.h \
	daemon/master/notify.c daemon/master/notify.h \
	daemon/master/parts.h \
	daemon/master/proposal.c daemon/master/proposal.h \
	daemon/master/reload.c daemon/master/reload.h \
	daemon/master/reread.c daemon/master/reread.h \
	daemon/master/restart.c daemon/master/restart.h \
	daemon/master/sanity.c daemon/master/sanity.h \
	daemon/master/services.c daemon/master/services.h \
	daemon/master/single.c \
	daemon/master/status.c daemon/master/status.h \
	daemon/master/stray.c daemon/master/stray.h
