/*
 * idle.c - exit_when_idle: the end of a daemon that nobody needs for now.
 *
 * When nothing was served for that long the master drains and ends with status 0;
 * systemd, which holds the sockets, starts it again for the next connection.  No
 * connection is lost, whenever it comes: a worker has it, and finishes it, or it waits
 * in the queue of systemd's socket.  That is why every socket must be systemd's.
 *
 * Nobody on the path of a connection does anything for this: since when workers are
 * idle stands in their pages.  The master looks when the time may be up and never
 * sooner: once in exit_when_idle while somebody is served.
 */
#include "config.h"

#include "master/idle.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "master/parts.h"

/* How late it may be noticed. */
#define ACCURACY (100 * USEC_PER_MSEC)

int
idle_check(const struct settings *settings, const char *name,
           const struct listener *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && settings->exit_when_idle_usec > 0; i++) {
		if (list[i].adopted)
			continue;
		log_error("exit_when_idle: %s listens on %s by itself, which nobody "
		          "would after the end; let a socket unit pass that socket, or "
		          "leave exit_when_idle out",
		          name, list[i].asked.text);
		return -EINVAL;
	}
	return 0;
}

int
idle_check_running(const struct settings *settings, const struct service *s)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT)
			r = idle_check(settings, s->settings->name,
			               s->pools[i]->listeners,
			               s->pools[i]->n_listeners);
	}
	return r;
}

/* The latest that a worker of this pool had something to do; `now`: it has. */
static uint64_t
last_served(const struct pool *p, uint64_t now)
{
	struct pool_figures f;
	const struct slot *slot;
	struct score score;
	uint64_t last = 0;

	pool_figures(p, &f);
	if (p->stage != POOL_CURRENT || p->held || f.busy > 0 || f.queue.length > 0)
		return now;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_RETIRING)
			return now;
		if (slot->state != SLOT_READY)
			continue;
		score_read(&p->scoreboard, slot->index, now, &score);
		if (score.connections > 0 && score.since_usec > last)
			last = score.since_usec;
	}
	return last;
}

/* Since when is there nothing to do?  `now`: there is. */
static uint64_t
idle_since(struct master *m, uint64_t now)
{
	uint64_t since;
	uint64_t last;
	uint64_t dead = 0;
	struct pool *p;

	if (m->reload || m->reload_wanted)
		m->idle_since_usec = now;
	SERVICES_FOREACH_POOL (p, &m->services)
		dead += p->dead.connections;
	/* Workers that are gone have served some: nobody knows when. */
	if (dead != m->idle_dead)
		m->idle_since_usec = now;
	m->idle_dead = dead;
	since = m->idle_since_usec;
	SERVICES_FOREACH_POOL (p, &m->services) {
		last = last_served(p, now);
		since = last > since ? last : since;
	}
	return since;
}

/* Sockets may have been mended since (pool_mend()): then they are ours. */
static bool
may_end(const struct master *m)
{
	size_t i;

	for (i = 0; i < m->services.n; i++) {
		if (idle_check_running(m->settings, m->services.table[i]) < 0)
			return false;
	}
	return true;
}

static void
arm(struct master *m, uint64_t at)
{
	int r = sd_event_source_set_time(m->idle_timer, at);

	if (r >= 0)
		r = sd_event_source_set_enabled(m->idle_timer, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "cannot set the timer of exit_when_idle");
}

static int
on_idle_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct master *m = userdata;
	uint64_t now = clock_usec();
	uint64_t since;
	char time[32];

	(void)source;
	(void)usec;
	if (m->phase != PHASE_SERVING || m->idle_usec == 0)
		return 0;
	since = idle_since(m, now);
	if (now - since < m->idle_usec) {
		arm(m, since + m->idle_usec);
		return 0;
	}
	if (!may_end(m)) {
		arm(m, now + m->idle_usec);
		return 0;
	}
	log_info("idle for %s (exit_when_idle), ending until the next connection",
	         duration_format(m->idle_usec, time, sizeof(time)));
	master_drain(m, EXIT_SUCCESS);
	return 0;
}

void
idle_settle(struct master *m)
{
	uint64_t wanted = m->settings->exit_when_idle_usec;
	int r;

	if (m->phase != PHASE_SERVING || wanted == m->idle_usec)
		return;
	m->idle_usec = wanted;
	m->idle_since_usec = clock_usec();
	if (!m->idle_timer) {
		r = sd_event_add_time(m->event, &m->idle_timer, CLOCK_MONOTONIC, 0,
		                      ACCURACY, on_idle_timer, m);
		if (r < 0) {
			(void)log_errno(r, "cannot set up exit_when_idle, ignoring");
			return;
		}
	}
	if (wanted > 0)
		arm(m, m->idle_since_usec + wanted);
}
