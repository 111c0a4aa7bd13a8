/*
 * figures.c - the figures of a service: those of its pools, added up.
 */
#include "config.h"

#include "master/figures.h"

#include <string.h>

#include "base/clock.h"
#include "master/restart.h"
#include "master/status.h"

/* Of what was, however it ended. */
static void
add_past(struct service_figures *sum, const struct service_past *past)
{
	int cause;

	sum->connections += past->connections;
	sum->failed += past->failed;
	sum->timed_out += past->timed_out;
	refused_add(sum->refused, past->refused);
	effort_add(&sum->effort, &past->effort);
	sum->starts += past->starts;
	sum->saturated_usec += past->saturated_usec;
	for (cause = 0; cause < CAUSE_N; cause++)
		sum->ends[cause] += past->ends[cause];
	if (past->last_failure_usec == 0)
		return;
	sum->last_failure = past->last_failure;
	sum->last_failure_usec = past->last_failure_usec;
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Every generation has served; only the current one is how the service is now. */
static void
add_pool(struct service_figures *sum, const struct pool *p, uint64_t now)
{
	struct pool_figures f;
	int cause;

	pool_figures(p, &f);
	sum->connections += f.connections;
	sum->failed += f.failed;
	sum->timed_out += f.timed_out;
	refused_add(sum->refused, f.refused);
	effort_add(&sum->effort, &f.effort);
	sum->starts += p->starts;
	sum->saturated_usec += p->saturation.total_usec;
	for (cause = 0; cause < CAUSE_N; cause++)
		sum->ends[cause] += p->ends[cause];
	if (p->last_failure_usec > sum->last_failure_usec) {
		sum->last_failure = p->last_failure;
		sum->last_failure_usec = p->last_failure_usec;
	}
	if (p->stage == POOL_LEAVING)
		sum->leaving += pool_alive(p);
	if (p->stage != POOL_CURRENT)
		return;
	sum->workers += f.workers;
	sum->max += f.max;
	sum->ready += f.ready;
	sum->busy += f.busy;
	sum->queue += f.queue.length;
	sum->queue_limit += f.queue.limit;
	sum->failed_starts += p->failed_starts;
	/* Each listener has its own shortage; the worst is the service's. */
	sum->busy_hour_usec =
	    larger(sum->busy_hour_usec, saturation_hour(&p->saturation, now));
	if (p->generation > sum->generation)
		sum->generation = p->generation;
}

void
service_figures(const struct service *s, struct service_figures *ret)
{
	uint64_t now = clock_usec();
	size_t i;

	memset(ret, 0, sizeof(*ret));
	add_past(ret, &s->past);
	for (i = 0; i < s->n_pools; i++)
		add_pool(ret, s->pools[i], now);
	if (ret->last_failure_usec > 0)
		ret->last_failure_usec = now - ret->last_failure_usec + 1;
	ret->stale = service_stale(s);
	ret->rate_milli = rate_milli(&s->rate, now, ret->connections);
	if (ret->generation == 0)
		ret->generation = s->generation;
}

void
services_sample(struct services *all)
{
	struct service_figures f;
	size_t i;

	for (i = 0; i < all->n; i++) {
		service_figures(all->table[i], &f);
		rate_sample(&all->table[i]->rate, clock_usec(), f.connections);
	}
}

const char *
service_state(const struct service *s)
{
	bool settled = true;
	unsigned alive = 0;
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage != POOL_CURRENT)
			continue;
		settled = settled && s->pools[i]->settled;
		alive += pool_alive(s->pools[i]);
	}
	if (s->removed)
		return "closing";
	if (s->held)
		return alive > 0 ? "draining" : "drained";
	if (service_is_failing(s))
		return "failing";
	if (s->restart)
		return "restarting";
	return settled ? "serving" : "starting";
}
