/*
 * master.h - the process that owns everything and serves nobody.
 */
#ifndef PREFORKD_MASTER_MASTER_H
#define PREFORKD_MASTER_MASTER_H

#include <stdbool.h>

#include "config/settings.h"
#include "net/activation.h"

/* Serves until told to stop.  `strict`: a service that cannot start ends it.
 * Returns the exit code of the program: 0, 1 (failure at run time) or 78 (passed
 * sockets and configuration do not fit).  Logs. */
int master_run(struct settings *settings, struct activation *activation, bool strict);

/* One worker of one service in this very process, for a debugger: `service` NULL
 * is the only one.  Returns an exit code. */
int master_run_single(const struct settings *settings, struct activation *activation,
                      const char *service);

#endif
