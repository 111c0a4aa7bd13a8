/*
 * slots.h - who is working, and since when.
 *
 * A slot outlives its processes: its number is what logs and the status name.
 * Nothing here forks or reads the clock.  Invariant: pid > 0 exactly when the
 * state is not SLOT_FREE.
 */
#ifndef PREFORKD_POOL_SLOTS_H
#define PREFORKD_POOL_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pool/exit_cause.h"

enum slot_state {
	SLOT_FREE,
	SLOT_STARTING, /* forked, not ready */
	SLOT_READY,    /* about to accept, or accepting */
	SLOT_RETIRING, /* told to end */
	SLOT_N_STATES,
};

/* Why it is to be replaced by a new one. */
enum wear {
	WEAR_NONE,
	WEAR_CONNECTIONS,
	WEAR_AGE,
	WEAR_MEMORY,
	WEAR_N,
};

struct pool;

struct slot {
	pid_t pid;
	unsigned index;
	struct pool *pool;
	enum slot_state state;
	enum doom doom;
	enum doom before; /* the step before DOOM_KILLED */
	bool proven;      /* its start counts as a success */
	enum wear wear;
	uint64_t connections_limit; /* 0: none */
	bool reported;              /* it said why it cannot start */
	uint64_t started_usec;
	uint64_t ready_usec;    /* 0: never */
	uint64_t deadline_usec; /* of its state; USEC_NEVER */
	uint64_t stopped_usec;  /* a signal has stopped it then; 0: it runs */
	uint64_t patience_usec; /* how long it may stay so */
	void *exec_source;      /* sd_event_source of a program's exec pipe, or NULL */
};

struct slots {
	struct slot *table;
	unsigned capacity;
	unsigned count[SLOT_N_STATES];
	unsigned proven;     /* among STARTING and READY */
	unsigned first_free; /* no slot below it is free */
};

const char *slot_state_name(enum slot_state state);

/* 0 or -ENOMEM. */
int slots_init(struct slots *s, struct pool *pool, unsigned capacity);
void slots_done(struct slots *s);

/* The lowest free slot, still free; NULL if all are taken. */
struct slot *slots_find_free(struct slots *s);

/* A worker begins in a free slot. */
void slots_take(struct slots *s, struct slot *slot, pid_t pid, uint64_t now_usec,
                uint64_t deadline_usec);

void slots_set_state(struct slots *s, struct slot *slot, enum slot_state state);
void slots_set_proven(struct slots *s, struct slot *slot);

/* Its process is gone. */
void slots_release(struct slots *s, struct slot *slot);

/* Processes there are. */
unsigned slots_alive(const struct slots *s);

#define SLOT_FOREACH(slot, slots)                                                      \
	for ((slot) = (slots)->table; (slot) < (slots)->table + (slots)->capacity;     \
	     (slot)++)

#endif
