/*
 * hear.c - what is heard of a worker: its report, its notification, its end.
 *
 * Each end has one cause and at most one line: who, how, after how long, while
 * serving whom.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "base/trace.h"
#include "config/limits.h"
#include "net/peer.h"
#include "pool/hint.h"
#include "pool/parts.h"

static int
level_of(const struct slot *slot, enum exit_cause cause)
{
	if (exit_cause_is_expected(cause))
		return LOG_DEBUG;
	/* Here it failed after it had been told to end, or has never spoken; why, is
	 * said already. */
	if (cause == CAUSE_FAILED_START || slot->reported)
		return LOG_DEBUG;
	return cause == CAUSE_STOP_TIMEOUT || cause == CAUSE_HURRIED ? LOG_NOTICE
	                                                             : LOG_WARNING;
}

static const char *
message_of(enum exit_cause cause)
{
	switch (cause) {
	case CAUSE_SIGNAL:
		return MESSAGE_WORKER_KILLED;
	case CAUSE_EXIT_CODE:
	case CAUSE_BUG:
		return MESSAGE_WORKER_EXITED;
	case CAUSE_STOP_TIMEOUT:
	case CAUSE_KILL_TIMEOUT:
		return MESSAGE_STOP_TIMEOUT;
	case CAUSE_WATCHDOG:
		return MESSAGE_WATCHDOG;
	case CAUSE_OVERRUN:
		return MESSAGE_OVERRUN;
	case CAUSE_NO_DESCRIPTORS:
		return MESSAGE_NO_DESCRIPTORS;
	case CAUSE_LISTENER_LOST:
		return MESSAGE_LISTENER_LOST;
	default:
		return NULL;
	}
}

/* What ended it, and the limit behind that if one is. */
static void
describe(const struct pool *p, enum exit_cause cause, const siginfo_t *si, char *buf,
         size_t size)
{
	const char *limit = NULL;
	size_t n;

	n = strlen(exit_cause_describe(cause, si, buf, size));
	if (cause == CAUSE_SIGNAL)
		limit = limit_behind_signal(p->settings, si->si_status);
	if (limit)
		(void)snprintf(buf + n, size - n, " (%s)", limit);
}

static void
describe_end(const struct pool *p, const struct slot *slot, enum exit_cause cause,
             const siginfo_t *si, char *buf, size_t size)
{
	char what[64];
	size_t n = 0;

	if (cause == CAUSE_WATCHDOG)
		n = (size_t)snprintf(buf, size, "%s, ",
		                     copy_describe(p, slot, what, sizeof(what)));
	describe(p, cause, si, buf + n, size - n);
}

static void
tell_end(const struct pool *p, const struct slot *slot, enum exit_cause cause,
         const siginfo_t *si)
{
	uint64_t now = clock_usec();
	char how[256];
	char after[32];
	char peer[PEER_TEXT_MAX] = "";
	struct log_fields about = slot_about(slot, message_of(cause));
	struct score score;

	about.event = "ended";
	about.cause = exit_cause_name(cause);
	about.duration_usec = now - slot->started_usec;
	describe_end(p, slot, cause, si, how, sizeof(how));
	(void)duration_describe(about.duration_usec, after, sizeof(after));
	if (p->settings->handler == HANDLER_PROGRAM) {
		log_event(level_of(slot, cause), about, "%s[%u] pid %d %s after %s",
		          p->name, slot->index, (int)slot->pid, how, after);
		return;
	}
	pool_score(p, slot, now, &score);
	about.counted = true;
	about.connections = score.connections;
	if (score.state == SCORE_BUSY)
		about.peer = peer_format(&score.peer, peer, sizeof(peer));
	log_event(level_of(slot, cause), about,
	          "%s[%u] pid %d %s after %s, %s%s, %" PRIu64 " %s served", p->name,
	          slot->index, (int)slot->pid, how, after,
	          about.peer ? "serving " : "idle", peer, score.connections,
	          score.connections == 1 ? "connection" : "connections");
}

void
pool_on_ready(struct pool *p, struct slot *slot)
{
	struct log_fields about = slot_about(slot, NULL);

	slots_set_state(&p->slots, slot, SLOT_READY);
	slot->ready_usec = clock_usec();
	about.event = "started";
	log_event(LOG_DEBUG, about, "%s[%u] pid %d is ready", p->name, slot->index,
	          (int)slot->pid);
	slot->deadline_usec = slot->ready_usec + PROVEN_USEC;
	/* Thousands that start together shall prove themselves in a few wake-ups. */
	slot->deadline_usec +=
	    PROVEN_SLACK_USEC - slot->deadline_usec % PROVEN_SLACK_USEC;
	copy_on_ready(p, slot);
	pool_touch(p);
}

void
pool_on_report(struct pool *p, struct slot *slot, const struct report *report)
{
	char why[sizeof(p->failure)];
	struct log_fields about;
	char hint[200];

	if (slot->state == SLOT_FREE)
		return;
	if (report->kind == REPORT_READY) {
		if (slot->state != SLOT_STARTING || pool_is_program(p))
			return;
		pool_on_ready(p, slot);
		return;
	}
	if (slot->reported || slot->ready_usec > 0)
		return; /* a second word is none of a worker of ours */
	slot->reported = true;
	if (slot->doom != DOOM_NONE)
		return;
	(void)snprintf(why, sizeof(why), "cannot start workers: %s%s%s%s", report->what,
	               report->error ? ": " : "",
	               report->error ? strerror(report->error) : "",
	               hint_report(report, hint, sizeof(hint)));
	about = slot_about(slot, MESSAGE_START_FAILED);
	about.cause = exit_cause_name(CAUSE_FAILED_START);
	pool_fail(p, &p->start_backoff, slot->started_usec, about, why);
}

static bool
said_goodbye(const struct slot *slot, enum exit_cause cause)
{
	return cause == CAUSE_CLEAN_EXIT && slot->ready_usec > 0 &&
	       slot->pool->settings->ready == READY_NOTIFY;
}

/* Did it end before it had started?  Only this is throttled: what happens later
 * may be a client's doing. */
static bool
ended_at_start(const struct slot *slot, enum exit_cause cause,
               const struct score *score)
{
	if (slot->doom != DOOM_NONE && slot->doom != DOOM_START_TIMEOUT)
		return false;
	if (cause == CAUSE_FAILED_START || cause == CAUSE_START_TIMEOUT)
		return true;
	/* A worker of ours that was told to stop, by whomever; a program that was
	 * ready and found that it had done enough. */
	if (cause == CAUSE_RETIRED || said_goodbye(slot, cause))
		return false;
	/* What one of its like has done to the socket is mended, not waited out. */
	if (cause == CAUSE_LISTENER_LOST)
		return false;
	return !slot->proven && score->connections == 0 && score->state != SCORE_BUSY;
}

static void
fail_at_start(struct pool *p, const struct slot *slot, enum exit_cause cause,
              const siginfo_t *si)
{
	char how[128];
	char why[sizeof(p->failure)];
	struct log_fields about;

	if (slot->reported)
		return; /* said already, in better words */
	describe(p, cause, si, how, sizeof(how));
	if (!pool_is_program(p))
		(void)snprintf(
		    why, sizeof(why),
		    "cannot start workers: a worker %s before its first connection",
		    how);
	else if (cause == CAUSE_START_TIMEOUT)
		(void)snprintf(why, sizeof(why), "cannot start workers: '%s' %s",
		               p->settings->argv[0], how);
	else
		(void)snprintf(why, sizeof(why),
		               "cannot start workers: '%s' %s at its start%s",
		               p->settings->argv[0], how,
		               cause == CAUSE_CLEAN_EXIT && si->si_status == 0
		                   ? " (it must stay in the foreground)"
		                   : "");
	p->client_suspect = slot->ready_usec > 0;
	about = slot_about(slot, cause == CAUSE_START_TIMEOUT ? MESSAGE_START_TIMEOUT
	                                                      : MESSAGE_START_FAILED);
	about.cause = exit_cause_name(cause);
	pool_fail(p, &p->start_backoff, slot->started_usec, about, why);
}

/* Another generation may have the same sockets. */
static void
mend_all(struct pool *p, uint64_t now)
{
	struct pool *k = p;

	do {
		pool_mend_soon(k, now);
		k = k->kin;
	} while (k != p);
}

void
pool_on_end(struct pool *p, struct slot *slot, const siginfo_t *si)
{
	struct exit_facts facts = {
		.si = si,
		.doom = slot->doom,
		.before = slot->before,
		.program = pool_is_program(p),
		.success = status_set_has(&p->settings->success_status, si->si_status),
		.reported = slot->reported,
		.worn = slot->wear != WEAR_NONE,
	};
	uint64_t now = clock_usec();
	enum exit_cause cause;
	struct score score;

	pool_score(p, slot, now, &score);
	facts.by_module = p->settings->handler == HANDLER_MODULE && !score.signed_off;
	cause = exit_cause_of(&facts);
	p->ends[cause]++;
	trace_end(p->name, slot->index, slot->pid, cause, now - slot->started_usec);
	p->dead.connections += score.connections;
	p->dead.failed += score.failed;
	p->dead.timed_out += score.timed_out;
	refused_add(p->dead.refused, score.refused);
	effort_add(&p->dead.effort, &score.effort);
	/* No failure, and yet no reason to start thousands a second. */
	if (!slot->proven &&
	    (said_goodbye(slot, cause) || cause == CAUSE_LISTENER_LOST))
		p->hold_usec = now + BACKOFF_MIN_USEC;
	if (ended_at_start(slot, cause, &score))
		fail_at_start(p, slot, cause, si);
	else
		tell_end(p, slot, cause, si);
	if (pool_is_program(p) && cause == CAUSE_EXIT_CODE)
		pool_tell_nonblocking(p);
	if (slot->doom == DOOM_GIVEN_UP)
		p->given_up--;
	/* It will not take its place itself any more, nor wake anybody. */
	if (score.state == SCORE_IDLE && p->wake_fd >= 0)
		board_correct(&p->scoreboard, -1);
	if (p->wake_fd >= 0)
		pool_resize_soon(p, now);
	slot->exec_source = sd_event_source_disable_unref(slot->exec_source);
	p->stopped -= slot->stopped_usec != 0;
	registry_remove(p->context->registry, slot);
	source_release(&p->scoreboard.sources, slot->index);
	slots_release(&p->slots, slot);
	/* A program cannot tell us: whoever serves next must find a sound one. */
	if (cause == CAUSE_LISTENER_LOST || pool_is_program(p))
		mend_all(p, now);
	else
		pool_mend_after_end(p, now);
	pool_touch(p);
}
