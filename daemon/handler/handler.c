/*
 * handler.c - the kinds of handler, and what they share.
 */
#include "config.h"

#include "handler/handler.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/tick.h"
#include "handler/builtin.h"
#include "handler/inetd.h"
#include "handler/module.h"

const struct handler *
handler_of(enum handler_kind kind)
{
	switch (kind) {
	case HANDLER_BUILTIN:
		return &builtin_handler;
	case HANDLER_INETD:
		return &inetd_handler;
	case HANDLER_MODULE:
		return &module_handler;
	case HANDLER_PROGRAM:
	case HANDLER_NONE:
		break;
	}
	return NULL;
}

void
connection_begin(struct connection *c, uint64_t now_usec)
{
	/* Field by field: most of it is `left`, which one byte empties. */
	c->since_usec = now_usec;
	memset(&c->local, 0, sizeof(c->local));
	c->number = 0;
	c->until_usec = 0;
	c->command = NULL;
	c->in = 0;
	c->out = 0;
	c->limit = NULL;
	c->left[0] = '\0';
	c->fault = NULL;
}

bool
serve_end_is_timeout(enum serve_end end)
{
	return end == SERVE_FIRST_BYTE || end == SERVE_IDLE ||
	       end == SERVE_MAX_DURATION;
}

uint64_t
handler_deadline_start(const struct handler_run *run, uint64_t usec)
{
	if (usec == 0)
		return USEC_NEVER;
	tick_start(usec);
	/* A SIGTERM that came just before started ticks that were now put off. */
	if (handler_must_end(run))
		tick_start(0);
	return clock_usec() + usec;
}

void
handler_deadline_stop(const struct handler_run *run, uint64_t deadline)
{
	if (deadline == USEC_NEVER)
		return;
	tick_stop();
	if (handler_must_end(run))
		tick_start(0);
}

/* A proxy has said what was called.  A listener on one address has said it all; on a
 * wildcard only the connection knows which of the machine's addresses it was. */
void
handler_local_peer(const struct handler_run *run, const struct connection *c,
                   struct peer *ret)
{
	const struct sockaddr *sa = (const struct sockaddr *)&run->local->sa;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	bool wildcard;

	if (c->local.family != PEER_NONE) {
		*ret = c->local;
		return;
	}
	wildcard =
	    sa->sa_family == AF_INET
	        ? ((const struct sockaddr_in *)sa)->sin_addr.s_addr == htonl(INADDR_ANY)
	        : IN6_IS_ADDR_UNSPECIFIED(
	              &((const struct sockaddr_in6 *)sa)->sin6_addr);
	if (wildcard && getsockname(c->fd, (struct sockaddr *)&ss, &len) == 0)
		peer_from_sockaddr((const struct sockaddr *)&ss, len, ret);
	else
		peer_from_sockaddr(sa, run->local->len, ret);
}
