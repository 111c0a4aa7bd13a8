/*
 * outcome.h - what is said of a connection when it is over: log_connections.
 *
 * One line a connection, or none.  Of those that failed, one of a kind in ten
 * seconds for a whole pool, with the number of those that were not said; with
 * log_connections = all every line is said.  A connection that ended well and is
 * not to be logged costs nothing here.
 */
#ifndef PREFORKD_WORKER_OUTCOME_H
#define PREFORKD_WORKER_OUTCOME_H

#include <stddef.h>

#include "handler/handler.h"

/* It is over. */
void outcome_tell(const struct handler_run *run, const struct connection *c,
                  enum serve_end end);

/* A short stable name, for PREFORKD_CAUSE=: "exit-code", "idle_timeout". */
const char *outcome_name(enum serve_end end);

/* What follows "git[3] 192.0.2.7:40112 connection failed after 1.2 s: ":
 * "'/usr/bin/git' exited with status 128".  Returns buf. */
char *outcome_describe(const struct connection *c, enum serve_end end, char *buf,
                       size_t size);

#endif
