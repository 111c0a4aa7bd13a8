/*
 * copies.h - what a copy of a program has said of itself, and by when it must speak.
 *
 * A table beside the slots, of pools of programs only: workers of ours say nothing.
 */
#ifndef PREFORKD_POOL_COPIES_H
#define PREFORKD_POOL_COPIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/notification.h"

enum reread_state {
	REREAD_NONE,
	REREAD_WANTED, /* gets reload_signal when it is up */
	REREAD_ASKED,  /* has got it, and says nothing so far */
	REREAD_BEGUN,  /* said RELOADING=1 */
};

struct copy {
	uint64_t watchdog_usec; /* 0: it need not speak */
	uint64_t alive_usec;    /* WATCHDOG=1 must have come by then; USEC_NEVER */
	bool spoke;             /* WATCHDOG=1 came, once at least */
	bool late;              /* it is not there in time: looked at once more */
	bool failed;            /* WATCHDOG=trigger */
	bool stopping;          /* STOPPING=1 */
	bool asked;             /* that it rereads is our wish */
	enum reread_state reread;
	uint64_t asked_usec;  /* when it got the signal */
	uint64_t reread_usec; /* it must be through by then; USEC_NEVER */
	char status[NOTIFICATION_STATUS_MAX];
};

/* How the copies of a pool took its latest reload_signal. */
struct rereads {
	unsigned sent;
	unsigned done;   /* said READY=1, or were not to say anything */
	unsigned silent; /* said nothing, which many programs do */
	unsigned failed; /* ended, or never said READY=1 */
};

#endif
