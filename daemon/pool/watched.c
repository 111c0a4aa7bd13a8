/*
 * watched.c - copies of a program that speak to us as they would to systemd.
 *
 * WATCHDOG=1 costs the message and no more: the timer of the pool is left where it is,
 * and finds out when it fires that there is more time.  What a copy says is about
 * itself: it can have itself replaced, and take as long as it likes to start, stop
 * and reread its configuration.
 */
#include "config.h"

#include "pool/watched.h"

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
watched_init(struct pool *p)
{
	if (!pool_is_program(p))
		return 0;
	p->watched = nofork_alloc(p->slots.capacity * sizeof(*p->watched));
	return p->watched ? 0 : -ENOMEM;
}

void
watched_done(struct pool *p)
{
	if (p->watched)
		nofork_free(p->watched, p->slots.capacity * sizeof(*p->watched));
	p->watched = NULL;
}

struct watched *
watched_of(const struct pool *p, const struct slot *slot)
{
	return p->watched ? &p->watched[slot->index] : NULL;
}

const char *
pool_slot_status(const struct slot *slot)
{
	const struct watched *w = watched_of(slot->pool, slot);

	return w ? w->status : "";
}

bool
pool_slot_rereads(const struct slot *slot)
{
	const struct watched *w = watched_of(slot->pool, slot);

	return w && w->reread == REREAD_BEGUN;
}

void
watched_begin(struct pool *p, const struct slot *slot)
{
	struct watched *w = watched_of(p, slot);

	if (!w)
		return;
	memset(w, 0, sizeof(*w));
	w->watchdog_usec = p->settings->watchdog_usec;
	w->alive_usec = USEC_NEVER;
	w->reread_usec = USEC_NEVER;
}

static void
expect_word(struct watched *w, uint64_t now)
{
	w->late = false;
	w->alive_usec = pool_deadline(now, w->watchdog_usec);
}

void
watched_on_ready(struct pool *p, const struct slot *slot)
{
	struct watched *w = watched_of(p, slot);

	if (w)
		expect_word(w, slot->ready_usec);
}

bool
watched_is_proven(const struct pool *p, const struct slot *slot)
{
	const struct watched *w = watched_of(p, slot);

	return !w || w->watchdog_usec == 0 || w->spoke;
}

char *
watched_describe(const struct pool *p, const struct slot *slot, char *buf, size_t size)
{
	const struct watched *w = watched_of(p, slot);
	char time[32];

	if (!w || w->failed)
		(void)snprintf(buf, size, "said WATCHDOG=trigger");
	else
		(void)snprintf(buf, size, "did not %ssend WATCHDOG=1 %s %s",
		               w->spoke ? "" : "once ", w->spoke ? "for" : "in",
		               duration_describe(w->watchdog_usec, time, sizeof(time)));
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
		               watched_describe(p, slot, how, sizeof(how)));
		slot->reported = true;
		pool_fail(p, &p->start_backoff, slot->started_usec, about, why);
	}
	pool_press(p, slot, DOOM_WATCHDOG, now);
}

/* --- rereading ------------------------------------------------------------------- */

static void
end_reread(struct watched *w)
{
	w->reread = REREAD_NONE;
	w->reread_usec = USEC_NEVER;
	w->asked = false;
}

static void
send_signal(struct pool *p, struct slot *slot, struct watched *w, uint64_t now)
{
	int signo = p->settings->reload_signal;

	p->rereads.sent++;
	w->asked_usec = now;
	if (!pool_send_signal(p, slot, signo)) {
		p->rereads.failed++;
		end_reread(w);
		return;
	}
	/* With ready = "exec" nothing is ever heard of it. */
	if (p->settings->ready == READY_EXEC) {
		p->rereads.done++;
		end_reread(w);
		return;
	}
	w->reread = REREAD_ASKED;
	w->reread_usec = now + REREAD_SILENT_USEC;
}

void
pool_reread(struct pool *p)
{
	struct watched *w;
	struct slot *slot;

	if (p->settings->reload_signal == 0 || !p->watched)
		return;
	memset(&p->rereads, 0, sizeof(p->rereads));
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY)
			continue;
		w = watched_of(p, slot);
		w->reread = REREAD_WANTED;
		w->reread_usec = USEC_NEVER;
		w->asked = true;
	}
	pool_touch(p);
}

unsigned
pool_rereading(const struct pool *p)
{
	const struct slot *slot;
	unsigned n = 0;

	if (!p->watched)
		return 0;
	SLOT_FOREACH (slot, &p->slots)
		n += watched_of(p, slot)->asked;
	return n;
}

static void
on_reread_overdue(struct pool *p, struct slot *slot, struct watched *w)
{
	char time[32];

	if (w->reread == REREAD_ASKED) {
		p->rereads.silent++;
		end_reread(w);
		return;
	}
	log_event(LOG_WARNING, slot_about(slot, MESSAGE_NOT_REREAD),
	          "%s[%u] pid %d said RELOADING=1 and has not said READY=1 for %s "
	          "(start_timeout), not waiting for it",
	          p->name, slot->index, (int)slot->pid,
	          duration_describe(p->settings->start_usec, time, sizeof(time)));
	p->rereads.failed += w->asked;
	end_reread(w);
}

static void
on_reloading(const struct pool *p, struct watched *w, const struct notification *n,
             uint64_t now)
{
	/* What began before the signal has not seen what the signal is about. */
	if (w->reread == REREAD_ASKED && n->monotonic_usec > 0 &&
	    n->monotonic_usec < w->asked_usec)
		return;
	if (w->reread == REREAD_WANTED)
		return;
	w->reread = REREAD_BEGUN;
	w->reread_usec = pool_deadline(now, p->settings->start_usec);
}

/* READY=1 of one that is up. */
static void
on_ready_again(struct pool *p, struct watched *w)
{
	if (w->reread != REREAD_ASKED && w->reread != REREAD_BEGUN)
		return;
	p->rereads.done += w->asked;
	end_reread(w);
}

/* --- what is heard --------------------------------------------------------------- */

static void
extend(struct slot *slot, struct watched *w, uint64_t until)
{
	uint64_t *deadline = NULL;

	if (slot->state == SLOT_STARTING ||
	    (slot->state == SLOT_RETIRING &&
	     (slot->doom == DOOM_ASKED || slot->doom == DOOM_LEAVES)))
		deadline = &slot->deadline_usec;
	else if (w->reread == REREAD_BEGUN)
		deadline = &w->reread_usec;
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
on_alive(struct pool *p, struct slot *slot, struct watched *w, uint64_t now)
{
	bool first = !w->spoke;

	w->spoke = true;
	if (slot->state != SLOT_READY)
		return;
	expect_word(w, now);
	/* It has been up for long enough, and was waited for. */
	if (first && !slot->proven && slot->deadline_usec == USEC_NEVER) {
		pool_prove(p, slot);
		pool_touch(p);
	}
}

void
pool_on_notify(struct pool *p, struct slot *slot, const struct notification *n)
{
	struct watched *w = watched_of(p, slot);
	uint64_t now = clock_usec();

	if (!w || slot->state == SLOT_FREE)
		return;
	if (n->has_status)
		memcpy(w->status, n->status, sizeof(w->status));
	if (n->has_watchdog)
		w->watchdog_usec = n->watchdog_usec;
	if (n->reloading && slot->state == SLOT_READY)
		on_reloading(p, w, n, now);
	if (n->ready && slot->state == SLOT_READY)
		on_ready_again(p, w);
	if (n->ready && slot->state == SLOT_STARTING &&
	    p->settings->ready == READY_NOTIFY)
		pool_on_ready(p, slot);
	if (n->extend_usec > 0)
		extend(slot, w, now + n->extend_usec);
	if (n->alive)
		on_alive(p, slot, w, now);
	else if (n->has_watchdog && slot->state == SLOT_READY)
		expect_word(w, now);
	if (n->failed && (slot->state == SLOT_READY || slot->state == SLOT_STARTING)) {
		w->failed = true;
		pool_touch(p);
	}
	if (!n->stopping || w->stopping)
		return;
	w->stopping = true;
	pool_touch(p);
}

/* --- what is to be done ---------------------------------------------------------- */

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void
settle_alive(struct pool *p, struct slot *slot, struct watched *w, uint64_t now)
{
	if (w->failed) {
		fail(p, slot, now);
		return;
	}
	if (slot->state != SLOT_READY || w->alive_usec > now)
		return;
	if (!w->late) {
		w->late = true;
		w->alive_usec = now + AGAIN_USEC;
		return;
	}
	fail(p, slot, now);
}

/* A copy that is told to end, or has ended, says nothing that would be waited for; the
 * former is no loss: somebody wants another one. */
static void
forget(struct pool *p, const struct slot *slot, struct watched *w)
{
	p->rereads.failed += w->asked && slot->doom != DOOM_ASKED;
	end_reread(w);
	w->alive_usec = USEC_NEVER;
}

uint64_t
watched_settle(struct pool *p, uint64_t now)
{
	uint64_t next = USEC_NEVER;
	struct watched *w;
	struct slot *slot;

	if (!p->watched)
		return next;
	SLOT_FOREACH (slot, &p->slots) {
		w = watched_of(p, slot);
		if (slot->state == SLOT_STARTING || slot->state == SLOT_READY)
			settle_alive(p, slot, w, now);
		if (slot->state == SLOT_READY && slot->proven && w->stopping)
			let_go(p, slot, now);
		if (slot->state != SLOT_STARTING && slot->state != SLOT_READY) {
			forget(p, slot, w);
			continue;
		}
		if (w->reread == REREAD_WANTED && pool_slot_is_up(p, slot))
			send_signal(p, slot, w, now);
		if (w->reread_usec <= now)
			on_reread_overdue(p, slot, w);
		next = earlier(next, earlier(w->alive_usec, w->reread_usec));
	}
	return next;
}
