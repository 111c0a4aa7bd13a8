/*
 * confine.h - giving up what a worker does not need, for good.
 */
#ifndef PREFORKD_WORKER_CONFINE_H
#define PREFORKD_WORKER_CONFINE_H

#include <sys/resource.h>

#include "config/settings.h"

/* Priority, limits, umask, root directory, key ring, groups, gid, uid, capabilities,
 * working directory, in this order, each with the proof that what was given up cannot
 * come back.  `nofile` is the limit the master itself was started with: what a service
 * without limit_nofile gets.  Signals are blocked, and no directory is open.
 * 0, or -errno with *ret_what (static storage) saying what was attempted.  After a
 * failure the process must end: it is in no defined state.  Does not log. */
int confine(const struct service_settings *service, const struct rlimit *nofile,
            const char **ret_what);

#endif
