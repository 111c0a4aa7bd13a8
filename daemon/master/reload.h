/*
 * reload.h - other settings, without a lost connection.
 */
#ifndef PREFORKD_MASTER_RELOAD_H
#define PREFORKD_MASTER_RELOAD_H

#include <stdbool.h>

#include "master/changes.h"

struct master;
struct reload;

struct reload_result {
	bool refused;     /* the configuration has errors: nothing has changed */
	bool stopping;    /* preforkd is about to end, or has not come up */
	const char *text; /* what was said of the configuration, one line each */
	const struct changes *changes;
	unsigned rolled_back;
	unsigned not_reread; /* unchanged, and a copy has not taken reload_signal */
};

/* Somebody who waits for the end of a reload. */
struct reload_waiter {
	struct reload_waiter *next;
	void (*on_end)(struct reload_waiter *w, const struct reload_result *result);
};

/* Loads the configuration again and brings the services to it.  While another reload
 * is under way, or the start, it comes after that.  `w` may be NULL; else it must stay
 * until its on_end(), which is called exactly once, perhaps before this returns. */
void reload_request(struct master *m, struct reload_waiter *w);

/* What a reload would do; nothing is changed.  `w` as above, called before this
 * returns. */
void reload_preview(struct master *m, struct reload_waiter *w);

/* After every event: have the new generations come up?  Returns whether something was
 * done that pools must look at. */
bool reload_settle(struct master *m);

/* preforkd ends: who waits is told. */
void reload_abandon(struct master *m);

#endif
