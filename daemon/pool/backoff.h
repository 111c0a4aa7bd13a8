/*
 * backoff.h - how long to wait before starting what has failed to start.
 *
 * Pure: the time is passed in.  0.1 s, doubled with each failure up to 30 s, for
 * ever but never longer; one success forgets it all.  The law of systemd's
 * RestartSec and inetd's retry timers, without their giving up.
 */
#ifndef PREFORKD_POOL_BACKOFF_H
#define PREFORKD_POOL_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

#define BACKOFF_MIN_USEC (100 * USEC_PER_MSEC)
#define BACKOFF_MAX_USEC (30 * USEC_PER_SEC)

struct backoff {
	unsigned failures;    /* in a row; 0: all is well */
	uint64_t failed_usec; /* when the last one was noticed */
	uint64_t retry_usec;  /* not before */
};

/* What was started at `started_usec` failed.  Several that were started together
 * fail together: those started before the last failure was noticed count as that
 * one failure.  Returns whether it counted. */
bool backoff_fail(struct backoff *b, uint64_t started_usec, uint64_t now_usec);

/* It works: returns how many failures are forgotten. */
unsigned backoff_succeed(struct backoff *b);

/* The wait after so many failures in a row. */
uint64_t backoff_delay(unsigned failures);

#endif
