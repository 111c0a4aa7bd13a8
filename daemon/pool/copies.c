/*
 * copies.c - copies of a program that speak to us as they would to systemd.
 *
 * WATCHDOG=1 costs the message and no more: the timer of the pool is left where it is,
 * and finds out when it fires that there is more time.  What a copy says is about
 * itself: it can have itself replaced, and take as long as it likes to start, stop
 * and reread its configuration.
 */
#include "config.h"

#include "pool/copies.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/nofork.h"
#include "base/number.h"
#include "pool/parts.h"

/* Who is late is looked at again so much later: its word may be among what waits to be
 * read. */
#define AGAIN_USEC (100 * USEC_PER_MSEC)

int
copies_init(struct pool *p)
{
	if (!pool_is_program(p))
		return 0;
	p->copies = nofork_alloc(p->slots.capacity * sizeof(*p->copies));
	return p->copies ? 0 : -ENOMEM;
}

void
copies_done(struct pool *p)
{
	if (p->copies)
		nofork_free(p->copies, p->slots.capacity * sizeof(*p->copies));
	p->copies = NULL;
}

struct copy *
copy_of(const struct pool *p, const struct slot *slot)
{
	return p->copies ? &p->copies[slot->index] : NULL;
}

const char *
pool_slot_status(const struct slot *slot)
{
	const struct copy *c = copy_of(slot->pool, slot);

	return c ? c->status : "";
}

void
copy_begin(struct pool *p, const struct slot *slot)
{
	struct copy *c = copy_of(p, slot);

	if (!c)
		return;
	memset(c, 0, sizeof(*c));
	c->watchdog_usec = p->settings->watchdog_usec;
	c->alive_usec = USEC_NEVER;
	c->reread_usec = USEC_NEVER;
}

static void
expect_word(struct copy *c, uint64_t now)
{
	c->late = false;
	c->alive_usec = pool_deadline(now, c->watchdog_usec);
}

void
copy_on_ready(struct pool *p, const struct slot *slot)
{
	struct copy *c = copy_of(p, slot);

	if (c)
		expect_word(c, slot->ready_usec);
}

bool
copy_is_proven(const struct pool *p, const struct slot *slot)
{
	const struct copy *c = copy_of(p, slot);

	return !c || c->watchdog_usec == 0 || c->spoke;
}

char *
copy_describe(const struct pool *p, const struct slot *slot, char *buf, size_t size)
{
	const struct copy *c = copy_of(p, slot);
	char time[32];

	if (!c || c->failed)
		(void)snprintf(buf, size, "said WATCHDOG=trigger");
	else
		(void)snprintf(buf, size, "did not %ssend WATCHDOG=1 %s %s",
		               c->spoke ? "" : "once ", c->spoke ? "for" : "in",
		               duration_describe(c->watchdog_usec, time, sizeof(time)));
	return buf;
}

/* It is of no use any more.  One that never kept to the protocol, or fails as soon as
 * it is up, has not started. */
static void
fail(struct pool *p, struct slot *slot, uint64_t now)
{
	struct log_fields about = slot_about(slot, MESSAGE_WATCHDOG);
	char why[sizeof(p->failure)];
	char how[64];

	if (!slot->proven) {
		about.cause = exit_cause_name(CAUSE_WATCHDOG);
		(void)snprintf(why, sizeof(why), "cannot start workers: '%s' %s",
		               p->settings->argv[0],
		               copy_describe(p, slot, how, sizeof(how)));
		slot->reported = true;
		pool_fail(p, &p->start_backoff, slot->started_usec, about, why);
	}
	pool_press(p, slot, DOOM_WATCHDOG, now);
}

/* --- what is heard --------------------------------------------------------------- */

static void
extend(struct slot *slot, struct copy *c, uint64_t until)
{
	uint64_t *deadline = NULL;

	if (slot->state == SLOT_STARTING ||
	    (slot->state == SLOT_RETIRING &&
	     (slot->doom == DOOM_ASKED || slot->doom == DOOM_LEAVES)))
		deadline = &slot->deadline_usec;
	else if (c->reread == REREAD_BEGUN)
		deadline = &c->reread_usec;
	if (!deadline || *deadline == USEC_NEVER || *deadline >= until)
		return;
	/* The timer may stand: it fires too early, and is set again. */
	*deadline = until;
}

/* It goes by itself, and has stop_timeout for it: its successor can start. */
static void
let_go(struct pool *p, struct slot *slot, uint64_t now)
{
	log_event(LOG_DEBUG, slot_about(slot, NULL),
	          "%s[%u] pid %d said STOPPING=1, replacing it", p->name, slot->index,
	          (int)slot->pid);
	pool_press(p, slot, DOOM_LEAVES, now);
	pool_touch(p);
}

static void
on_alive(struct pool *p, struct slot *slot, struct copy *c, uint64_t now)
{
	bool first = !c->spoke;

	c->spoke = true;
	if (slot->state != SLOT_READY)
		return;
	expect_word(c, now);
	/* It has been up for long enough, and was waited for. */
	if (first && !slot->proven && slot->deadline_usec == USEC_NEVER) {
		pool_prove(p, slot);
		pool_touch(p);
	}
}

void
pool_on_notify(struct pool *p, struct slot *slot, const struct notification *n)
{
	struct copy *c = copy_of(p, slot);
	uint64_t now = clock_usec();

	if (!c || slot->state == SLOT_FREE)
		return;
	if (n->has_status)
		memcpy(c->status, n->status, sizeof(c->status));
	if (n->has_watchdog)
		c->watchdog_usec = n->watchdog_usec;
	if (n->reloading && slot->state == SLOT_READY)
		reread_on_begin(p, c, n, now);
	if (n->ready && slot->state == SLOT_READY)
		reread_on_ready(p, c);
	if (n->ready && slot->state == SLOT_STARTING &&
	    p->settings->ready == READY_NOTIFY)
		pool_on_ready(p, slot);
	if (n->extend_usec > 0)
		extend(slot, c, now + n->extend_usec);
	if (n->alive)
		on_alive(p, slot, c, now);
	else if (n->has_watchdog && slot->state == SLOT_READY)
		expect_word(c, now);
	if (n->failed && (slot->state == SLOT_READY || slot->state == SLOT_STARTING)) {
		c->failed = true;
		pool_touch(p);
	}
	if (!n->stopping || c->stopping)
		return;
	c->stopping = true;
	pool_touch(p);
}

/* --- what is to be done ---------------------------------------------------------- */

static void
settle_alive(struct pool *p, struct slot *slot, struct copy *c, uint64_t now)
{
	if (c->failed) {
		fail(p, slot, now);
		return;
	}
	if (slot->state != SLOT_READY || c->alive_usec > now)
		return;
	if (!c->late) {
		c->late = true;
		c->alive_usec = now + AGAIN_USEC;
		return;
	}
	fail(p, slot, now);
}

/* A copy that is told to end, or has ended, says nothing that would be waited for; the
 * former is no loss: somebody wants another one. */
static void
forget(struct pool *p, const struct slot *slot, struct copy *c)
{
	p->rereads.failed += c->asked && slot->doom != DOOM_ASKED;
	reread_end(c);
	c->alive_usec = USEC_NEVER;
}

uint64_t
copies_settle(struct pool *p, uint64_t now)
{
	uint64_t next = USEC_NEVER;
	struct copy *c;
	struct slot *slot;

	if (!p->copies)
		return next;
	SLOT_FOREACH (slot, &p->slots) {
		c = copy_of(p, slot);
		if (slot->state == SLOT_STARTING || slot->state == SLOT_READY)
			settle_alive(p, slot, c, now);
		if (slot->state == SLOT_READY && slot->proven && c->stopping)
			let_go(p, slot, now);
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY) {
			forget(p, slot, c);
			continue;
		}
		if (c->reread == REREAD_WANTED && pool_slot_is_up(p, slot))
			reread_ask(p, slot, c, now);
		if (c->reread_usec <= now)
			reread_on_overdue(p, slot, c);
		next =
		    clock_earlier(next, clock_earlier(c->alive_usec, c->reread_usec));
	}
	return next;
}
