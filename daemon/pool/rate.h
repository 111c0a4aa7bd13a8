/*
 * rate.h - how many connections a second, lately.
 *
 * Pure.  From a count that only grows, sampled whenever somebody looks anyway: two
 * samples are kept at least RATE_WINDOW_USEC apart, so that the rate is that of the
 * last one to two windows, and nothing wakes up for it.
 */
#ifndef PREFORKD_POOL_RATE_H
#define PREFORKD_POOL_RATE_H

#include <stdint.h>

#include "base/macros.h"

#define RATE_WINDOW_USEC (15 * USEC_PER_SEC)

struct rate_sample {
	uint64_t usec; /* 0: not taken */
	uint64_t count;
};

struct rate {
	struct rate_sample older;
	struct rate_sample newer;
};

/* The count now.  Samples that come too early are no harm. */
void rate_sample(struct rate *r, uint64_t now_usec, uint64_t count);

/* How many in 1000 seconds, over the time since the older sample; 0 without one. */
uint64_t rate_milli(const struct rate *r, uint64_t now_usec, uint64_t count);

#endif
