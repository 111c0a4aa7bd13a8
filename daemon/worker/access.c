/*
 * access.c - who is served.
 *
 * A refusal must be cheap, for it is what an attacker gets: no process, no wait but the
 * two that are bounded below, and a line in the log once per source and 10 seconds for
 * a whole pool.  A pool has a fixed number of gates for these lines, so that many
 * sources do not make many lines either.
 *
 * allow and deny speak of IP addresses; a peer at a unix socket has passed the mode of
 * its file.  What a proxy calls for on its own behalf, a health check of version 2, is
 * not asked for its address: the list of proxies is the permission.
 */
#include "config.h"

#include "worker/access.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "net/proxy.h"

/* One line of a source in this time, for a whole pool. */
#define REFUSAL_LINE_USEC (10 * USEC_PER_SEC)

/* A client that has seen the end of its connection may be back before the worker that
 * served it has noticed: a limit that is met is looked at again, this often, the first
 * time after a millisecond, then after twice as long each time. */
#define MORE_LOOKS 6
#define FIRST_LOOK_NSEC 1000000L

/* How long, and how much, a client that was told that it is refused may still send:
 * closing while something is unread would take the message back. */
#define DISCARD_USEC (20 * USEC_PER_MSEC)
#define DISCARD_READS 16

static const char *const cause[] = {
	[REFUSED_DENIED] = "denied",
	[REFUSED_SOURCE] = "max_connections_per_source",
	[REFUSED_PROXY] = "proxy_protocol",
};
_Static_assert(countof(cause) == REFUSED_N, "every refusal has a name");

bool
access_is_guarded(const struct service_settings *service)
{
	return service->rules.n > 0 || service->proxies.n > 0 ||
	       service->proxy_protocol.local || service->max_per_source > 0;
}

static void
say(const struct handler_run *run, struct scoreboard *scoreboard,
    const struct connection *c, enum refused how, const char *words)
{
	bool proxy = how == REFUSED_PROXY;
	struct log_fields about = {
		.message_id = proxy ? MESSAGE_PROXY_HEADER : MESSAGE_REFUSED,
		.cause = cause[how],
	};
	char peer[PEER_TEXT_MAX];
	char more[64] = "";
	struct source source;
	uint32_t suppressed;

	if (run->service->log_connections == CONNECTIONS_NONE)
		return;
	source_of(&c->peer, &source);
	if (!gate_pass(source_gate(&scoreboard->sources, &source), clock_usec(),
	               REFUSAL_LINE_USEC, &suppressed))
		return;
	if (suppressed > 0)
		(void)snprintf(more, sizeof(more), " (and %" PRIu32 " more refused)",
		               suppressed);
	about.peer = peer_format(&c->peer, peer, sizeof(peer));
	log_event(how == REFUSED_DENIED ? LOG_INFO : LOG_WARNING, about,
	          "%s %s refused: %s%s", run->label, peer, words, more);
}

static void
discard(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t until = clock_usec() + DISCARD_USEC;
	char waste[1024];
	uint64_t now;
	int i;

	for (i = 0; i < DISCARD_READS; i++) {
		now = clock_usec();
		if (now >= until || poll(&pfd, 1, clock_poll_msec(until, now)) <= 0 ||
		    recv(fd, waste, sizeof(waste), MSG_DONTWAIT) <= 0)
			return;
	}
}

/* Never waits for a client that does not read. */
static void
tell(const struct handler_run *run, const struct connection *c)
{
	const char *message = run->service->refuse_message;
	ssize_t n;

	if (!message)
		return;
	n = send(c->fd, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 || shutdown(c->fd, SHUT_WR) < 0)
		return;
	discard(c->fd);
}

static bool
refuse(const struct handler_run *run, struct scoreboard *scoreboard,
       struct connection *c, enum refused how, const char *words)
{
	score_count_refused(scoreboard, run->slot, how);
	/* A proxy that we do not understand would not know what to do with it. */
	if (how != REFUSED_PROXY)
		tell(run, c);
	fd_close(&c->fd);
	say(run, scoreboard, c, how, words);
	return false;
}

static bool
is_proxy(const struct service_settings *set, const struct peer *peer)
{
	if (peer->family == PEER_UNIX)
		return set->proxy_protocol.local;
	return set->proxies.n > 0 && prefix_table_find(&set->proxies, peer) != NULL;
}

static bool
is_denied(const struct service_settings *set, const struct peer *peer,
          const char **ret_words)
{
	static char words[PREFIX_TEXT_MAX + 32];
	char text[PREFIX_TEXT_MAX];
	const struct prefix_entry *e;

	if (set->rules.n == 0 ||
	    (peer->family != PEER_IPV4 && peer->family != PEER_IPV6))
		return false;
	e = prefix_table_find(&set->rules, peer);
	if (e ? e->mark == RULE_ALLOW : set->allow.n == 0)
		return false;
	*ret_words = "not in allow";
	if (e) {
		(void)snprintf(words, sizeof(words), "deny has %s",
		               prefix_format(&e->prefix, text, sizeof(text)));
		*ret_words = words;
	}
	return true;
}

static bool
has_place(const struct handler_run *run, struct scoreboard *scoreboard,
          const struct peer *peer)
{
	struct source_board *board = &scoreboard->sources;
	struct timespec moment = { .tv_nsec = FIRST_LOOK_NSEC };
	unsigned max = run->service->max_per_source;
	struct source source;
	bool has;
	int i;

	source_of(peer, &source);
	has = source_admit(board, run->slot, &source, max);
	if (has || !source_may_wait(board, run->slot, &source))
		return has;
	for (i = 0; i < MORE_LOOKS && !has && !handler_must_end(run); i++) {
		(void)nanosleep(&moment, NULL);
		moment.tv_nsec *= 2;
		has = source_admit(board, run->slot, &source, max);
	}
	source_wait_over(board, run->slot);
	return has;
}

bool
access_admit(const struct handler_run *run, struct scoreboard *scoreboard,
             struct connection *c)
{
	const struct service_settings *set = run->service;
	struct proxy_header header = { 0 };
	const char *words = NULL;
	char text[64];
	enum proxy_end end;

	if (is_proxy(set, &c->peer)) {
		end = proxy_read(c->fd, c->since_usec + PROXY_TIMEOUT_USEC, run->ending,
		                 &header, &words);
		if (end == PROXY_CANCELED) {
			fd_close(&c->fd);
			return false;
		}
		if (end != PROXY_DONE)
			return refuse(run, scoreboard, c, REFUSED_PROXY, words);
		if (header.from.family != PEER_NONE) {
			c->peer = header.from;
			c->local = header.to;
		}
	}
	if (!header.itself && is_denied(set, &c->peer, &words))
		return refuse(run, scoreboard, c, REFUSED_DENIED, words);
	if (set->max_per_source == 0)
		return true;
	if (c->peer.family == PEER_UNIX)
		(void)peer_fetch_credentials(c->fd, &c->peer);
	if (has_place(run, scoreboard, &c->peer))
		return true;
	(void)snprintf(text, sizeof(text), "max_connections_per_source is %u",
	               set->max_per_source);
	return refuse(run, scoreboard, c, REFUSED_SOURCE, text);
}

void
access_leave(const struct handler_run *run, struct scoreboard *scoreboard)
{
	if (run->service->max_per_source > 0)
		source_release(&scoreboard->sources, run->slot);
}
