/*
 * client.c - the loop: begins connections while there is room, hands events to
 * them, ends those that are late.
 */
#include "config.h"

#include "client.h"

#include <err.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"

enum {
	EVENTS = 256,
	LOOK_MSEC = 20, /* between two looks at the deadlines */
};

uint64_t
client_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Ends what is late, and tries those again that found a full queue. */
static void
look_at_all(struct client *c, uint64_t now, bool late)
{
	for (unsigned i = 0; i < c->n_conns; i++) {
		struct conn *k = &c->conns[i];

		if (late && k->state != CONN_FREE && k->state != CONN_HELD &&
		    now >= k->deadline_usec)
			conn_fail(c, k, FAILURE_TIMEOUT);
		else if (k->state == CONN_QUEUED)
			conn_connect(c, k);
	}
}

/* Hold: when everyone has settled and the time is over, half-close. */
static void
release_held(struct client *c, uint64_t now)
{
	uint64_t settled = atomic_load(&c->shared->settled_usec);
	bool over = c->set->duration_usec && now >= settled + c->set->duration_usec;

	if (!atomic_load(&c->shared->stop) && (settled == 0 || !over))
		return;
	for (unsigned i = 0; i < c->n_conns; i++) {
		struct conn *k = &c->conns[i];

		if (k->state != CONN_HELD)
			continue;
		k->deadline_usec = now + c->set->deadline_usec;
		conn_finish(c, k);
	}
}

static bool
may_start(struct client *c, uint64_t now)
{
	if (c->n_idle == 0 || c->to_start == 0)
		return false;
	return now < c->stop_at && !atomic_load(&c->shared->stop);
}

/* A server that answers nobody is not worth waiting for. */
static bool
is_hopeless(struct client *c, uint64_t now)
{
	if (c->set->hold || c->to_start == 0)
		return false;
	return now >= c->last_ok + 2 * c->set->deadline_usec;
}

/* How long to wait for events, in milliseconds. */
static int
patience(const struct client *c)
{
	if (c->n_idle == c->n_conns)
		return 0;
	if (c->set->hold && atomic_load(&c->shared->settled_usec) == 0)
		return 1;
	return c->n_queued > 0 ? 1 : LOOK_MSEC;
}

static void
client_loop(struct client *c)
{
	uint64_t next_look = 0;

	for (;;) {
		struct epoll_event events[EVENTS];
		uint64_t now = client_clock();
		int n;

		if (is_hopeless(c, now)) {
			c->tally->gave_up = true;
			c->to_start = 0;
		}
		/* One round at most: what fails at once frees its place again. */
		for (unsigned i = 0; i < c->n_conns && may_start(c, now); i++)
			conn_start(c);
		if (c->n_idle == c->n_conns && !may_start(c, now))
			return;
		n = epoll_wait(c->epoll, events, EVENTS, patience(c));
		for (int i = 0; i < n; i++)
			conn_event(c, events[i].data.ptr);
		now = client_clock();
		if (now >= next_look) {
			next_look = now + LOOK_MSEC * UINT64_C(1000);
			look_at_all(c, now, true);
		} else if (c->n_queued > 0)
			look_at_all(c, now, false);
		if (c->set->hold)
			release_held(c, now);
	}
}

/* The share of client `index` when `total` is dealt out to all. */
static uint64_t
share(uint64_t total, unsigned processes, unsigned index)
{
	return total / processes + (index < total % processes ? 1 : 0);
}

void
client_run(const struct load_settings *set, struct load_shared *shared, unsigned index)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		err(1, "calloc");
	c->set = set;
	c->shared = shared;
	c->tally = &shared->tally[index];
	c->n_conns = (unsigned)share(set->concurrency, set->processes, index);
	c->conns = calloc(c->n_conns, sizeof(*c->conns));
	c->idle = calloc(c->n_conns, sizeof(struct conn *));
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!c->conns || !c->idle || c->epoll < 0)
		err(1, "cannot set up client %u", index);

	conn_seed(c, index);
	for (unsigned i = 0; i < c->n_conns; i++)
		c->idle[c->n_idle++] = &c->conns[i];

	c->last_ok = client_clock();
	c->tally->finished_usec = c->last_ok;
	c->stop_at = UINT64_MAX;
	c->to_start = UINT64_MAX;
	if (set->hold)
		c->to_start = c->n_conns;
	else if (set->connections)
		c->to_start = share(set->connections, set->processes, index);
	else
		c->stop_at = shared->started_usec + set->duration_usec;

	client_loop(c);

	(void)close(c->epoll);
	free(c->idle);
	free(c->conns);
	free(c);
}
