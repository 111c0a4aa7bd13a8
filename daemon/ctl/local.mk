# ctl: the parts of preforkctl
libpreforkd_a_SOURCES += \
	daemon/ctl/advice.c daemon/ctl/advice.h \
	daemon/ctl/agent.c daemon/ctl/agent.h \
	daemon/ctl/client.c daemon/ctl/client.h \
	daemon/ctl/commands.h \
	daemon/ctl/descriptors.c daemon/ctl/descriptors.h \
	daemon/ctl/detail.c daemon/ctl/detail.h \
	daemon/ctl/diagnosis.c daemon/ctl/diagnosis.h \
	daemon/ctl/display.c daemon/ctl/display.h \
	daemon/ctl/document.c daemon/ctl/document.h \
	daemon/ctl/family.c daemon/ctl/family.h \
	daemon/ctl/interrupt.c daemon/ctl/interrupt.h \
	daemon/ctl/json.c daemon/ctl/json.h \
	daemon/ctl/outcome.c daemon/ctl/outcome.h \
	daemon/ctl/overview.c daemon/ctl/overview.h \
	daemon/ctl/patience.c daemon/ctl/patience.h \
	daemon/ctl/process.c daemon/ctl/process.h \
	daemon/ctl/progress.c daemon/ctl/progress.h \
	daemon/ctl/read.c daemon/ctl/read.h \
	daemon/ctl/reload.c \
	daemon/ctl/screen.c daemon/ctl/screen.h \
	daemon/ctl/selection.c daemon/ctl/selection.h \
	daemon/ctl/snapshot.c daemon/ctl/snapshot.h \
	daemon/ctl/sockets.c daemon/ctl/sockets.h \
	daemon/ctl/status.c daemon/ctl/status.h \
	daemon/ctl/steer.c \
	daemon/ctl/style.c daemon/ctl/style.h \
	daemon/ctl/table.c daemon/ctl/table.h \
	daemon/ctl/target.c daemon/ctl/target.h \
	daemon/ctl/waits.c daemon/ctl/waits.h \
	daemon/ctl/watch.c \
	daemon/ctl/why.c daemon/ctl/why.h \
	daemon/ctl/why_json.c daemon/ctl/why_print.c \
	daemon/ctl/words.c daemon/ctl/words.h

bin_PROGRAMS += preforkctl
preforkctl_SOURCES = daemon/preforkctl.c
preforkctl_LDADD = libpreforkd.a $(SYSTEMD_LIBS)
