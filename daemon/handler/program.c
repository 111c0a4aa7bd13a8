/*
 * program.c - a persistent program that accepts for itself.
 *
 * sd_listen_fds(3) wants LISTEN_PID to be the program's own pid: the environment
 * is therefore finished here, in the process that becomes it.
 */
#include "config.h"

#include "handler/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "handler/command.h"

/* LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID,
 * and four of our own. */
#define MAX_ADDED 10

struct list {
	char **entries;
	size_t n;
};

static int PRINTF_LIKE(2, 3) add(struct list *list, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&list->entries[list->n], format, ap);
	va_end(ap);
	if (n < 0) {
		list->entries[list->n] = NULL;
		return -ENOMEM;
	}
	list->n++;
	return 0;
}

/* "app:app": every socket carries the name of the service, as it would with
 * FileDescriptorName=. */
static int
add_names(struct list *list, const char *name, size_t n)
{
	size_t len = strlen(name) + 1;
	char *text;
	size_t i;
	int r;

	text = malloc(n * len + 1);
	if (!text)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		(void)snprintf(text + i * len, len + 1, "%s:", name);
	text[n * len - 1] = '\0';
	r = add(list, "LISTEN_FDNAMES=%s", text);
	free(text);
	return r;
}

static int
fill(struct list *list, const struct handler_run *run, size_t n_listeners,
     const char *notify_socket)
{
	int r = 0;

	if (run->service->pass == PASS_LISTEN_FDS) {
		r |= add(list, "LISTEN_FDS=%zu", n_listeners);
		r |= add(list, "LISTEN_PID=%d", (int)getpid());
		r |= add_names(list, run->service->name, n_listeners);
	}
	if (notify_socket)
		r |= add(list, "NOTIFY_SOCKET=%s", notify_socket);
	if (notify_socket && run->service->watchdog_usec > 0) {
		r |= add(list, "WATCHDOG_USEC=%" PRIu64, run->service->watchdog_usec);
		r |= add(list, "WATCHDOG_PID=%d", (int)getpid());
	}
	r |= add(list, "PREFORKD_SERVICE=%s", run->service->name);
	r |= add(list, "PREFORKD_POOL=%s", run->pool);
	r |= add(list, "PREFORKD_SLOT=%u", run->slot);
	r |= add(list, "PREFORKD_GENERATION=%u", run->generation);
	return r;
}

int
program_become(const struct handler_run *run, size_t n_listeners,
               const char *notify_socket, const char **ret_what)
{
	static char path[COMMAND_PATH_MAX];
	struct command command = { .in = -1, .out = -1, .err = -1 };
	struct list list;
	size_t n;
	int r;

	r = command_resolve(run->service, path, sizeof(path));
	*ret_what = command_attempt(run->service, r);
	if (r < 0)
		return r;

	for (n = 0; run->environment[n]; n++)
		;
	list.entries = calloc(n + MAX_ADDED + 1, sizeof(*list.entries));
	list.n = n;
	if (!list.entries)
		return -ENOMEM;
	memcpy(list.entries, run->environment, n * sizeof(*list.entries));
	r = fill(&list, run, n_listeners, notify_socket);
	if (r < 0)
		return r;

	command.path = path;
	command.argv = run->service->argv;
	command.environment = list.entries;
	return command_exec(&command);
}
