/*
 * leave.c - a generation that is over.
 *
 * Its workers finish what they have in hand.  If an address went with it, they go on
 * to accept from that address until its queue is empty: whoever got in is served.
 * Clients whose handshake is under way are waited for, a second.
 */
#include "config.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "pool/parts.h"

/* Between two looks at what fades, and how long a queue must have been empty: the
 * last step of a handshake takes half a round trip, and is sent again after a second
 * if it is lost. */
#define FADE_LOOK_USEC (50 * USEC_PER_MSEC)
#define FADED_AFTER_USEC USEC_PER_SEC

/* Our workers let go of their sockets when they are asked to end, and with ours the
 * last one closes.  A program holds them as long as it runs: whoever wants the address
 * meanwhile must be able to share it. */
static void
close_listeners(struct pool *p)
{
	size_t i;

	pool_ignore_clients(p);
	pool_ignore_hangups(p);
	for (i = 0; i < p->n_listeners && !pool_is_program(p); i++)
		listener_close(&p->listeners[i]);
}

/* Who is held serves nobody, and nobody can without workers. */
static bool
can_serve(const struct pool *p)
{
	return !p->held && (p->slots.count[SLOT_READY] > 0 || !pool_is_failing(p));
}

static void
end_fading(struct pool *p)
{
	p->fading = false;
	pool_drain(p);
	close_listeners(p);
}

void
pool_leave(struct pool *p, const bool *fades)
{
	size_t i;

	if (p->restart_usec != 0)
		pool_end_restart(p, NULL);
	p->stage = POOL_LEAVING;
	for (i = 0; fades && i < p->n_listeners; i++) {
		if (!fades[i] || p->listeners[i].fd < 0)
			continue;
		if (listener_fade(&p->listeners[i]) == 0)
			log_info("%s: %s is given up, serving who is queued", p->name,
			         p->listeners[i].bound.text);
		p->fading = true;
	}
	p->fade_until_usec = pool_deadline(clock_usec(), p->settings->stop_usec);
	p->faded_usec = USEC_NEVER;
	if (!p->fading || !can_serve(p))
		end_fading(p);
	pool_touch(p);
}

void
pool_give_over(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fading)
			return;
	}
	if (!p->fading)
		return;
	end_fading(p);
	pool_touch(p);
}

static unsigned
count_queued(const struct pool *p)
{
	struct queue queue;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < p->n_listeners; i++) {
		if (p->listeners[i].fading && p->listeners[i].fd >= 0 &&
		    queue_read(p->listeners[i].fd, &queue) == 0)
			n += queue.length;
	}
	return n;
}

uint64_t
pool_fade(struct pool *p, uint64_t now)
{
	unsigned queued = count_queued(p);

	if (queued > 0)
		p->faded_usec = USEC_NEVER;
	else if (p->faded_usec == USEC_NEVER)
		p->faded_usec = now;
	if (queued > 0 && (now >= p->fade_until_usec || !can_serve(p)))
		log_event(
		    LOG_WARNING, pool_about(p, NULL),
		    "%s: %u %s queued at an address that was given up %s not served: "
		    "%s",
		    p->name, queued, queued == 1 ? "connection" : "connections",
		    queued == 1 ? "was" : "were",
		    can_serve(p) ? "stop_timeout is over" : "no worker is there");
	else if (p->faded_usec == USEC_NEVER || now - p->faded_usec < FADED_AFTER_USEC)
		return now + FADE_LOOK_USEC;
	end_fading(p);
	return now;
}
