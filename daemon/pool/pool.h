/*
 * pool.h - one pool: its listeners, its workers, its timers.
 *
 * The workers of one listener, or, for a program, of all listeners of a service.
 * A pool decides by plan_make() and does what that says; every event ends in
 * pool_settle().  It stands alone: what goes wrong in one pool is waited out in
 * that pool, with back-off, and never touches another.
 */
#ifndef PREFORKD_POOL_POOL_H
#define PREFORKD_POOL_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <systemd/sd-event.h>

#include "config/settings.h"
#include "net/listener.h"
#include "net/queue.h"
#include "pool/backoff.h"
#include "pool/exit_cause.h"
#include "pool/registry.h"
#include "pool/slots.h"
#include "worker/report.h"
#include "worker/scoreboard.h"

/* What all pools share; owned by the master, outlives them. */
struct pool_context {
	sd_event *event;
	struct registry *registry; /* with room for every slot */
	int null_fd;
	int report_fd;             /* the workers' end */
	const char *notify_socket; /* of programs */
	struct rlimit nofile;      /* what the master was started with */
	pid_t master;
	void (*on_change)(void *userdata); /* something a status would show */
	void *userdata;
};

/* What a status says of a pool. */
struct pool_figures {
	unsigned workers; /* wanted */
	unsigned ready;
	unsigned busy;        /* of a program: unknown, 0 */
	struct queue queue;   /* of all its listeners */
	uint64_t connections; /* served, by the living and the dead */
};

struct pool {
	const struct pool_context *context;
	const struct service_settings *settings;
	char name[80]; /* "git", or "git/2": the service's second listener */
	unsigned generation;

	struct listener *listeners;
	size_t n_listeners;
	struct backoff listen_backoff;

	struct slots slots;
	struct scoreboard scoreboard;
	struct backoff start_backoff;
	char **environment;
	int stream_fd;
	int wake_fd; /* eventfd; -1 for a program */

	uint64_t hold_usec; /* no start before */
	unsigned given_up;  /* processes that do not die */
	bool draining;
	bool dirty;   /* pool_settle() has something to look at */
	bool settled; /* has had all its workers ready, or a logged failure */

	/* Why it fails; "" while it does not.  Said once per change. */
	char failure[512];
	unsigned failed_starts; /* since it last worked */
	bool client_suspect;    /* the last had been ready before it ended */

	/* saturation (watch.c) */
	uint64_t busy_look_usec; /* look then whether all are busy; USEC_NEVER */
	uint64_t busy_told_usec; /* when it was last said; 0: never */

	uint64_t ends[CAUSE_N];
	uint64_t dead_connections; /* served by workers that are gone */

	sd_event_source *timer;
	sd_event_source *wake_source;
};

/* Listeners are given with `asked` set and, where adopted, open; the pool owns the
 * array from now on.  0, or -errno (logged). */
int pool_new(const struct pool_context *context,
             const struct service_settings *settings, const char *name,
             struct listener *listeners, size_t n_listeners, struct pool **ret);

/* All its processes must be gone.  Closes listeners.  Takes NULL, returns NULL. */
struct pool *pool_free(struct pool *p);

/* Does what is to be done now: listens, starts, stops, kills, sets the timer. */
void pool_settle(struct pool *p);

/* A worker's report, a program's READY=1, the end of a process. */
void pool_on_report(struct pool *p, struct slot *slot, const struct report *report);
void pool_on_notify_ready(struct pool *p, struct slot *slot);
void pool_on_end(struct pool *p, struct slot *slot, const siginfo_t *si);

/* Ends it: asks every worker, then insists (stop_timeout, kill_timeout). */
void pool_drain(struct pool *p);

/* No more patience: what still runs gets SIGTERM now. */
void pool_hurry(struct pool *p);

/* Before the end of this process is collected, while its pid still stands for it: a
 * program's helpers are asked to end with it. */
void pool_kill_group(const struct slot *slot);

/* Processes that are there and are waited for. */
unsigned pool_alive(const struct pool *p);

/* Are all wanted workers there? */
bool pool_is_up(const struct pool *p);
bool pool_is_failing(const struct pool *p);

/* What a status says of it now. */
void pool_figures(const struct pool *p, struct pool_figures *ret);

/* Compares the board with the pages, asks for the next wake-up, and says so if
 * all workers are busy while connections wait. */
void pool_look(struct pool *p, uint64_t now_usec);

#endif
