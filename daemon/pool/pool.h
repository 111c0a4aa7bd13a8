/*
 * pool.h - one pool: its listeners, its workers, its timers.
 *
 * The workers of one listener, or, for a program, of all listeners of a service: one
 * generation of them.  What a pool was made with never changes; a reload makes a new
 * pool beside the old one, which leaves when the new one is up.
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

#include "base/gate.h"
#include "base/macros.h"
#include "config/settings.h"
#include "net/listener.h"
#include "net/mend.h"
#include "net/queue.h"
#include "pool/backoff.h"
#include "pool/copies.h"
#include "pool/demand.h"
#include "pool/exit_cause.h"
#include "pool/registry.h"
#include "pool/saturation.h"
#include "pool/slots.h"
#include "worker/report.h"
#include "worker/scoreboard.h"

/* A worker gets so much more than kill_timeout: its command has the timeout, and it
 * needs a moment to clean up after it (handler/tree.c).  What SIGKILL has not ended
 * after the other hangs in the kernel.  So an end takes no longer than stop_timeout,
 * kill_timeout and both. */
#define POOL_KILL_GRACE_USEC USEC_PER_SEC
#define POOL_DEATH_USEC (10 * USEC_PER_SEC)
#define POOL_END_SLACK_USEC (POOL_KILL_GRACE_USEC + POOL_DEATH_USEC)

/* What all pools share; owned by the master, outlives them. */
struct pool_context {
	sd_event *event;
	struct registry *registry; /* with room for every slot */
	int hangups_fd;            /* an epoll: of listeners, see pool_hear_hangups() */
	sd_event_source *hangups_source;
	int null_fd;
	const char *notify_socket; /* of programs */
	struct rlimit nofile;      /* what the master was started with */
	pid_t master;
	unsigned (*room)(void *userdata, const struct pool *p); /* workers that it may
	                                                         * start, as far as
	                                                         * all pools go */
	void (*on_change)(void *userdata); /* something a status would show */
	void (*on_listening)(void *userdata, const struct listener *l); /* opened */
	void *userdata;
};

/* What a status says of a pool. */
struct pool_figures {
	unsigned workers; /* wanted */
	unsigned max;     /* that may be wanted */
	unsigned ready;
	unsigned busy;        /* of a program: unknown, 0 */
	struct queue queue;   /* of all its listeners */
	uint64_t connections; /* served, by the living and the dead */
	uint64_t failed;
	uint64_t timed_out;
	uint64_t refused[REFUSED_N];
	struct effort effort;
};

enum pool_stage {
	POOL_CURRENT,
	POOL_COMING,  /* starts beside the current one, and must not fail */
	POOL_LEAVING, /* finishes what it has */
};

/* What a pool is made from. */
struct pool_args {
	const struct service_settings *settings; /* a reference is taken */
	const char *name;
	unsigned generation;
	enum pool_stage stage;
	struct listener *listeners; /* becomes the pool's, with what is open in it */
	size_t n_listeners;
	struct pool *kin; /* another generation of the same name, or NULL */
};

struct pool {
	const struct pool_context *context;
	const struct service_settings *settings;
	char name[80]; /* "git", or "git/2": the service's second listener */
	unsigned generation;
	enum pool_stage stage;
	struct pool *kin; /* the other generations of that name, in a ring: two live
	                   * workers never have the same number */

	struct listener *listeners;
	size_t n_listeners;
	struct backoff listen_backoff;
	struct pool_mending {
		bool *watched;               /* each listener, for hang-ups */
		uint64_t at_usec;            /* look then; USEC_NEVER */
		uint64_t looked_usec;        /* the last time */
		uint64_t mended_usec;        /* something was, then */
		uint64_t pause_usec;         /* not sooner after that */
		uint64_t patient_until_usec; /* no failure if an address is taken */
		struct gate gates[HARM_N];
	} mending;
	unsigned stopped; /* workers whom a signal has stopped */
	struct gate stopped_gate;

	struct slots slots;
	struct copy *copies; /* of each slot of a program; NULL */
	struct rereads rereads;
	struct scoreboard scoreboard;
	struct score *believed; /* of each slot's worker (worker/belief.h) */
	struct backoff start_backoff;
	char **environment;
	int stream_fd;
	int wake_fd;          /* eventfd; -1 for a program */
	int report_fd;        /* -1 while nobody starts */
	int worker_report_fd; /* the workers' end */
	sd_event_source *report_source;

	unsigned reserved;     /* slots in the registry */
	bool told_nonblocking; /* its copies have made a listener so */

	uint64_t hold_usec; /* no start before */
	bool crowded;       /* it has been said that no slot is free */
	unsigned given_up;  /* processes that do not die */
	bool draining;
	bool held;    /* drained by an administrator, until he resumes it */
	bool dirty;   /* pool_settle() has something to look at */
	bool settled; /* has had all its workers ready, or a logged failure */

	/* Why it fails; "" while it does not.  Said once per change. */
	char failure[512];
	unsigned failed_starts;     /* since it last worked */
	char last_failure[512];     /* the last there was, healed or not */
	uint64_t last_failure_usec; /* 0: none */
	bool client_suspect;        /* the last had been ready before it ended */

	uint64_t restart_usec; /* workers older than that are stale; 0: none is */
	char restart_failure[512];

	/* Its address has been given up: what is queued is served (leave.c). */
	bool fading;
	uint64_t fade_until_usec; /* but not after */
	uint64_t faded_usec;      /* nothing was queued since; USEC_NEVER */

	/* how many there are to be (size.c) */
	unsigned wanted;
	struct demand_memory demand;
	uint64_t size_look_usec;   /* look then at what its workers do */
	uint64_t size_looked_usec; /* the last time */
	uint64_t size_pause_usec;  /* not sooner after that */
	struct pool_doubt {
		int64_t off; /* by how much the board counts too many idle workers */
		unsigned looks;
	} doubt;
	bool starved;            /* max_workers_total keeps it small */
	bool client_waits;       /* the listener has said so, nobody looked yet */
	uint64_t wear_hold_usec; /* nobody is replaced for being worn before */
	uint64_t tokens;         /* of spawn_rate, in starts x a second */
	uint64_t tokens_usec;    /* when they were counted */

	/* saturation (watch.c) */
	uint64_t busy_look_usec; /* look then whether all are busy; USEC_NEVER */
	uint64_t busy_told_usec; /* when it was last said; 0: never */
	struct saturation saturation;

	uint64_t starts; /* processes there have been */
	uint64_t ends[CAUSE_N];
	struct pool_dead {
		uint64_t connections;
		uint64_t failed;
		uint64_t timed_out;
		uint64_t refused[REFUSED_N];
		struct effort effort;
	} dead; /* what workers that are gone have served */

	sd_event_source *timer;
	sd_event_source *wake_source;
	sd_event_source *client_source; /* a listener, while there are no workers */
};

/* Once, before the first pool: with c->event set makes what pools are told by that a
 * listener was shut down; hangups_source is the caller's to release, and closes it.
 * 0 or -errno.  Does not log. */
int pool_hear_hangups(struct pool_context *c);

/* Listeners are given with `asked` set and, where somebody has them already, open;
 * the pool owns the array from now on.  0, or -errno (logged). */
int pool_new(const struct pool_context *context, const struct pool_args *args,
             struct pool **ret);

/* The same settings, now owned by another `struct settings`: they must be equal. */
void pool_move_settings(struct pool *p, const struct service_settings *settings);

/* All its processes must be gone.  Closes listeners.  Takes NULL, returns NULL. */
struct pool *pool_free(struct pool *p);

/* Does what is to be done now: listens, starts, stops, kills, sets the timer. */
void pool_settle(struct pool *p);

/* A worker's report, what a program says of itself, the end of a process. */
void pool_on_report(struct pool *p, struct slot *slot, const struct report *report);

/* All that its workers have reported so far: before one is buried. */
void pool_hear_reports(struct pool *p);
void pool_on_notify(struct pool *p, struct slot *slot, const struct notification *n);
void pool_on_end(struct pool *p, struct slot *slot, const siginfo_t *si);

/* A signal has stopped it, or lets it go on. */
void pool_on_stopped(struct pool *p, struct slot *slot, const siginfo_t *si);

/* Ends it: asks every worker, then insists (stop_timeout, kill_timeout). */
void pool_drain(struct pool *p);

/* Its generation is over.  Listeners for which `fades` is set (as many as it has; NULL:
 * none) are nobody else's: they are served until their queues are empty, for
 * stop_timeout at most.  Then it drains. */
void pool_leave(struct pool *p, const bool *fades);

/* Some of its fading listeners have been taken over (`fading` is false): if they all
 * have, it drains now, for somebody else serves who is queued. */
void pool_give_over(struct pool *p);

/* Its workers end politely, but its listeners stay open, and clients wait. */
void pool_hold(struct pool *p);
void pool_resume(struct pool *p);

/* Replaces every worker there is now, one by one, the successor first.  A start that
 * fails ends it, and p->restart_failure says why. */
void pool_restart(struct pool *p);

/* Workers that a restart has yet to replace, and those it still waits for. */
unsigned pool_stale(const struct pool *p);

/* What keeps a failing pool from trying again at once is forgotten. */
void pool_retry(struct pool *p);

/* Of a program's copy: its latest STATUS=, fit to be shown, or ""; whether it said that
 * it rereads its configuration. */
const char *pool_slot_status(const struct slot *slot);
bool pool_slot_rereads(const struct slot *slot);

/* Its copies of a program reread their own configuration: each that is up gets
 * reload_signal, the others when they are.  How many have yet to be through; p->rereads
 * says how it went. */
void pool_reread(struct pool *p);
unsigned pool_rereading(const struct pool *p);

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

/* As pool_is_up(), and what must be seen to stay has stayed: a program with ready =
 * "exec" is proved by its first second. */
bool pool_has_started(const struct pool *p);

/* What the worker of a slot says of itself, as far as it is believed. */
void pool_score(const struct pool *p, const struct slot *slot, uint64_t now_usec,
                struct score *ret);

/* What a status says of it now. */
void pool_figures(const struct pool *p, struct pool_figures *ret);

/* Compares the board with the pages, asks for the next wake-up, and says so if
 * all workers are busy while connections wait. */
void pool_look(struct pool *p, uint64_t now_usec);

#endif
