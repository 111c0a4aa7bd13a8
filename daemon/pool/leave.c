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

void
pool_leave(struct pool *p, const bool *fades)
{
	uint64_t now = clock_usec();
	size_t i;

	if (p->restart_usec != 0)
		pool_end_restart(p, NULL);
	p->stage = POOL_LEAVING;
	for (i = 0; fades && i < p->n_listeners; i++) {
		if (!fades[i] || p->listeners[i].fd < 0)
			continue;
		p->listeners[i].fading = true;
		if (listener_fade(&p->listeners[i]) == 0)
			log_event(LOG_INFO, pool_about(p, NULL),
			          "%s: %s is given up, serving who is queued", p->name,
			          p->listeners[i].bound.text);
		p->fading = true;
	}
	/* Who is held serves nobody, and without workers nobody can. */
	if (p->held || p->slots.count[SLOT_READY] == 0)
		p->fading = false;
	p->fade_until_usec = pool_deadline(now, p->settings->stop_usec);
	p->faded_usec = USEC_NEVER;
	if (!p->fading)
		pool_drain(p);
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
	if (queued > 0 && now >= p->fade_until_usec)
		log_event(
		    LOG_WARNING, pool_about(p, NULL),
		    "%s: %u %s queued at an address that was given up %s not served "
		    "within stop_timeout",
		    p->name, queued, queued == 1 ? "connection" : "connections",
		    queued == 1 ? "was" : "were");
	else if (p->faded_usec == USEC_NEVER || now - p->faded_usec < FADED_AFTER_USEC)
		return now + FADE_LOOK_USEC;
	p->fading = false;
	pool_drain(p);
	return now;
}
