/*
 * spawn.h - forks exactly one worker.
 */
#ifndef PREFORKD_POOL_SPAWN_H
#define PREFORKD_POOL_SPAWN_H

#include <sys/types.h>

#include "worker/worker.h"

/* All signals are blocked across the fork and unblocked by the worker when it has
 * its own handlers.  0 and the pid, or -errno.  Does not log. */
int spawn_worker(const struct worker_args *args, pid_t *ret_pid);

#endif
