/*
 * outcome.c - what is said of a connection when it is over: log_connections.
 *
 * The only place that speaks of how connections end: a handler says how, in its
 * return value and in struct connection, and leaves the words, the level and the
 * limit to this file.
 *
 * What an administrator can mend (a command that fails, a limit that he set) is a
 * warning; what clients do all day (silence, resets) is information.
 */
#include "config.h"

#include "worker/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "base/number.h"
#include "base/signals.h"

/* One line of a kind in this time, for a whole pool. */
#define OUTCOME_LINE_USEC (10 * USEC_PER_SEC)

/* The text of an outcome: a path and some words. */
#define TEXT_MAX 1024

static const struct {
	const char *name;
	const char *message_id;
	int level;
} kinds[] = {
	[SERVE_DONE] = { "done", MESSAGE_CONNECTION_DONE, LOG_INFO },
	[SERVE_STATUS] = { "exit-code", MESSAGE_CONNECTION_FAILED, LOG_WARNING },
	[SERVE_SIGNAL] = { "signal", MESSAGE_CONNECTION_FAILED, LOG_WARNING },
	[SERVE_CORE] = { "core-dump", MESSAGE_CONNECTION_FAILED, LOG_WARNING },
	[SERVE_UNSTARTED] = { "unstarted", MESSAGE_CONNECTION_FAILED, LOG_ERR },
	[SERVE_ERROR] = { "error", MESSAGE_CONNECTION_FAILED, LOG_INFO },
	[SERVE_FIRST_BYTE] = { "first_byte_timeout", MESSAGE_CONNECTION_TIMED_OUT,
	                       LOG_INFO },
	[SERVE_IDLE] = { "idle_timeout", MESSAGE_CONNECTION_TIMED_OUT, LOG_INFO },
	[SERVE_MAX_DURATION] = { "max_duration", MESSAGE_CONNECTION_TIMED_OUT,
	                         LOG_WARNING },
	[SERVE_CUT] = { "stopped", MESSAGE_CONNECTION_FAILED, LOG_INFO },
};
_Static_assert(countof(kinds) == SERVE_N, "every way to end has its words");

const char *
outcome_name(enum serve_end end)
{
	return kinds[end].name;
}

static const char *
before_limit(const struct connection *c, const char *before)
{
	return c->limit ? before : "";
}

static void
describe_command(const struct connection *c, enum serve_end end, char *buf, size_t size)
{
	switch (end) {
	case SERVE_DONE:
	case SERVE_STATUS:
		(void)snprintf(buf, size, "'%s' exited with status %d", c->command,
		               c->number);
		return;
	case SERVE_SIGNAL:
	case SERVE_CORE:
		(void)snprintf(buf, size, "'%s' killed by %s%s%s%s%s", c->command,
		               signal_name(c->number), before_limit(c, " ("),
		               c->limit ? c->limit : "", before_limit(c, ")"),
		               end == SERVE_CORE ? " (core dumped)" : "");
		return;
	case SERVE_UNSTARTED:
		(void)snprintf(buf, size, "cannot start '%s'%s%s: %s", c->command,
		               before_limit(c, " within "), c->limit ? c->limit : "",
		               strerror(c->number));
		return;
	default:
		(void)snprintf(buf, size, "'%s' ended %s", c->command,
		               end == SERVE_MAX_DURATION ? "by max_duration"
		                                         : "with its worker");
		return;
	}
}

static const char *
words_without_command(const struct connection *c, enum serve_end end)
{
	switch (end) {
	case SERVE_DONE:
		return NULL;
	case SERVE_FIRST_BYTE:
		return "no byte within first_byte_timeout";
	case SERVE_IDLE:
		return "no byte for idle_timeout";
	case SERVE_MAX_DURATION:
		return "ended by max_duration";
	case SERVE_CUT:
		return "ended with its worker";
	default:
		return strerror(c->number);
	}
}

char *
outcome_describe(const struct connection *c, enum serve_end end, char *buf, size_t size)
{
	const char *words;
	char status[48];

	if (c->command) {
		describe_command(c, end, buf, size);
		return buf;
	}
	words = words_without_command(c, end);
	if (end == SERVE_STATUS) {
		(void)snprintf(status, sizeof(status), "the module returned %d",
		               c->number);
		words = status;
	}
	(void)snprintf(buf, size, "%s%s%" PRIu64 " %s in, %" PRIu64 " %s out",
	               words ? words : "", words ? ", " : "", c->in,
	               c->in == 1 ? "byte" : "bytes", c->out,
	               c->out == 1 ? "byte" : "bytes");
	return buf;
}

/* " (and 12 more of this kind)", or nothing. */
static const char *
describe_suppressed(uint32_t n, char *buf, size_t size)
{
	buf[0] = '\0';
	if (n > 0)
		(void)snprintf(buf, size, " (and %" PRIu32 " more of this kind)", n);
	return buf;
}

static bool
may_say(const struct handler_run *run, unsigned gate, uint32_t *ret_suppressed)
{
	*ret_suppressed = 0;
	if (run->service->log_connections == CONNECTIONS_ALL)
		return true;
	return gate_pass(&run->gates[gate], clock_usec(), OUTCOME_LINE_USEC,
	                 ret_suppressed);
}

/* Said, whatever log_connections is: it is about processes, not about a connection. */
static void
tell_leftover(const struct handler_run *run, const struct connection *c)
{
	char more[64];
	uint32_t suppressed;

	if (!may_say(run, GATE_LEFTOVER, &suppressed))
		return;
	log_event(LOG_WARNING, (struct log_fields){ .message_id = MESSAGE_LEFTOVER },
	          "%s: '%s' left processes behind, killed: %s%s", run->label,
	          c->command, c->left,
	          describe_suppressed(suppressed, more, sizeof(more)));
}

/* Likewise. */
static void
tell_fault(const struct handler_run *run, const struct connection *c)
{
	char more[64];
	uint32_t suppressed;

	if (!may_say(run, GATE_FAULT, &suppressed))
		return;
	log_event(LOG_WARNING,
	          (struct log_fields){ .message_id = MESSAGE_MODULE_FAULT },
	          "%s: module '%s' %s%s", run->label, run->service->module, c->fault,
	          describe_suppressed(suppressed, more, sizeof(more)));
}

static void
tell(const struct handler_run *run, const struct connection *c, enum serve_end end,
     int level)
{
	uint64_t until = c->until_usec ? c->until_usec : clock_usec();
	struct log_fields about = { .message_id = kinds[end].message_id,
		                    .cause = kinds[end].name,
		                    .duration_usec = until - c->since_usec };
	char peer[PEER_TEXT_MAX];
	char text[TEXT_MAX];
	char after[32];
	char more[64];
	uint32_t suppressed = 0;

	if (end != SERVE_DONE && !may_say(run, end, &suppressed))
		return;
	about.peer = peer_format(&c->peer, peer, sizeof(peer));
	log_event(level, about, "%s %s connection %s after %s: %s%s", run->label, peer,
	          end == SERVE_DONE ? "done" : "failed",
	          duration_describe(about.duration_usec, after, sizeof(after)),
	          outcome_describe(c, end, text, sizeof(text)),
	          describe_suppressed(suppressed, more, sizeof(more)));
}

void
outcome_tell(const struct handler_run *run, const struct connection *c,
             enum serve_end end)
{
	enum log_connections wanted = run->service->log_connections;
	int level = kinds[end].level;

	if (c->left[0])
		tell_leftover(run, c);
	if (c->fault)
		tell_fault(run, c);
	if (wanted == CONNECTIONS_NONE)
		return;
	/* Of a connection that was cut the master speaks, with its worker's end. */
	if (wanted != CONNECTIONS_ALL && (end == SERVE_DONE || end == SERVE_CUT))
		level = LOG_DEBUG;
	if (log_wants(level))
		tell(run, c, end, level);
}
