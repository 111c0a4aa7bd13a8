/*
 * handover.c - from one generation to the next: sockets, paths, and who leaves.
 *
 * Decides nothing: reload.c says which generation stays.  A socket that stays is never
 * closed and never bound anew; one that nobody has any more is given up, back to the
 * service manager if it came from there.
 */
#include "config.h"

#include "master/handover.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/macros.h"
#include "master/fdstore.h"
#include "master/parts.h"
#include "pool/about.h"

/* A socket that passes from one generation to another, perhaps of another service, is
 * told what differs. */
static void
change_listener(const struct pool *from, const struct pool *to, struct listener *l)
{
	const char *key;
	int error;

	key = listener_change(l, &from->settings->listener, &to->settings->listener,
	                      &error);
	if (key && error)
		(void)log_event_errno(LOG_WARNING, pool_about(to, NULL), error,
		                      "%s: %s: cannot change %s, ignoring", to->name,
		                      l->bound.text, key);
	else if (key)
		log_event(LOG_WARNING, pool_about(to, NULL),
		          "%s: %s: %s counts when a socket is bound: it takes effect "
		          "when preforkd is started anew",
		          to->name, l->bound.text, key);
}

/* A socket that was given up and is wanted again.  The generations that were to serve
 * its last clients wait for its queue no more. */
static void
take_back(struct master *m, const struct pool *p, struct listener *l)
{
	struct pool *q;
	size_t i;
	int r;

	r = listener_unfade(l);
	if (r < 0)
		(void)log_event_errno(LOG_WARNING, pool_about(p, NULL), r,
		                      "%s: cannot let clients in at %s again, ignoring",
		                      p->name, l->bound.text);
	fdstore_put(l);
	SERVICES_FOREACH_POOL (q, &m->services) {
		for (i = 0; q->stage == POOL_LEAVING && i < q->n_listeners; i++) {
			if (!q->listeners[i].fading ||
			    !address_equal(&q->listeners[i].bound, &l->bound))
				continue;
			q->listeners[i].fading = false;
			change_listener(q, p, l);
		}
		pool_give_over(q);
	}
}

void
handover_take_back(struct master *m, const struct service *s)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n_pools; i++) {
		const struct pool *p = s->pools[i];

		for (j = 0; p->stage == POOL_CURRENT && j < p->n_listeners; j++) {
			if (p->listeners[j].fading)
				take_back(m, p, &p->listeners[j]);
		}
	}
}

/* A generation that is not wanted.  Its addresses that nobody else has are given up. */
static void
let_go(struct master *m, struct pool *p, const struct change *c)
{
	bool *fades = calloc(p->n_listeners, sizeof(*fades));
	struct listener *kept;
	struct pool *taker;
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		struct listener *l = &p->listeners[i];

		if (l->fd < 0)
			continue;
		kept = services_listen_on(&m->services, &l->bound, p, &taker);
		if (kept && l->ino != 0 && kept->ino == 0)
			listener_give_path(l, kept);
		if (kept && c->kind != CHANGE_ROLLED_BACK)
			change_listener(p, taker, kept);
		if (!kept && l->adopted)
			(void)activation_give_back(m->activation, l->fd, &l->bound);
		else if (!kept && fades)
			fades[i] = true;
		if (!kept && !l->adopted)
			fdstore_remove(&l->bound);
	}
	/* Who has failed is not started again for the sake of a queue: it never served.
	 */
	pool_leave(p,
	           c->kind == CHANGE_ROLLED_BACK && pool_is_failing(p) ? NULL : fades);
	free(fades);
}

/* Old and new change places, if the new are what is wanted; then whoever is not
 * current leaves. */
void
handover_exchange(struct service *s)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		struct pool *p = s->pools[i];

		if (p->stage == POOL_CURRENT)
			p->stage = POOL_COMING;
		else if (p->stage == POOL_COMING)
			p->stage = POOL_CURRENT;
	}
}

void
handover_let_go(struct master *m, struct change *c)
{
	size_t i;

	for (i = 0; c->service && i < c->service->n_pools; i++) {
		if (c->service->pools[i]->stage == POOL_COMING)
			let_go(m, c->service->pools[i], c);
	}
}

/* Workers that were told to stop while they waited for a client, and may still get one.
 * A program does not say what it does. */
bool
handover_somebody_waits(const struct services *s, uint64_t now)
{
	const struct pool *p;
	const struct slot *slot;
	struct score score;

	SERVICES_FOREACH_POOL (p, s) {
		if (p->stage != POOL_LEAVING || !p->draining ||
		    p->settings->handler == HANDLER_PROGRAM)
			continue;
		SLOT_FOREACH (slot, &p->slots) {
			if (slot->state == SLOT_FREE)
				continue;
			score_read(&p->scoreboard, slot->index, now, &score);
			if (score.state == SCORE_IDLE || score.state == SCORE_STARTING)
				return true;
		}
	}
	return false;
}
