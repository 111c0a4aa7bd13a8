/*
 * single.c - one worker of one service in this very process, for a debugger.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "handler/command.h"
#include "master/gather.h"
#include "master/master.h"
#include "pool/about.h"
#include "worker/worker.h"

static const struct service_settings *
choose(const struct settings *settings, const char *name)
{
	const struct service_settings *found = NULL;
	size_t i;

	for (i = 0; i < settings->n_services; i++) {
		const struct service_settings *s = &settings->services[i];

		if (name ? strcmp(s->name, name) != 0 : !s->enabled)
			continue;
		if (found) {
			log_error(
			    "-X: there are several services; name one: preforkd -X %s",
			    found->name);
			return NULL;
		}
		found = s;
	}
	if (!found && name)
		log_error("-X: there is no service '%s'", name);
	else if (!found)
		log_error("-X: no service is enabled");
	return found;
}

static int
open_first(struct listener *list, size_t n, const struct service_settings *set)
{
	struct listener_error error;
	size_t i;

	/* A worker of ours has one listener; a program has them all. */
	if (set->handler != HANDLER_PROGRAM && n > 1)
		n = 1;
	for (i = 0; i < n; i++) {
		if (list[i].fd >= 0)
			continue;
		if (listener_open(&list[i], &set->listener, &error) < 0) {
			log_event(LOG_ERR, service_about(set, MESSAGE_CANNOT_LISTEN),
			          "%s: cannot listen on %s: %s%s%s", set->name,
			          list[i].asked.text, error.what,
			          error.error ? ": " : "",
			          error.error ? strerror(error.error) : "");
			return -EIO;
		}
		log_event(LOG_INFO, service_about(set, MESSAGE_LISTENING),
		          "%s: listening on %s", set->name, list[i].bound.text);
	}
	return 0;
}

int
master_run_single(const struct settings *settings, struct activation *activation,
                  const char *name)
{
	const struct service_settings *set = choose(settings, name);
	struct worker_args args = {
		.master = getpid(),
		.report_fd = -1,
		.exec_fd = -1,
		.wake_fd = -1,
		.stream_fd = -1,
	};
	const struct sources from = { .activation = activation, .only_one = true };
	struct listener *list = NULL;
	char **environment;
	size_t n = 0;
	size_t i;
	int code = EXIT_FAILURE;
	int r;

	if (!set)
		return EX_USAGE;
	if (service_listeners(set, &from, &list, &n) < 0)
		return EX_CONFIG;
	args.service = set;
	args.pool = set->name;
	args.listeners = list;
	args.n_listeners = n;
	environment = command_environment(set);
	args.environment = environment;
	args.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	r = args.null_fd < 0 || getrlimit(RLIMIT_NOFILE, &args.nofile) < 0 ? -errno : 0;
	if (r >= 0 && !environment)
		r = -ENOMEM;
	if (r >= 0)
		r = scoreboard_init(&args.scoreboard, 1);
	if (r < 0)
		(void)log_errno(r, "%s: cannot set up the worker", set->name);
	else if (open_first(list, n, set) == 0)
		code = worker_run_here(&args);

	for (i = 0; i < n; i++)
		listener_close(&list[i]);
	free(list);
	scoreboard_done(&args.scoreboard);
	(void)command_environment_free(environment);
	fd_close(&args.null_fd);
	return code;
}
