/*
 * restart.c - a rolling restart of a service: every worker is replaced while it serves.
 *
 * A pool replaces its own workers (pool/restart.c); here one pool follows the other.
 * A generation that comes meanwhile makes all of it needless: its workers are new.
 */
#include "config.h"

#include "master/restart.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/macros.h"
#include "pool/about.h"

struct restart {
	struct restart_waiter *waiters;
	unsigned generation;
	size_t next;       /* the pool of that generation that comes next */
	struct pool *pool; /* under way, NULL: none yet */
};

static struct pool *
nth_current(const struct service *s, size_t nth)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT && nth-- == 0)
			return s->pools[i];
	}
	return NULL;
}

static unsigned
current_generation(const struct service *s)
{
	const struct pool *p = nth_current(s, 0);

	return p ? p->generation : 0;
}

static void
end(struct service *s, const char *failure)
{
	struct restart *r = s->restart;
	struct restart_waiter *w;
	struct restart_waiter *next;

	s->restart = NULL;
	for (w = r->waiters; w; w = next) {
		next = w->next;
		w->on_end(w, failure);
	}
	free(r);
}

void
service_restart(struct service *s, struct restart_waiter *w)
{
	const char *why = NULL;

	if (s->removed)
		why = "it is not in the configuration any more";
	else if (s->held)
		why = "it is drained; resume starts new workers";
	if (!why && !s->restart) {
		s->restart = calloc(1, sizeof(*s->restart));
		if (s->restart)
			s->restart->generation = current_generation(s);
		else
			why = "out of memory";
	}
	if (why) {
		if (w)
			w->on_end(w, why);
		return;
	}
	if (!w)
		return;
	w->next = s->restart->waiters;
	s->restart->waiters = w;
}

static bool
settle(struct service *s)
{
	struct restart *r = s->restart;
	char failure[sizeof(((struct pool *)0)->restart_failure)];

	if (s->held) {
		end(s, "it has been drained meanwhile");
		return true;
	}
	if (current_generation(s) != r->generation) {
		end(s, s->removed ? "it has been removed meanwhile" : NULL);
		return true;
	}
	if (r->pool && r->pool->restart_usec != 0)
		return false;
	if (r->pool && r->pool->restart_failure[0]) {
		(void)snprintf(failure, sizeof(failure), "%s",
		               r->pool->restart_failure);
		end(s, failure);
		return true;
	}
	r->pool = nth_current(s, r->next++);
	if (r->pool) {
		pool_restart(r->pool);
		return true;
	}
	log_event(LOG_INFO, service_about(s->settings, MESSAGE_RESTARTED),
	          "%s: restarted, every worker is new", s->settings->name);
	end(s, NULL);
	return true;
}

bool
restart_settle(struct services *s)
{
	bool moved = false;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->table[i]->restart && settle(s->table[i]))
			moved = true;
	}
	return moved;
}

void
restart_abandon(struct service *s, const char *why)
{
	if (s->restart)
		end(s, why);
}

/* The pool that is under way, and all of those that follow. */
unsigned
service_stale(const struct service *s)
{
	const struct restart *r = s->restart;
	const struct pool *p;
	unsigned n;
	size_t i;

	if (!r)
		return 0;
	n = r->pool ? pool_stale(r->pool) : 0;
	for (i = r->next;; i++) {
		p = nth_current(s, i);
		if (!p)
			return n;
		n += p->wanted;
	}
}
