/*
 * pause.c - workers that a signal has stopped.
 *
 * One that is stopped holds its place and perhaps a client, and ends by nothing but
 * SIGKILL.  So it is continued: after a second, for whoever stopped it may want to
 * look; then after twice as long each time, for it may do that to itself without an
 * end. Who was told to end is left to his deadlines, if he has one.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "base/signals.h"
#include "pool/parts.h"

#define PATIENCE_MIN_USEC USEC_PER_SEC
#define PATIENCE_MAX_USEC (60 * USEC_PER_SEC)

/* One line in. */
#define TELL_USEC (10 * USEC_PER_SEC)

void
pool_on_stopped(struct pool *p, struct slot *slot, const siginfo_t *si)
{
	bool was = slot->stopped_usec != 0;

	slot->stopped_usec = si->si_code == CLD_STOPPED ? clock_usec() : 0;
	p->stopped += (slot->stopped_usec != 0) - was;
	if (slot->stopped_usec == 0)
		return;
	if (slot->patience_usec == 0)
		slot->patience_usec = PATIENCE_MIN_USEC;
	pool_touch(p);
}

static void
tell(struct pool *p, const struct slot *slot, uint64_t now)
{
	char after[32];
	char more[GATE_TEXT_MAX];
	uint32_t n;

	if (!gate_pass(&p->stopped_gate, now, TELL_USEC, &n))
		return;
	log_event(LOG_WARNING, slot_about(slot, MESSAGE_WORKER_STOPPED),
	          "%s[%u] pid %d has been stopped by a signal for %s, continuing it%s",
	          p->name, slot->index, (int)slot->pid,
	          duration_describe(now - slot->stopped_usec, after, sizeof(after)),
	          gate_describe(n, more, sizeof(more)));
}

static void
let_go_on(struct pool *p, struct slot *slot, uint64_t now)
{
	tell(p, slot, now);
	if (kill(slot->pid, SIGCONT) < 0)
		(void)log_event_errno(LOG_WARNING, slot_about(slot, NULL), errno,
		                      "%s[%u]: cannot continue pid %d, ignoring",
		                      p->name, slot->index, (int)slot->pid);
	slot->stopped_usec = 0;
	p->stopped--;
	slot->patience_usec *= 2;
	if (slot->patience_usec > PATIENCE_MAX_USEC)
		slot->patience_usec = PATIENCE_MAX_USEC;
}

uint64_t
pool_continue(struct pool *p, uint64_t now)
{
	uint64_t look = USEC_NEVER;
	struct slot *slot;
	uint64_t at;

	if (p->stopped == 0)
		return USEC_NEVER;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->stopped_usec == 0 ||
		    (slot->state == SLOT_RETIRING && slot->deadline_usec != USEC_NEVER))
			continue;
		at = slot->stopped_usec + slot->patience_usec;
		if (at <= now)
			let_go_on(p, slot, now);
		else if (at < look)
			look = at;
	}
	return look;
}
