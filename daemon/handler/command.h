/*
 * command.h - the one function that becomes foreign code, and what it is given.
 */
#ifndef PREFORKD_HANDLER_COMMAND_H
#define PREFORKD_HANDLER_COMMAND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "config/settings.h"

struct command_limit {
	int resource;
	struct rlimit value;
};

struct command {
	const char *path; /* resolved */
	char *const *argv;
	char *const *environment;
	int in, out, err;                   /* what becomes 0, 1, 2; -1: as it is */
	bool lead_group;                    /* in a process group of its own */
	const struct command_limit *limits; /* of the command alone */
	size_t n_limits;
	int death_signal; /* sent when `parent` dies */
	pid_t parent;
};

/* Room for a resolved path and its terminator. */
#define COMMAND_PATH_MAX PATH_MAX

/* Finds argv[0] in the service's PATH (a name with a slash is taken as it is) and
 * checks, with the rights that the process has now, that it may be executed.
 * 0 and the path in buf, or -errno (-EACCES also for what is no regular file). */
int command_resolve(const struct service_settings *service, char *buf, size_t size);

/* What was attempted, for the message of a failed start: "execute '/usr/bin/git'", with
 * who was denied and where it was looked for.  Static storage. */
const char *command_attempt(const struct service_settings *service, int error);

/* Becomes the command.  Dispositions must be at their defaults or handlers, the
 * mask empty, rights dropped, descriptors beyond 2 CLOEXEC or meant for it.
 * Returns only on failure, -errno; -ESRCH when the parent is already gone.
 * Async-signal-safe and fit for a child that shares its parent's memory. */
int command_exec(const struct command *c);

/* PATH, HOME, USER, LOGNAME, SHELL, LANG=C and the service's own additions, which
 * win.  A NULL-terminated list for command_environment_free(), or NULL when out of
 * memory. */
char **command_environment(const struct service_settings *service);
char **command_environment_free(char **environment);

#endif
