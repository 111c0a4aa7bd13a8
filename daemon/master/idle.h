/*
 * idle.h - exit_when_idle: the end of a daemon that nobody needs for now.
 */
#ifndef PREFORKD_MASTER_IDLE_H
#define PREFORKD_MASTER_IDLE_H

#include <stddef.h>

#include "config/settings.h"
#include "net/listener.h"

struct master;
struct service;

/* May the daemon end while nobody needs it?  Not with a socket that would go with it.
 * 0 or -EINVAL (logged).  The second is about a service that runs. */
int idle_check(const struct settings *settings, const char *name,
               const struct listener *list, size_t n);
int idle_check_running(const struct settings *settings, const struct service *s);

/* After every event: sees to it that somebody looks in time. */
void idle_settle(struct master *m);

#endif
