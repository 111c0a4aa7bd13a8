/*
 * listener_error.h - filling in a struct listener_error while returning.
 *
 * For the files of net/ that open listeners.
 */
#ifndef PREFORKD_NET_LISTENER_ERROR_H
#define PREFORKD_NET_LISTENER_ERROR_H

#include "net/listener.h"

/* `error` with what was attempted. */
static inline int
fail(struct listener_error *e, int error, const char *what)
{
	e->error = error;
	e->what = what;
	return -error;
}

/* `what` says it all; the value is for the caller's switch. */
static inline int
fail_plainly(struct listener_error *e, int error, const char *what)
{
	e->error = 0;
	e->what = what;
	return -error;
}

#endif
