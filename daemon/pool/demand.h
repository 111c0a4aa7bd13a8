/*
 * demand.h - how many workers a pool wants now.
 *
 * Of a fixed pool that is a number; of a dynamic one it follows what its workers do.
 * Pure: what is, what is set, and the time are passed in, and what is remembered.
 *
 * Up, at once: as many as are missing for the spare ones to be idle when everybody
 * who is queued is being served.  No ramp: who waits knows how many there are.
 *
 * Down, by the low-water mark: what was idle all through a window was never needed in
 * it.  What of it exceeds max_spare goes; and with min_spare = 0, all of it that was
 * idle all through idle_retire.  Constant load moves nothing.
 *
 * With min_spare = 0 one is spare all the same while any is busy: a second client
 * needs somebody to wake the master.
 */
#ifndef PREFORKD_POOL_DEMAND_H
#define PREFORKD_POOL_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

/* What is idle for so long is not needed; nginx's and Apache's second is what makes
 * pools breathe with every burst. */
#define DEMAND_WINDOW_USEC (10 * USEC_PER_SEC)

struct demand_settings {
	unsigned fixed; /* 0: dynamic, by what follows */
	unsigned min_spare;
	unsigned max_spare;
	unsigned max;
	unsigned start; /* wanted from the beginning */
	uint64_t idle_retire_usec;
};

struct demand_facts {
	uint64_t now_usec;
	unsigned live;     /* starting, idle or busy */
	unsigned starting; /* of those */
	unsigned idle;     /* of those */
	unsigned queued;   /* clients that wait */
	unsigned low;      /* the fewest that were idle since the window began */
};

struct demand_memory {
	unsigned wanted; /* what was said last */
	bool begun;      /* it was asked before */
	/* USEC_NEVER: there is nothing to go down to */
	uint64_t window_end_usec;
	bool new_window; /* out: `low` is to be measured from now on */
	bool capped;     /* out: more are missing than `max` allows */
	/* With min_spare = 0: the fewest that were idle since. */
	unsigned lowest;
	uint64_t lowest_since_usec;
};

/* How many are wanted, remembered in *m, and when to ask again at the latest. */
unsigned demand_make(const struct demand_facts *f, const struct demand_settings *s,
                     struct demand_memory *m, uint64_t *ret_look_usec);

#endif
