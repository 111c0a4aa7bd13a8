/*
 * worker.h - the life of one worker, from the fork to its exit.
 */
#ifndef PREFORKD_WORKER_WORKER_H
#define PREFORKD_WORKER_WORKER_H

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "config/settings.h"
#include "net/listener.h"
#include "worker/scoreboard.h"

/* How a worker of ours ends by itself; anything else is a bug or foreign code. */
enum worker_exit {
	WORKER_EXIT_RETIRED = 0,       /* told to stop, and did */
	WORKER_EXIT_FAILED_START = 81, /* could not become a worker; has reported why */
	WORKER_EXIT_LISTENER_LOST,     /* the socket no longer listens */
	WORKER_EXIT_NO_DESCRIPTORS,    /* its descriptor table is full */
	WORKER_EXIT_BUG,               /* the listener is no socket and nobody asked */
	WORKER_EXIT_ORPHANED,          /* the master was gone before it began */
};

/* All that a worker is given; everything in it belongs to the master. */
struct worker_args {
	const struct service_settings *service;
	const char *pool; /* "git" */
	unsigned slot;
	unsigned generation;
	uint64_t max_connections; /* after so many it asks to be replaced; 0: never */
	const struct listener *listeners; /* one for a worker of ours */
	size_t n_listeners;
	char *const *environment;
	const char *notify_socket; /* program: its NOTIFY_SOCKET; or NULL */
	struct rlimit nofile;      /* what the master was started with */
	pid_t master;
	struct scoreboard scoreboard; /* unmapped but for its own page */

	int null_fd;   /* /dev/null, open for reading and writing */
	int report_fd; /* the workers' end of report_pair(); -1 with -X */
	int exec_fd;   /* program: CLOEXEC; its closing says that exec has happened */
	int wake_fd;   /* eventfd of the pool, -1: none */
	int stream_fd; /* stderr of foreign code, -1: our stderr */
};

/* Runs in the child, all signals blocked.  Never returns. */
_Noreturn void worker_main(const struct worker_args *args);

/* Runs in the process itself, for a debugger: no fork, no deadlines, nothing
 * closed.  Returns an exit code of the program: 0 or 1.  Logs. */
int worker_run_here(const struct worker_args *args);

#endif
