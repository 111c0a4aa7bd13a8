/*
 * restart.h - a rolling restart of a service: every worker is replaced while it serves.
 */
#ifndef PREFORKD_MASTER_RESTART_H
#define PREFORKD_MASTER_RESTART_H

#include "master/services.h"

/* Somebody who waits for the end of a restart. */
struct restart_waiter {
	struct restart_waiter *next;
	/* NULL: every worker has been replaced; else why not. */
	void (*on_end)(struct restart_waiter *w, const char *failure);
};

/* One pool after the other, one worker at a time, the new one first; the first start
 * that fails ends it.  Joins a restart that is under way.  `w` may be NULL; else it
 * must stay until its on_end(), which is called exactly once, perhaps before this
 * returns. */
void service_restart(struct service *s, struct restart_waiter *w);

/* After every event: is a pool through?  Returns whether something was done that pools
 * must look at. */
bool restart_settle(struct services *s);

/* The service or preforkd ends: who waits is told. */
void restart_abandon(struct service *s, const char *why);

/* Workers that have yet to be replaced. */
unsigned service_stale(const struct service *s);

#endif
