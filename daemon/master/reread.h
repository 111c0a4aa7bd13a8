/*
 * reread.h - copies of a program reread their own configuration (reload_signal).
 */
#ifndef PREFORKD_MASTER_REREAD_H
#define PREFORKD_MASTER_REREAD_H

#include "master/services.h"

/* Somebody who waits until they are through. */
struct reread_waiter {
	struct reread_waiter *next;
	/* How it went, or why not. */
	void (*on_end)(struct reread_waiter *w, bool failed, const char *text);
};

/* Every copy gets the signal; a copy that is not up yet, when it is.  Joins who waits
 * already.  `w` must stay until its on_end(), which is called exactly once, perhaps
 * before this returns. */
void service_reread(struct service *s, struct reread_waiter *w);

/* Copies that have yet to be through. */
bool service_is_rereading(const struct service *s);

/* "SIGHUP to 4 copies, 3 have reloaded, 1 has not": how the latest went; "" if nobody
 * got any.  Returns whether it went wrong. */
bool service_reread_outcome(const struct service *s, char *buf, size_t size);

/* After every event. */
void reread_settle(struct services *s);

/* The service or preforkd ends: who waits is told. */
void reread_abandon(struct service *s, const char *why);

#endif
