/*
 * handler.c - the kinds of handler, and the deadline they share.
 */
#include "config.h"

#include "handler/handler.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/tick.h"
#include "handler/builtin.h"
#include "handler/inetd.h"

const struct handler *
handler_of(enum handler_kind kind)
{
	switch (kind) {
	case HANDLER_BUILTIN:
		return &builtin_handler;
	case HANDLER_INETD:
		return &inetd_handler;
	case HANDLER_PROGRAM:
	case HANDLER_NONE:
		break;
	}
	return NULL;
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
