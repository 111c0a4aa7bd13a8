# pool: decide (pure: backoff, exit_cause, slots, plan), then do (spawn, pool)
libpreforkd_a_SOURCES += \
	daemon/pool/backoff.c daemon/pool/backoff.h \
	daemon/pool/bury.c \
	daemon/pool/exit_cause.c daemon/pool/exit_cause.h \
	daemon/pool/plan.c daemon/pool/plan.h \
	daemon/pool/pool.c daemon/pool/pool.h \
	daemon/pool/registry.c daemon/pool/registry.h \
	daemon/pool/slots.c daemon/pool/slots.h \
	daemon/pool/spawn.c daemon/pool/spawn.h \
	daemon/pool/watch.c
