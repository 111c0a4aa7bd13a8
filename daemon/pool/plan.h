/*
 * plan.h - how many workers to start and to stop, and when to look again.
 *
 * To replace a worker, its successor is started first: while some are stale there may
 * be one more than is wanted, and one is retired when all that are not stale are up.
 *
 * A pure function of what is, what is wanted, and the time: it is tested by the
 * thousand, and pool.c obeys it.
 */
#ifndef PREFORKD_POOL_PLAN_H
#define PREFORKD_POOL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* So many are forked in one go; then the event loop has its turn. */
#define PLAN_BATCH 128

struct plan_facts {
	uint64_t now_usec;
	unsigned unproven; /* started, and not known to work yet */
	unsigned proven;   /* known to work */
	unsigned failures; /* failed starts in a row (backoff.h) */
	uint64_t retry_usec;
	uint64_t hold_usec; /* nothing is started before */
	unsigned stale;     /* of all these: to be replaced, one by one */
	unsigned fresh;     /* of the others: not up yet */
	bool listening;     /* there is something to accept from */
	bool draining;      /* nothing new, everything is to end */
};

struct plan_settings {
	unsigned workers; /* wanted */
};

struct plan {
	unsigned spawn;
	unsigned retire;    /* stale ones first */
	uint64_t look_usec; /* USEC_NEVER: when something happens */
};

struct plan plan_make(const struct plan_facts *f, const struct plan_settings *s);

#endif
