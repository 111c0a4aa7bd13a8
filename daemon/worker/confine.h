/*
 * confine.h - giving up what a worker does not need, for good.
 */
#ifndef PREFORKD_WORKER_CONFINE_H
#define PREFORKD_WORKER_CONFINE_H

#include <sys/resource.h>

#include "config/settings.h"

/* Limits, priority, umask, groups, gid, uid, working directory, in this order, and
 * then the proof that the old rights cannot come back.  `nofile` is the limit the
 * master itself was started with: what a service without limit_nofile gets.
 * 0, or -errno with *ret_what (static storage) saying what was attempted.  After a
 * failure the process must end: it is in no defined state.  Does not log. */
int confine(const struct service_settings *service, const struct rlimit *nofile,
            const char **ret_what);

#endif
