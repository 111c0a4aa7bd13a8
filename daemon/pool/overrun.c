/*
 * overrun.c - workers that do not end a connection when max_duration is over.
 *
 * A worker ends it by itself, in the time that its command and its client then have.
 * One that has been stopped, loops with its signals blocked or waits in the kernel does
 * not, and would hold its place for ever.  Since when it serves is its own word: who
 * lies there is ended early, or not at all.
 *
 * Nobody tells the master that a connection begins.  It looks at the pages when
 * something else has woken it, at the latest with the status, and gives those that
 * serve a deadline; while nobody serves nothing is due.
 */
#include "config.h"

#include "base/macros.h"
#include "pool/parts.h"

/* More than a worker needs to kill what its command has started (handler/tree.c). */
#define GRACE_USEC (2 * USEC_PER_SEC)

/* Deadlines of many workers shall be met in a few wake-ups. */
#define SLACK_USEC (100 * USEC_PER_MSEC)

/* What a worker may take when max_duration is over. */
static uint64_t
grace(const struct service_settings *set)
{
	uint64_t own =
	    set->kill_usec > set->linger_usec ? set->kill_usec : set->linger_usec;

	return own + GRACE_USEC;
}

/* When the connection in hand is overdue; USEC_NEVER: there is none. */
static uint64_t
overdue_usec(const struct pool *p, const struct slot *slot, uint64_t now)
{
	uint64_t at = USEC_NEVER;
	struct score score;

	if (score_state(&p->scoreboard, slot->index) != SCORE_BUSY)
		return at;
	score_read(&p->scoreboard, slot->index, now, &score);
	if (score.state != SCORE_BUSY)
		return at;
	at = score.since_usec + p->settings->max_duration_usec + grace(p->settings);
	return at + SLACK_USEC - at % SLACK_USEC;
}

void
pool_watch_overruns(struct pool *p, uint64_t now)
{
	struct slot *slot;
	uint64_t at;

	if (p->settings->max_duration_usec == 0)
		return;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_READY || !slot->proven ||
		    slot->deadline_usec != USEC_NEVER)
			continue;
		at = overdue_usec(p, slot, now);
		/* Late to be noticed: were we all frozen, it may end it even now. */
		slot->deadline_usec = at > now ? at : now + grace(p->settings);
	}
}

bool
pool_slot_has_overrun(const struct pool *p, const struct slot *slot, uint64_t now)
{
	return p->settings->max_duration_usec > 0 && overdue_usec(p, slot, now) <= now;
}

uint64_t
pool_overrun_grace(const struct pool *p)
{
	return grace(p->settings);
}
