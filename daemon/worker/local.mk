# worker: the life of a worker
libpreforkd_a_SOURCES += \
	daemon/worker/access.c daemon/worker/access.h \
	daemon/worker/accept.c daemon/worker/accept.h \
	daemon/worker/belief.c daemon/worker/belief.h \
	daemon/worker/confine.c daemon/worker/confine.h \
	daemon/worker/effort.c daemon/worker/effort.h \
	daemon/worker/outcome.c daemon/worker/outcome.h \
	daemon/worker/report.c daemon/worker/report.h \
	daemon/worker/scoreboard.c daemon/worker/scoreboard.h \
	daemon/worker/source.c daemon/worker/source.h \
	daemon/worker/trouble.c daemon/worker/trouble.h \
	daemon/worker/worker.c daemon/worker/worker.h
