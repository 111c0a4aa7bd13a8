/*
 * effort.h - what connections have taken: time, bytes, and how their times are spread.
 *
 * Times are counted by powers of two: whoever keeps these figures writes a few words
 * per connection, and they add up over workers, pools and generations.
 */
#ifndef PREFORKD_WORKER_EFFORT_H
#define PREFORKD_WORKER_EFFORT_H

#include <stdint.h>

/* times[0]: less than 1 µs; times[i]: less than 2^i µs, and not less than half of that;
 * the last: all that is longer (18 minutes). */
#define EFFORT_TIMES 32

struct effort {
	uint64_t busy_usec;
	uint64_t in; /* bytes, as far as they are known: a command's are not */
	uint64_t out;
	uint64_t times[EFFORT_TIMES];
};

/* One connection more. */
void effort_note(struct effort *e, uint64_t usec, uint64_t in, uint64_t out);

void effort_add(struct effort *sum, const struct effort *more);

/* How long one took than whom `permille` of them were not slower: within its power of
 * two, as if they were spread evenly.  0 if there were none. */
uint64_t effort_quantile(const uint64_t times[EFFORT_TIMES], unsigned permille);

/* The power of two in which that is: `permille` of them took less.  USEC_NEVER: some
 * take longer than is counted. */
uint64_t effort_bound(const uint64_t times[EFFORT_TIMES], unsigned permille);

#endif
