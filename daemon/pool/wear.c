/*
 * wear.c - workers that have served enough, lived long enough, or grown too large.
 *
 * Who is worn is stale: its successor starts first, it retires then, and one at a time
 * (plan.h).  Limits are spread by a tenth around what is set, so that workers which
 * started together do not end together.  The count and the age are the worker's own
 * word and our clock; its memory is what the kernel says, looked at with the status.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/resident.h"
#include "pool/parts.h"

/* What could not be replaced is tried again after. */
#define AGAIN_USEC (30 * USEC_PER_SEC)

static const char *const wear_key[] = {
	[WEAR_CONNECTIONS] = "max_connections_per_worker",
	[WEAR_AGE] = "max_age",
	[WEAR_MEMORY] = "max_memory",
};
_Static_assert(countof(wear_key) == WEAR_N, "name every way to wear out");

/* n, less or more by up to a tenth, from what chance the worker brings. */
uint64_t
wear_spread(uint64_t n, uint64_t chance)
{
	uint64_t tenth = n / 10;

	/* Fibonacci hashing: neighbours in `chance` are far apart. */
	chance = chance * UINT64_C(11400714819323198485) >> 32;
	return n - tenth + (tenth ? chance % (2 * tenth + 1) : 0);
}

uint64_t
pool_connections_limit(const struct pool *p, const struct slot *slot, uint64_t now)
{
	return p->settings->max_connections == 0
	           ? 0
	           : wear_spread(p->settings->max_connections, now + slot->index);
}

/* Workers that started together must not come of age together. */
static uint64_t
comes_of_age(const struct pool *p, const struct slot *slot)
{
	return slot->started_usec +
	       wear_spread(p->settings->max_age_usec, slot->started_usec + slot->index);
}

static enum wear
judge(const struct pool *p, const struct slot *slot, bool memory, uint64_t now)
{
	const struct service_settings *set = p->settings;
	uint64_t resident;
	struct score score;

	if (set->max_age_usec > 0 && now >= comes_of_age(p, slot))
		return WEAR_AGE;
	if (slot->connections_limit > 0) {
		score_read(&p->scoreboard, slot->index, now, &score);
		if (score.connections >= slot->connections_limit)
			return WEAR_CONNECTIONS;
	}
	if (memory && set->max_memory > 0 && resident_read(slot->pid, &resident) &&
	    resident > set->max_memory)
		return WEAR_MEMORY;
	return WEAR_NONE;
}

bool
pool_can_wear(const struct pool *p)
{
	const struct service_settings *set = p->settings;

	return set->max_age_usec > 0 || set->max_connections > 0 || set->max_memory > 0;
}

/* Looks who is worn; `memory` too.  Returns when the next comes of age. */
uint64_t
pool_wear(struct pool *p, bool memory, uint64_t now)
{
	uint64_t next = USEC_NEVER;
	struct slot *slot;
	uint64_t age;

	if (!pool_can_wear(p) || p->draining || p->held)
		return next;
	if (now < p->wear_hold_usec)
		next = p->wear_hold_usec;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_READY || slot->wear != WEAR_NONE)
			continue;
		slot->wear = judge(p, slot, memory, now);
		if (slot->wear != WEAR_NONE) {
			log_event(LOG_DEBUG, slot_about(slot, NULL),
			          "%s[%u] pid %d is used up (%s), replacing it",
			          p->name, slot->index, (int)slot->pid,
			          wear_key[slot->wear]);
			continue;
		}
		if (p->settings->max_age_usec == 0)
			continue;
		age = comes_of_age(p, slot);
		if (age < next)
			next = age;
	}
	return next;
}

/* A successor could not start; nobody is missing, and those that are worn go on. */
void
pool_wear_on(struct pool *p, const char *why, uint64_t now)
{
	log_event(
	    LOG_WARNING, pool_about(p, MESSAGE_START_FAILED),
	    "%s: cannot replace a worker that is used up, trying again in 30 s: %s",
	    p->name, why);
	p->wear_hold_usec = now + AGAIN_USEC;
}
