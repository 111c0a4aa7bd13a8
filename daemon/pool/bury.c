/*
 * bury.c - one line for the end of a worker: who, how, after how long, while
 * serving whom.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "net/peer.h"
#include "pool/pool.h"

static int
level_of(enum exit_cause cause)
{
	if (exit_cause_is_expected(cause))
		return LOG_DEBUG;
	return cause == CAUSE_STOP_TIMEOUT ? LOG_NOTICE : LOG_WARNING;
}

void
pool_tell_end(const struct pool *p, const struct slot *slot, enum exit_cause cause,
              const siginfo_t *si)
{
	uint64_t now = clock_usec();
	char how[128];
	char after[32];
	char peer[PEER_TEXT_MAX];
	struct score score;

	(void)exit_cause_describe(cause, si, how, sizeof(how));
	(void)duration_describe(now - slot->started_usec, after, sizeof(after));
	if (p->settings->handler == HANDLER_PROGRAM) {
		log_at(level_of(cause), "%s[%u] pid %d %s after %s", p->name,
		       slot->index, (int)slot->pid, how, after);
		return;
	}
	score_read(&p->scoreboard, slot->index, now, &score);
	log_at(
	    level_of(cause), "%s[%u] pid %d %s after %s, %s%s, %" PRIu64 " %s served",
	    p->name, slot->index, (int)slot->pid, how, after,
	    score.state == SCORE_BUSY ? "serving " : "idle",
	    score.state == SCORE_BUSY ? peer_format(&score.peer, peer, sizeof(peer))
	                              : "",
	    score.connections, score.connections == 1 ? "connection" : "connections");
}
