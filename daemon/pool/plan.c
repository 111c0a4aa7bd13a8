/*
 * plan.c - how many workers to start and to stop, and when to look again.
 */
#include "config.h"

#include "pool/plan.h"

#include "base/macros.h"

struct plan
plan_make(const struct plan_facts *f, const struct plan_settings *s)
{
	struct plan plan = { .look_usec = USEC_NEVER };
	unsigned live = f->unproven + f->proven;
	unsigned wanted = s->workers;

	if (f->draining) {
		plan.retire = live;
		return plan;
	}
	if (live > s->workers) {
		if (f->stale == 0 || f->fresh == 0 || live > s->workers + 1)
			plan.retire = live - s->workers;
		return plan;
	}
	if (!f->listening || (live == s->workers && (f->stale == 0 || f->fresh > 0)))
		return plan;
	if (live == s->workers)
		wanted++;

	if (f->now_usec < f->hold_usec) {
		plan.look_usec = f->hold_usec;
		return plan;
	}
	/* After a failure one worker goes ahead, and the others wait to see. */
	if (f->failures > 0 && f->unproven > 0)
		return plan;
	if (f->failures > 0 && f->now_usec < f->retry_usec) {
		plan.look_usec = f->retry_usec;
		return plan;
	}
	plan.spawn = f->failures > 0 ? 1 : wanted - live;
	if (plan.spawn > PLAN_BATCH) {
		plan.spawn = PLAN_BATCH;
		plan.look_usec = f->now_usec;
	}
	return plan;
}
