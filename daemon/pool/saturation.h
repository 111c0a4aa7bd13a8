/*
 * saturation.h - how long all workers were busy, within the last hour and ever.
 *
 * Pure: the time is passed in.  Somebody looks once a second while all are busy, and
 * has no reason to look otherwise; what lies between two looks that both found all
 * busy counts.  Kept by the minute.
 */
#ifndef PREFORKD_POOL_SATURATION_H
#define PREFORKD_POOL_SATURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

#define SATURATION_TICK_USEC USEC_PER_SEC
#define SATURATION_MINUTES 60

struct saturation {
	bool busy; /* all of them, at the last look */
	uint64_t look_usec;
	uint64_t total_usec; /* never less than it was */
	uint64_t minute;     /* of the last look, since the clock began */
	uint32_t busy_usec[SATURATION_MINUTES]; /* by the minute, modulo */
};

/* A look: are all busy? */
void saturation_look(struct saturation *s, uint64_t now_usec, bool all_busy);

/* The sum of the last hour. */
uint64_t saturation_hour(const struct saturation *s, uint64_t now_usec);

#endif
