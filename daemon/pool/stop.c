/*
 * stop.c - stopping workers: asking, insisting, killing.
 *
 * All kill() calls of the master are here (and one in start.c, for a child that
 * could not be registered, and one in pause.c), on pids of slots that have not been
 * reaped: they cannot be anybody else's.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/signals.h"
#include "pool/parts.h"

/* Timers are exact: who looks at one so late was stopped or frozen, and hears only
 * now what was said meanwhile. */
#define AWAY_USEC (100 * USEC_PER_MSEC)

/* Its workers too, so that they have missed some of their time. */
#define FROZEN_USEC USEC_PER_SEC

bool
pool_send_signal(struct pool *p, const struct slot *slot, int signo)
{
	if (kill(slot->pid, signo) == 0)
		return true;
	(void)log_event_errno(LOG_WARNING, slot_about(slot, NULL), errno,
	                      "%s[%u]: cannot send %s to pid %d, ignoring", p->name,
	                      slot->index, signal_name(signo), (int)slot->pid);
	return false;
}

void
pool_press(struct pool *p, struct slot *slot, enum doom doom, uint64_t now)
{
	const struct service_settings *set = p->settings;
	int signo = SIGKILL;

	if (doom == DOOM_KILLED)
		slot->before = slot->doom;
	slot->doom = doom;
	slot->deadline_usec = now + POOL_DEATH_USEC;
	switch (doom) {
	case DOOM_LEAVES:
		signo = 0;
		slot->deadline_usec = pool_deadline(now, set->stop_usec);
		break;
	case DOOM_ASKED:
		signo = pool_is_program(p) ? set->stop_signal : SIGQUIT;
		slot->deadline_usec = pool_deadline(now, set->stop_usec);
		break;
	case DOOM_ENDED:
	case DOOM_HURRIED:
	case DOOM_OVERRUN:
		signo = SIGTERM;
		slot->deadline_usec = now + set->kill_usec + POOL_KILL_GRACE_USEC;
		break;
	case DOOM_WATCHDOG:
		signo = SIGABRT; /* a core says where it hangs */
		slot->deadline_usec = now + set->kill_usec;
		break;
	default:
		/* A program leads its group (setsid in worker.c): its helpers go too.
		 */
		if (pool_is_program(p))
			(void)kill(-slot->pid, SIGKILL);
		break;
	}
	if (signo != 0)
		(void)pool_send_signal(p, slot, signo);
	/* Somebody may have stopped it: awake it cleans up after its command. */
	if (doom == DOOM_OVERRUN)
		(void)kill(slot->pid, SIGCONT);
	slots_set_state(&p->slots, slot, SLOT_RETIRING);
}

/* One that serves has met its deadline: the first is that of its start. */
static void
judge_ready(struct pool *p, struct slot *slot, uint64_t now)
{
	uint64_t late = now - slot->deadline_usec;

	slot->deadline_usec = USEC_NEVER;
	if (!slot->proven) {
		/* It has lived long enough to count, if there is nothing else to it. */
		if (copy_is_proven(p, slot))
			pool_prove(p, slot);
		return;
	}
	if (!pool_slot_has_overrun(p, slot, now))
		return;
	if (late > FROZEN_USEC)
		slot->deadline_usec = now + pool_overrun_grace(p);
	else
		pool_press(p, slot, DOOM_OVERRUN, now);
}

/* Nothing more can be done: it keeps its slot, and nobody waits for it. */
static void
give_up(struct pool *p, struct slot *slot)
{
	log_event(
	    LOG_ERR, slot_about(slot, MESSAGE_UNKILLABLE),
	    "%s[%u] pid %d does not even end by SIGKILL (a file system or device that "
	    "hangs?), not waiting for it",
	    p->name, slot->index, (int)slot->pid);
	slot->doom = DOOM_GIVEN_UP;
	slot->deadline_usec = USEC_NEVER;
	p->given_up++;
}

void
pool_kill_group(const struct slot *slot)
{
	if (pool_is_program(slot->pool))
		(void)kill(-slot->pid, SIGTERM);
}

/* A deadline of the slot's has passed. */
void
pool_on_overdue(struct pool *p, struct slot *slot, uint64_t now)
{
	switch (slot->state) {
	case SLOT_STARTING:
		/* Its word may be among what waits to be read. */
		if (now - slot->deadline_usec > AWAY_USEC) {
			slot->deadline_usec = now + AWAY_USEC;
			return;
		}
		pool_press(p, slot, DOOM_START_TIMEOUT, now);
		return;
	case SLOT_READY:
		judge_ready(p, slot, now);
		return;
	case SLOT_RETIRING:
		/* A program knows only its stop_signal: what follows is SIGKILL. */
		if (slot->doom == DOOM_ASKED && !pool_is_program(p))
			pool_press(p, slot, DOOM_ENDED, now);
		else if (slot->doom < DOOM_KILLED)
			pool_press(p, slot, DOOM_KILLED, now);
		else
			give_up(p, slot);
		return;
	case SLOT_FREE:
	case SLOT_N_STATES:
		break;
	}
	assert(!"a free slot has no deadline");
}

/* How many of n are left to be found elsewhere. */
static unsigned
retire_stale(struct pool *p, enum slot_state state, unsigned n, uint64_t now)
{
	struct slot *slot;

	SLOT_FOREACH (slot, &p->slots) {
		if (n == 0)
			break;
		if (slot->state != state || !pool_slot_is_stale(p, slot))
			continue;
		pool_press(p, slot, DOOM_ASKED, now);
		n--;
	}
	return n;
}

void
pool_retire_some(struct pool *p, unsigned n, uint64_t now)
{
	struct slot *slot;
	unsigned i;

	/* The stale ones in their order, first those that serve nobody yet. */
	n = retire_stale(p, SLOT_STARTING, n, now);
	n = retire_stale(p, SLOT_READY, n, now);
	/* Who is not up serves nobody, and may have just said that it never will. */
	SLOT_FOREACH (slot, &p->slots) {
		if (n == 0)
			return;
		if (slot->state != SLOT_STARTING)
			continue;
		pool_press(p, slot, DOOM_ASKED, now);
		n--;
	}
	/* Of a dynamic pool those that have nothing to do. */
	for (i = p->slots.capacity; i > 0 && n > 0 && pool_is_dynamic(p); i--) {
		slot = &p->slots.table[i - 1];
		if (slot->state != SLOT_READY ||
		    score_state(&p->scoreboard, slot->index) != SCORE_IDLE)
			continue;
		pool_press(p, slot, DOOM_ASKED, now);
		n--;
	}
	/* The highest numbers go first: the low ones stay stable. */
	for (i = p->slots.capacity; i > 0 && n > 0; i--) {
		slot = &p->slots.table[i - 1];
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY)
			continue;
		pool_press(p, slot, DOOM_ASKED, now);
		n--;
	}
}

void
pool_drain(struct pool *p)
{
	p->draining = true;
	pool_touch(p);
}

void
pool_hold(struct pool *p)
{
	p->held = true;
	pool_touch(p);
}

void
pool_resume(struct pool *p)
{
	p->held = false;
	p->size_look_usec = 0;
	pool_touch(p);
}

void
pool_hurry(struct pool *p)
{
	uint64_t now = clock_usec();
	struct slot *slot;

	p->draining = true;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_FREE || slot->doom > DOOM_ASKED)
			continue;
		pool_press(p, slot, DOOM_HURRIED, now);
	}
	pool_touch(p);
}
