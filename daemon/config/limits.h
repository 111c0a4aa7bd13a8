/*
 * limits.h - the keys limit_*, by what they limit.
 */
#ifndef PREFORKD_CONFIG_LIMITS_H
#define PREFORKD_CONFIG_LIMITS_H

#include <sys/resource.h>

#include "config/settings.h"

/* "limit_nofile" of RLIMIT_NOFILE.  There is a key for every resource. */
const char *limit_key(int resource);

/* As setrlimit(2) takes it.  False: it is not configured.  Processor time has a second
 * more as its hard limit: so long a process has after its SIGXCPU. */
bool limit_of(const struct service_settings *service, int resource, struct rlimit *ret);

/* An inetd worker starts its commands and does little else: what may use so much of the
 * processor is each of them, and not the worker. */
bool limit_is_of_commands(const struct service_settings *service, int resource);

/* The configured limit that makes a process of the service end by this signal, or a
 * system call of it fail so, or NULL. */
const char *limit_behind_signal(const struct service_settings *service, int signo);
const char *limit_behind_error(const struct service_settings *service, int error);

#endif
