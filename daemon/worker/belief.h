/*
 * belief.h - what a page may claim.
 *
 * Counters of a worker go up alone, and not faster than anybody can count: so one that
 * lies, or has been taken over, leaves no nonsense in the counters of its service when
 * it is gone.  Pure; what is believed of a worker is kept where no worker can write.
 */
#ifndef PREFORKD_WORKER_BELIEF_H
#define PREFORKD_WORKER_BELIEF_H

#include <stdint.h>

#include "worker/scoreboard.h"

/* Puts the counters of *s between what was believed of the same worker before (*before;
 * zeroes for a new one) and what it can have done in `life_usec`; then believes them.
 */
void belief_update(struct score *before, uint64_t life_usec, struct score *s);

#endif
