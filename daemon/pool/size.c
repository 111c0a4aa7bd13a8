/*
 * size.c - a dynamic pool follows what its workers do.
 *
 * Who takes a place that leaves fewer than min_spare idle wakes the master, which
 * looks, starts who is missing (demand.c says how many), and asks to be woken again.
 * While nothing of that kind happens it looks at the end of each window, to go down;
 * at its smallest a pool wakes nobody.  A pool without any worker is woken by the
 * listener itself.
 *
 * The master sets the count of idle workers from the pages, while workers change it.
 * Who has taken a place between the reading and the setting has woken nobody: so the
 * pages are read once more, after.
 */
#include "config.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "pool/parts.h"

/* Two looks are at least so far apart, and twice as far each time the last found
 * nothing to do: a worker that lies must not keep the master busy. */
#define LOOK_MIN_USEC USEC_PER_MSEC
#define LOOK_MAX_USEC (16 * USEC_PER_MSEC)

/* How long somebody who may not grow waits before asking again whether others have
 * become smaller (max_workers_total). */
#define STARVED_LOOK_USEC (100 * USEC_PER_MSEC)

/* Rounds of reading and setting; then a look soon after is the net. */
#define ARM_ATTEMPTS 3

bool
pool_is_dynamic(const struct pool *p)
{
	return p->settings->workers == 0;
}

static unsigned
min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static void
ask(struct pool *p, const struct pool_figures *f, uint64_t now)
{
	const struct service_settings *set = p->settings;
	unsigned live = p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY];
	unsigned room = p->context->room(p->context->userdata, p);
	unsigned most = set->max_workers;
	struct demand_settings s = {
		.fixed = set->workers,
		.min_spare = set->min_spare,
		.max_spare = set->max_spare,
		.start = set->start_workers,
		.idle_retire_usec = set->idle_retire_usec,
	};
	const struct demand_facts facts = {
		.now_usec = now,
		.live = live,
		.starting = p->slots.count[SLOT_STARTING],
		.idle = f->ready - f->busy,
		.queued = f->queue.length,
		.low = board_low(&p->scoreboard),
	};
	unsigned before = p->wanted;

	/* Its minimum it may have whatever the others do. */
	if (room < most - min(live, most))
		most = max(live + room, min(set->min_spare, set->max_workers));
	s.max = most;
	p->wanted = demand_make(&facts, &s, &p->demand, &p->size_look_usec);
	p->starved =
	    p->wanted == most && most < set->max_workers && f->queue.length > 0;
	if (p->demand.new_window)
		board_restart_low(&p->scoreboard, facts.idle);
	if (p->wanted > before)
		p->size_pause_usec = LOOK_MIN_USEC;
	else if (p->size_pause_usec < LOOK_MAX_USEC)
		p->size_pause_usec *= 2;
}

void
pool_resize(struct pool *p, uint64_t now)
{
	struct pool_figures f;
	unsigned idle;
	unsigned below;
	int i;

	p->size_looked_usec = now;
	pool_figures(p, &f);
	for (i = 0; i < ARM_ATTEMPTS; i++) {
		idle = f.ready - f.busy;
		ask(p, &f, now);
		/* At its largest only the last place is worth a word (watch.c). */
		below =
		    p->wanted < p->settings->max_workers ? p->settings->min_spare : 1;
		board_arm(&p->scoreboard, idle, below > 0 ? below : 1);
		pool_figures(p, &f);
		if (f.ready - f.busy >= idle)
			break;
	}
	if (i == ARM_ATTEMPTS && p->size_look_usec > now + p->size_pause_usec)
		p->size_look_usec = now + p->size_pause_usec;
	if (p->starved && p->size_look_usec > now + STARVED_LOOK_USEC)
		p->size_look_usec = now + STARVED_LOOK_USEC;
	pool_listen_to_workers(p);
}

/* Somebody has taken a place that should have stayed free. */
void
pool_resize_soon(struct pool *p, uint64_t now)
{
	uint64_t at = p->size_looked_usec + p->size_pause_usec;

	if (at < now)
		at = now;
	if (at < p->size_look_usec)
		p->size_look_usec = at;
}

/* --- from zero -------------------------------------------------------------------- */

static int
on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct pool *p = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	p->size_look_usec = 0;
	pool_touch(p);
	return 0;
}

/* While there is nobody to accept, the master looks at the listener; and only then. */
void
pool_watch_clients(struct pool *p)
{
	bool watch = pool_is_dynamic(p) && !p->draining && !p->held &&
	             pool_is_listening(p) && p->wanted == 0 &&
	             p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY] == 0;
	int r = 0;

	if (!watch) {
		p->client_source = sd_event_source_disable_unref(p->client_source);
		return;
	}
	/* A dynamic pool has one listener. */
	if (!p->client_source)
		r = sd_event_add_io(p->context->event, &p->client_source,
		                    p->listeners[0].fd, EPOLLIN, on_client, p);
	if (r >= 0)
		r = sd_event_source_set_enabled(p->client_source, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "%s: cannot watch its listener", p->name);
}
