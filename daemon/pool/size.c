/*
 * size.c - a dynamic pool follows what its workers do.
 *
 * Who takes a place that leaves fewer than the spare ones idle wakes the master, which
 * looks, starts who is missing (demand.c says how many), and asks to be woken again.
 * While nothing of that kind happens it looks at the end of each window, to go down;
 * at its smallest a pool wakes nobody.  A pool without any worker is woken by the
 * listener itself.
 *
 * There are two opinions about who is idle: the pages, one by one, and the count on
 * the board, which workers change as they take and give.  Pages are read while workers
 * go on; so the smaller of both is believed, and a difference is no error until several
 * looks have found it: then a worker died in the wrong instant, or lied, and the count
 * is put right.  Corrections are added, not stored: workers go on counting meanwhile.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "pool/parts.h"

/* Two looks are at least so far apart, and twice as far each time the last found
 * nothing to do: a worker that lies must not keep the master busy.  For the same
 * reason a pool with thousands of pages waits many times what a look takes. */
#define LOOK_MIN_USEC USEC_PER_MSEC
#define LOOK_MAX_USEC (16 * USEC_PER_MSEC)
#define LOOK_SHARE 16

/* Somebody took a place while we were looking: again, but not for ever. */
#define ROUNDS 3

/* How many looks have to find the count of idle workers wrong, and how far they are
 * apart if nothing else makes us look. */
#define DOUBT_LOOKS 4
#define DOUBT_LOOK_USEC USEC_PER_SEC

struct census {
	unsigned live;
	unsigned starting;
	unsigned idle;    /* ready, and waiting for a connection */
	unsigned leaving; /* has been told to end, and has not taken note yet */
};

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
take_census(const struct pool *p, struct census *ret)
{
	const struct slot *slot;
	enum score_state state;

	*ret = (struct census){ 0 };
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state == SLOT_FREE)
			continue;
		state = score_state(&p->scoreboard, slot->index);
		if (slot->state == SLOT_RETIRING) {
			ret->leaving += state == SCORE_IDLE;
			continue;
		}
		ret->live++;
		ret->starting += state == SCORE_STARTING;
		ret->idle += state == SCORE_IDLE;
	}
}

/* A difference that the last looks have all found is none of the moment. */
static void
reconcile(struct pool *p, int64_t off)
{
	struct pool_doubt *d = &p->doubt;

	if (off == 0 || d->looks == 0 || (off > 0) != (d->off > 0)) {
		d->off = off;
		d->looks = off != 0;
		return;
	}
	if (llabs(off) < llabs(d->off))
		d->off = off;
	d->looks++;
	if (d->looks < DOUBT_LOOKS)
		return;
	board_correct(&p->scoreboard, -d->off);
	*d = (struct pool_doubt){ 0 };
}

/* How many are idle, and what the board says of it. */
static unsigned
count_idle(const struct pool *p, const struct census *c, int64_t *ret_board)
{
	int64_t board = board_idle(&p->scoreboard);
	int64_t ours = board - c->leaving;

	*ret_board = board;
	if (ours >= (int64_t)c->idle)
		return c->idle;
	return ours > 0 ? (unsigned)ours : 0;
}

/* A dynamic pool has one listener.  If nobody can say, who woke us is one. */
static unsigned
count_queued(const struct pool *p)
{
	struct queue queue;

	if (p->listeners[0].fd < 0)
		return 0;
	if (queue_read(p->listeners[0].fd, &queue) < 0)
		return p->client_waits ? 1 : 0;
	return queue.length;
}

/* Without the successor of a worker that is still there: it is to be nobody's reason
 * for another. */
static unsigned
count_live(const struct pool *p, const struct census *c)
{
	return c->live > p->wanted && pool_stale(p) > 0 ? c->live - 1 : c->live;
}

static void
ask(struct pool *p, const struct census *c, unsigned idle, uint64_t now)
{
	const struct service_settings *set = p->settings;
	struct demand_settings s = {
		.min_spare = set->min_spare,
		.max_spare = set->max_spare,
		.max = set->max_workers,
		.start = set->start_workers,
		.idle_retire_usec = set->idle_retire_usec,
	};
	const struct demand_facts facts = {
		.now_usec = now,
		.live = count_live(p, c),
		.starting = c->starting,
		.idle = idle,
		.queued = count_queued(p),
		.low = board_low(&p->scoreboard),
	};
	unsigned room = p->context->room(p->context->userdata, p);
	unsigned before = p->wanted;

	/* Its minimum it may have whatever the others do. */
	if (room < s.max - min(facts.live, s.max))
		s.max = max(facts.live + room, service_settings_min(set));
	p->wanted = demand_make(&facts, &s, &p->demand, &p->size_look_usec);
	p->starved = p->demand.capped && s.max < set->max_workers;
	if (p->demand.new_window)
		board_restart_low(&p->scoreboard, idle);
	if (p->wanted > before)
		p->size_pause_usec = LOOK_MIN_USEC;
}

/* From fewer on whoever takes a place wakes us.  At its largest only the last one is
 * worth a word (watch.c). */
static unsigned
worth_a_word(const struct pool *p)
{
	return p->wanted < p->settings->max_workers ? max(p->settings->min_spare, 1)
	                                            : 1;
}

static void
sooner(struct pool *p, uint64_t at)
{
	if (at < p->size_look_usec)
		p->size_look_usec = at;
}

static void
look(struct pool *p, uint64_t now)
{
	struct census c;
	unsigned idle;
	int64_t board;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		take_census(p, &c);
		idle = count_idle(p, &c, &board);
		if (pool_is_dynamic(p)) {
			ask(p, &c, idle, now);
			board_arm(&p->scoreboard, worth_a_word(p));
		}
		/* Who took a place before that has woken nobody. */
		if (board_idle(&p->scoreboard) >= board)
			break;
	}
	p->client_waits = false;
	if (i == ROUNDS)
		sooner(p, now + p->size_pause_usec);
	reconcile(p, board - c.idle - c.leaving);
	if (p->doubt.looks > 0)
		sooner(p, now + DOUBT_LOOK_USEC);
	if (p->starved)
		pool_look_soon(p, now);
}

void
pool_resize(struct pool *p, uint64_t now)
{
	uint64_t took;

	p->size_looked_usec = now;
	p->size_look_usec = USEC_NEVER;
	if (p->wake_fd < 0)
		return;
	if (p->size_pause_usec < LOOK_MAX_USEC)
		p->size_pause_usec *= 2;
	look(p, now);
	took = clock_usec() - now;
	if (p->size_pause_usec < took * LOOK_SHARE)
		p->size_pause_usec = took * LOOK_SHARE;
	pool_listen_to_workers(p);
}

/* Somebody has taken a place that should have stayed free, or has served enough. */
void
pool_resize_soon(struct pool *p, uint64_t now)
{
	uint64_t at = p->size_looked_usec + p->size_pause_usec;

	sooner(p, at > now ? at : now);
}

/* Others have taken what it once wanted and could not start. */
static bool
is_crowded_out(const struct pool *p)
{
	unsigned live = p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY];

	return pool_is_dynamic(p) && p->wanted > live &&
	       p->wanted > service_settings_min(p->settings) &&
	       p->wanted - live > p->context->room(p->context->userdata, p);
}

/* max_workers_total has kept it small, and somebody else has become smaller since. */
bool
pool_finds_room(const struct pool *p)
{
	return p->starved && !p->draining && !p->held &&
	       p->context->room(p->context->userdata, p) > 0;
}

bool
pool_should_resize(const struct pool *p, uint64_t now)
{
	return !p->draining && !p->held &&
	       (p->size_look_usec <= now || is_crowded_out(p));
}

void
pool_size_init(struct pool *p)
{
	p->size_pause_usec = LOOK_MIN_USEC;
	p->size_look_usec = pool_is_dynamic(p) ? 0 : USEC_NEVER;
	p->wanted = service_settings_min(p->settings);
}

/* --- from zero -------------------------------------------------------------------- */

static int
on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct pool *p = userdata;

	uint64_t now = clock_usec();

	(void)source;
	(void)fd;
	if (revents & (EPOLLHUP | EPOLLERR))
		pool_mend_soon(p, now);
	p->client_waits = true;
	pool_resize_soon(p, now);
	pool_touch(p);
	return 0;
}

/* Not while another generation has workers there; and once until somebody has looked:
 * a socket that somebody has shut down is readable for ever. */
static bool
should_watch(const struct pool *p)
{
	return pool_is_dynamic(p) && p->wanted == 0 && p->stage != POOL_COMING &&
	       !p->draining && !p->held && !p->starved && !p->client_waits &&
	       pool_is_listening(p) &&
	       p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY] == 0;
}

/* Before a listener is closed: other processes may have the same socket, and the kernel
 * would go on to report what nobody could take back any more. */
void
pool_ignore_clients(struct pool *p)
{
	p->client_source = sd_event_source_disable_unref(p->client_source);
}

/* While there is nobody to accept, the master looks at the listener; and only then. */
void
pool_watch_clients(struct pool *p)
{
	int r = 0;

	if (!should_watch(p)) {
		pool_ignore_clients(p);
		return;
	}
	if (!p->client_source)
		r = sd_event_add_io(p->context->event, &p->client_source,
		                    p->listeners[0].fd, EPOLLIN, on_client, p);
	if (r >= 0)
		r = sd_event_source_set_enabled(p->client_source, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "%s: cannot watch its listener", p->name);
}
