/*
 * restart.c - replacing every worker of a pool, while it serves.
 *
 * Who was started before the restart was asked for is stale, and so is who is worn
 * (wear.c).  plan_make() starts one worker more, waits until it is up, and retires one
 * stale worker, until none is left.  Those that were retired finish what they have in
 * hand; nobody waits for that.  The first start that fails ends the restart: the others
 * go on as they were.
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "pool/parts.h"

bool
pool_slot_is_stale(const struct pool *p, const struct slot *slot)
{
	return (slot->state == SLOT_STARTING || slot->state == SLOT_READY) &&
	       (slot->started_usec < p->restart_usec || slot->wear != WEAR_NONE);
}

unsigned
pool_stale(const struct pool *p)
{
	const struct slot *slot;
	unsigned n = 0;

	if (p->restart_usec == 0 && !pool_can_wear(p))
		return 0;
	SLOT_FOREACH (slot, &p->slots)
		n += pool_slot_is_stale(p, slot);
	return n;
}

/* Those whose turn it may be now: after a replacement that failed the worn ones go on
 * for a while. */
unsigned
pool_replaceable(const struct pool *p, uint64_t now)
{
	if (p->restart_usec == 0 && now < p->wear_hold_usec)
		return 0;
	return pool_stale(p);
}

/* Workers that are not stale, and not up yet. */
unsigned
pool_fresh(const struct pool *p)
{
	const struct slot *slot;
	unsigned n = 0;

	SLOT_FOREACH (slot, &p->slots)
		n += (slot->state == SLOT_STARTING || slot->state == SLOT_READY) &&
		     !pool_slot_is_stale(p, slot) && !pool_slot_is_up(p, slot);
	return n;
}

/* One that fails has nobody to replace, and yet not what was asked for. */
bool
pool_is_restarted(const struct pool *p)
{
	return pool_stale(p) == 0 && pool_fresh(p) == 0 && pool_is_up(p);
}

void
pool_restart(struct pool *p)
{
	pool_retry(p);
	p->restart_usec = clock_usec();
	p->restart_failure[0] = '\0';
	pool_touch(p);
}

void
pool_end_restart(struct pool *p, const char *failure)
{
	unsigned left = pool_stale(p);

	p->restart_usec = 0;
	if (!failure)
		return;
	(void)snprintf(p->restart_failure, sizeof(p->restart_failure), "%s", failure);
	log_event(LOG_ERR, pool_about(p, MESSAGE_RESTART_FAILED),
	          "%s: restart stopped, %u %s as they were: %s", p->name, left,
	          left == 1 ? "worker stays" : "workers stay", failure);
}
