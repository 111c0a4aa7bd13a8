/*
 * exit_cause.h - why a worker ended: exactly one cause each, and its words.
 *
 * Pure: what waitid() said, and what was known of the worker, are passed in.
 */
#ifndef PREFORKD_POOL_EXIT_CAUSE_H
#define PREFORKD_POOL_EXIT_CAUSE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum exit_cause {
	CAUSE_RETIRED,       /* told to stop, and did */
	CAUSE_USED_UP,       /* … because it had served, lived or grown enough */
	CAUSE_CLEAN_EXIT,    /* a program ended by itself, with 0 or a success_status */
	CAUSE_EXIT_CODE,     /* … with another status */
	CAUSE_SIGNAL,        /* killed by a signal that was not ours */
	CAUSE_START_TIMEOUT, /* killed by us: not ready in start_timeout */
	CAUSE_STOP_TIMEOUT,  /* ended by us: still busy after stop_timeout */
	CAUSE_HURRIED,       /* ended by us: a second signal asked not to wait */
	CAUSE_OVERRUN,       /* ended by us: a connection outlasted max_duration */
	CAUSE_KILL_TIMEOUT,  /* killed by us: did not even end in kill_timeout */
	CAUSE_WATCHDOG,      /* ended by us: a program did not say WATCHDOG=1 */
	CAUSE_FAILED_START,  /* reported that it cannot start */
	CAUSE_LISTENER_LOST, /* its socket no longer listens */
	CAUSE_NO_DESCRIPTORS,
	CAUSE_BUG,
	CAUSE_N,
};

/* How far we went to end it. */
enum doom {
	DOOM_NONE,     /* not at all */
	DOOM_LEAVES,   /* not at all: a program said STOPPING=1 */
	DOOM_ASKED,    /* SIGQUIT, or the program's stop_signal */
	DOOM_ENDED,    /* SIGTERM: stop_timeout is over */
	DOOM_HURRIED,  /* SIGTERM: somebody is in a hurry */
	DOOM_WATCHDOG, /* SIGABRT: it is silent */
	DOOM_OVERRUN,  /* SIGTERM: it does not heed max_duration */
	DOOM_KILLED,   /* SIGKILL */
	DOOM_GIVEN_UP, /* it did not even die of that: nobody waits for it any more */
	DOOM_START_TIMEOUT, /* SIGKILL, because it was never ready */
	DOOM_N,
};

struct exit_facts {
	const siginfo_t *si; /* of waitid() */
	enum doom doom;
	enum doom before; /* of DOOM_KILLED: how far we had gone until then */
	bool program;     /* foreign code: its exit codes are its own */
	bool success;     /* … but this one counts as a clean end */
	bool worn;        /* it was to be replaced by a new one */
	bool by_module;   /* a module has ended its worker: the code is no enum
	                     worker_exit */
	bool reported;    /* it said why it cannot start */
};

enum exit_cause exit_cause_of(const struct exit_facts *f);

/* A short stable name: "retired", "signal". */
const char *exit_cause_name(enum exit_cause cause);

/* "killed by SIGSEGV (core dumped)", "exited with status 1": what follows
 * "git[3] pid 4211 ".  Returns buf. */
char *exit_cause_describe(enum exit_cause cause, const siginfo_t *si, char *buf,
                          size_t size);

/* Ended as it should: nothing to report. */
bool exit_cause_is_expected(enum exit_cause cause);

#endif
