/*
 * watch.c - looking at a pool that is full: is it for a moment, or short of workers?
 *
 * The worker that takes the last idle place wakes the master, once; the master
 * looks a second later whether that was a moment or a shortage, and then every second
 * until the shortage is over.  No tick on the path of a connection, and none while
 * somebody is idle.  Of a pool that may grow size.c looks instead.
 *
 * Between a wake-up and the look that follows the master does not listen to the
 * workers: one that lies, and wakes it without an end, would keep it busy for the
 * other pools to wait.
 */
#include "config.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "pool/parts.h"

/* A pool that is full for less is only busy. */
#define SATURATED_AFTER USEC_PER_SEC

/* The line is not said again within. */
#define SATURATED_AGAIN (60 * USEC_PER_SEC)

void
pool_listen_to_workers(struct pool *p)
{
	int r;

	if (!p->wake_source)
		return;
	r = sd_event_source_set_enabled(p->wake_source, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_errno(r, "%s: cannot listen to its workers", p->name);
}

static bool
may_grow(const struct pool *p)
{
	return p->wanted < service_settings_max(p->settings) && !p->starved;
}

/* The key that keeps it from growing. */
static const char *
limit_of(const struct pool *p)
{
	if (!pool_is_dynamic(p))
		return "workers";
	return p->starved ? "max_workers_total" : "max_workers";
}

/* A moment, or a shortage? */
void
pool_look_soon(struct pool *p, uint64_t now)
{
	if (p->busy_look_usec == USEC_NEVER)
		p->busy_look_usec = now + SATURATED_AFTER;
}

void
pool_look(struct pool *p, uint64_t now_usec)
{
	struct pool_figures f;
	bool all_busy;

	p->busy_look_usec = USEC_NEVER;
	(void)pool_wear(p, true, now_usec);
	p->dirty = true;
	if (p->wake_fd < 0 || p->draining)
		return;
	if (may_grow(p)) {
		/* A lie about who is idle keeps all of them from waking us. */
		pool_resize_soon(p, now_usec);
	} else {
		/* At its largest nothing but that it is full is to be heard of. */
		board_arm(&p->scoreboard, 1);
		pool_listen_to_workers(p);
	}
	pool_figures(p, &f);
	all_busy =
	    f.ready > 0 && f.busy >= f.ready && f.ready >= f.workers && !may_grow(p);
	saturation_look(&p->saturation, now_usec, all_busy);
	if (!all_busy)
		return;
	/* How long it lasts is worth a look a second. */
	p->busy_look_usec = now_usec + SATURATION_TICK_USEC;
	p->dirty = true;
	if (f.queue.length == 0)
		return;
	if (p->busy_told_usec && now_usec - p->busy_told_usec < SATURATED_AGAIN)
		return;
	p->busy_told_usec = now_usec;
	log_event(LOG_WARNING, pool_about(p, MESSAGE_SATURATED),
	          "%s: all %u %s busy, %u %s queued; raise %s", p->name, f.ready,
	          f.ready == 1 ? "worker" : "workers", f.queue.length,
	          f.queue.length == 1 ? "connection" : "connections", limit_of(p));
}

static int
on_wake(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct pool *p = userdata;
	uint64_t count;
	ssize_t n;

	(void)source;
	(void)revents;
	n = read(fd, &count, sizeof(count));
	(void)n;
	if (may_grow(p) || p->settings->max_connections > 0)
		pool_resize_soon(p, clock_usec());
	if (!may_grow(p))
		pool_look_soon(p, clock_usec());
	pool_touch(p);
	return 0;
}

int
pool_open_wake(struct pool *p)
{
	int r;

	/* A program tells us nothing of its connections. */
	if (p->settings->handler == HANDLER_PROGRAM)
		return 0;
	p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->wake_fd < 0)
		return -errno;
	r = sd_event_add_io(p->context->event, &p->wake_source, p->wake_fd, EPOLLIN,
	                    on_wake, p);
	if (r < 0)
		return r;
	pool_listen_to_workers(p);
	board_arm(&p->scoreboard, 1);
	return 0;
}
