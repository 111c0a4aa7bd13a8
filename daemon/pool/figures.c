/*
 * figures.c - what a status says of a pool, from the pages of its workers.
 *
 * Pages are gossip: what no worker can have done is not believed (worker/belief.h), and
 * what those have served that are gone was added up at their ends (hear.c).
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "pool/parts.h"
#include "worker/belief.h"

void
pool_score(const struct pool *p, const struct slot *slot, uint64_t now_usec,
           struct score *ret)
{
	score_read(&p->scoreboard, slot->index, now_usec, ret);
	belief_update(&p->believed[slot->index], now_usec - slot->started_usec, ret);
}

void
pool_figures(const struct pool *p, struct pool_figures *ret)
{
	uint64_t now = clock_usec();
	const struct slot *slot;
	struct queue queue;
	struct score score;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->workers = p->wanted;
	ret->max = service_settings_max(p->settings);
	ret->ready = p->slots.count[SLOT_READY];
	ret->connections = p->dead.connections;
	ret->failed = p->dead.failed;
	ret->timed_out = p->dead.timed_out;
	refused_add(ret->refused, p->dead.refused);
	effort_add(&ret->effort, &p->dead.effort);
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_READY && slot->state != SLOT_RETIRING)
			continue;
		pool_score(p, slot, now, &score);
		ret->busy += score.state == SCORE_BUSY && slot->state == SLOT_READY;
		ret->connections += score.connections;
		ret->failed += score.failed;
		ret->timed_out += score.timed_out;
		refused_add(ret->refused, score.refused);
		effort_add(&ret->effort, &score.effort);
	}
	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fd < 0 ||
		    queue_read(p->listeners[i].fd, &queue) < 0)
			continue;
		ret->queue.length += queue.length;
		ret->queue.limit += queue.limit;
	}
}
