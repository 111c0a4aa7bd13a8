/*
 * reread.c - copies of a program that are asked to reread their configuration.
 *
 * Each gets reload_signal when it is up.  One that says RELOADING=1 has start_timeout
 * to say READY=1; one that says nothing for a while has taken the signal without a
 * word, as many do.  Who waits for all of them is in master/reread.c.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "pool/parts.h"

bool
pool_slot_rereads(const struct slot *slot)
{
	const struct copy *c = copy_of(slot->pool, slot);

	return c && c->reread == REREAD_BEGUN;
}

void
reread_end(struct copy *c)
{
	c->reread = REREAD_NONE;
	c->reread_usec = USEC_NEVER;
	c->asked = false;
}

void
reread_ask(struct pool *p, struct slot *slot, struct copy *c, uint64_t now)
{
	int signo = p->settings->reload_signal;

	p->rereads.sent++;
	c->asked_usec = now;
	if (!pool_send_signal(p, slot, signo)) {
		p->rereads.failed++;
		reread_end(c);
		return;
	}
	/* With ready = "exec" nothing is ever heard of it. */
	if (p->settings->ready == READY_EXEC) {
		p->rereads.done++;
		reread_end(c);
		return;
	}
	c->reread = REREAD_ASKED;
	c->reread_usec = now + REREAD_SILENT_USEC;
}

void
pool_reread(struct pool *p)
{
	struct copy *c;
	struct slot *slot;

	if (p->settings->reload_signal == 0 || !p->copies)
		return;
	memset(&p->rereads, 0, sizeof(p->rereads));
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY)
			continue;
		c = copy_of(p, slot);
		c->reread = REREAD_WANTED;
		c->reread_usec = USEC_NEVER;
		c->asked = true;
	}
	pool_touch(p);
}

unsigned
pool_rereading(const struct pool *p)
{
	const struct slot *slot;
	unsigned n = 0;

	if (!p->copies)
		return 0;
	SLOT_FOREACH (slot, &p->slots)
		n += copy_of(p, slot)->asked;
	return n;
}

void
reread_on_overdue(struct pool *p, struct slot *slot, struct copy *c)
{
	char time[32];

	if (c->reread == REREAD_ASKED) {
		p->rereads.silent++;
		reread_end(c);
		return;
	}
	log_event(LOG_WARNING, slot_about(slot, MESSAGE_NOT_REREAD),
	          "%s[%u] pid %d said RELOADING=1 and has not said READY=1 for %s "
	          "(start_timeout), not waiting for it",
	          p->name, slot->index, (int)slot->pid,
	          duration_describe(p->settings->start_usec, time, sizeof(time)));
	p->rereads.failed += c->asked;
	reread_end(c);
}

void
reread_on_begin(const struct pool *p, struct copy *c, const struct notification *n,
                uint64_t now)
{
	/* What began before the signal has not seen what the signal is about. */
	if (c->reread == REREAD_ASKED && n->monotonic_usec > 0 &&
	    n->monotonic_usec < c->asked_usec)
		return;
	if (c->reread == REREAD_WANTED)
		return;
	c->reread = REREAD_BEGUN;
	c->reread_usec = pool_deadline(now, p->settings->start_usec);
}

/* READY=1 of one that is up. */
void
reread_on_ready(struct pool *p, struct copy *c)
{
	if (c->reread != REREAD_ASKED && c->reread != REREAD_BEGUN)
		return;
	p->rereads.done += c->asked;
	reread_end(c);
}
