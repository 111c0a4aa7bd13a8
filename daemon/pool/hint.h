/*
 * hint.h - why a pool cannot do what it should, if a limit or the unit's sandbox is the
 * reason.
 *
 * For daemon/pool/ alone.  "" if nothing is known.
 */
#ifndef PREFORKD_POOL_HINT_H
#define PREFORKD_POOL_HINT_H

#include "net/address.h"
#include "net/listener.h"
#include "worker/report.h"

/* Something is used up: the limit that may be in the way, in brackets. */
const char *hint_shortage(int error);

/* A worker could not start. */
const char *hint_report(const struct report *report, char *buf, size_t size);

/* A socket could not be opened; `error` is errno's, also where the listener's error
 * says it in words. */
const char *hint_listen(const struct listener_error *e, int error,
                        const struct address *at, char *buf, size_t size);

#endif
