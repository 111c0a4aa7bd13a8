/*
 * handler.h - what a worker does with a connection: the interface of all kinds.
 *
 * A handler runs in a worker that has already dropped its rights.  It owns
 * neither the listener nor the scoreboard; it is given one connection at a time
 * and returns when that is over.  Blocking calls return EINTR when the worker has
 * to end now: a handler then looks at handler_must_end() and comes back.
 */
#ifndef PREFORKD_HANDLER_HANDLER_H
#define PREFORKD_HANDLER_HANDLER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/gate.h"
#include "config/settings.h"
#include "net/address.h"
#include "net/peer.h"

/* How a connection ended. */
enum serve_end {
	SERVE_DONE,      /* as it should */
	SERVE_STATUS,    /* the command exited with `number`, which is not 0; a module's
	                  * serve() returned it */
	SERVE_SIGNAL,    /* … was killed by signal `number` */
	SERVE_CORE,      /* … and dumped core */
	SERVE_UNSTARTED, /* … could not be executed: errno `number` */
	SERVE_ERROR,     /* reading or writing failed: errno `number` */
	SERVE_FIRST_BYTE,   /* first_byte_timeout */
	SERVE_IDLE,         /* idle_timeout */
	SERVE_MAX_DURATION, /* max_duration */
	SERVE_CUT,          /* the worker had to end */
	SERVE_N,
};

/* What kinds of message share a limit (one gate each, per pool): each way to end,
 * processes that a command left behind, and what a module did to descriptors. */
#define GATE_LEFTOVER SERVE_N
#define GATE_FAULT (SERVE_N + 1)
#define GATE_N (SERVE_N + 2)

#define LEFTOVER_MAX 256

/* The worker as a handler sees it. */
struct handler_run {
	const struct service_settings *service;
	const char *pool;  /* "git", or "git/2" for a service's second listener */
	const char *label; /* "git[3]": how messages begin */
	unsigned slot;
	unsigned generation;
	const struct address *local; /* where the listener is bound */
	char *const *environment;    /* what every process of the service gets */
	int null_fd;                 /* /dev/null */
	int stream_fd;               /* where foreign stderr goes; -1: our own stderr */
	int children_fd;             /* /proc/…/children of this process, where it can
	                              * only be reached so; or -1 */
	struct gate *gates;          /* GATE_N of them, shared by the pool */
	const volatile sig_atomic_t *leaving; /* set by SIGQUIT and SIGTERM */
	const volatile sig_atomic_t *ending;  /* set by SIGTERM */
};

/* A connection, and what is to be said of it when it is over (worker/outcome.c). */
struct connection {
	int fd; /* the handler closes it and leaves -1 */
	struct peer peer;
	struct peer local; /* what it called, if a proxy says so; PEER_NONE: ask `fd` */
	uint64_t since_usec;

	/* by the handler, as far as it knows */
	int number;          /* see enum serve_end */
	uint64_t until_usec; /* when the command ended; 0: now */
	const char *command; /* what was executed; NULL: nothing */
	const char *limit;   /* the key of a limit that is behind it; NULL: none */
	uint64_t in;         /* bytes, where there is no command */
	uint64_t out;
	char left[LEFTOVER_MAX]; /* processes that had to be killed; "": none */
	const char *fault; /* what a module did wrong, as "closed …"; NULL: nothing */
};

/* What prepare() returns when its text leaves nothing to be said. */
#define HANDLER_SAID 1

struct handler {
	enum handler_kind kind;

	/* In the worker before its first accept, with dropped rights.  0, or -errno
	 * with *ret_what (storage that stays) saying what was attempted, or
	 * HANDLER_SAID with what is wrong. */
	int (*prepare)(const struct handler_run *run, const char **ret_what);

	/* One connection, from its first byte to its close.  Says nothing of it. */
	enum serve_end (*serve)(const struct handler_run *run, struct connection *c);

	/* In a worker that leaves by itself, after its last connection; NULL: nothing
	 * is to be done. */
	void (*finish)(const struct handler_run *run);
};

/* A connection begins, and nothing is known of it yet; fd and peer are the caller's. */
void connection_begin(struct connection *c, uint64_t now_usec);

/* Did a deadline end it? */
bool serve_end_is_timeout(enum serve_end end);

/* The handler of a kind whose connections are accepted by our worker; NULL for
 * a program, which accepts for itself (handler/program.h). */
const struct handler *handler_of(enum handler_kind kind);

/* SIGTERM has come: end now, without finishing the connection. */
static inline bool
handler_must_end(const struct handler_run *run)
{
	return *run->ending != 0;
}

/* What an IP client called: as its proxy says, as the listener is bound, or, on a
 * wildcard, as the kernel says. */
void handler_local_peer(const struct handler_run *run, const struct connection *c,
                        struct peer *ret);

/* A deadline for the connection in hand, `usec` from now (0: none): from then on
 * blocking calls return EINTR.  Returns the time it falls on, or USEC_NEVER. */
uint64_t handler_deadline_start(const struct handler_run *run, uint64_t usec);
void handler_deadline_stop(const struct handler_run *run, uint64_t deadline);

#endif
