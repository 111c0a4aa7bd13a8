# pool: decide (pure: backoff, demand, exit_cause, slots, plan,
# rate, saturation), then do (the others)
libpreforkd_a_SOURCES += \
	daemon/pool/about.c daemon/pool/about.h \
	daemon/pool/backoff.c daemon/pool/backoff.h \
	daemon/pool/blocking.c \
	daemon/pool/copies.c daemon/pool/copies.h \
	daemon/pool/demand.c daemon/pool/demand.h \
	daemon/pool/exit_cause.c daemon/pool/exit_cause.h \
	daemon/pool/failure.c \
	daemon/pool/figures.c \
	daemon/pool/hear.c \
	daemon/pool/hint.c daemon/pool/hint.h \
	daemon/pool/leave.c \
	daemon/pool/listen.c \
	daemon/pool/mend.c \
	daemon/pool/overrun.c \
	daemon/pool/parts.h \
	daemon/pool/pause.c \
	daemon/pool/plan.c daemon/pool/plan.h \
	daemon/pool/pool.c daemon/pool/pool.h \
	daemon/pool/rate.c daemon/pool/rate.h \
	daemon/pool/registry.c daemon/pool/registry.h \
	daemon/pool/reports.c \
	daemon/pool/reread.c \
	daemon/pool/restart.c \
	daemon/pool/saturation.c daemon/pool/saturation.h \
	daemon/pool/size.c \
	daemon/pool/slots.c daemon/pool/slots.h \
	daemon/pool/spawn.c daemon/pool/spawn.h \
	daemon/pool/start.c \
	daemon/pool/stop.c \
	daemon/pool/watch.c \
	daemon/pool/wear.c
