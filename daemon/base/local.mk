# base: helpers that know nothing of preforkd
libpreforkd_a_SOURCES += \
	daemon/base/capability.c daemon/base/capability.h \
	daemon/base/cgroup.c daemon/base/cgroup.h \
	daemon/base/clock.c daemon/base/clock.h \
	daemon/base/fd.c daemon/base/fd.h \
	daemon/base/gate.c daemon/base/gate.h \
	daemon/base/journal.c daemon/base/journal.h \
	daemon/base/log.c daemon/base/log.h \
	daemon/base/macros.h daemon/base/message_id.h \
	daemon/base/priority.h \
	daemon/base/nofork.c daemon/base/nofork.h \
	daemon/base/notification.c daemon/base/notification.h \
	daemon/base/number.c daemon/base/number.h \
	daemon/base/output.c daemon/base/output.h \
	daemon/base/resident.c daemon/base/resident.h \
	daemon/base/sandbox.c daemon/base/sandbox.h \
	daemon/base/signals.c daemon/base/signals.h \
	daemon/base/tick.c daemon/base/tick.h \
	daemon/base/title.c daemon/base/title.h \
	daemon/base/trace.h \
	daemon/base/utf8.c daemon/base/utf8.h
