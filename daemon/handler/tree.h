/*
 * tree.h - a command and all the processes it leaves to its subreaper.
 *
 * The command leads a process group.  It has max_duration; then its group gets
 * SIGTERM, and after kill_timeout it and everything else that is left gets
 * SIGKILL.  What remains when the command itself has ended has stop_timeout.
 */
#ifndef PREFORKD_HANDLER_TREE_H
#define PREFORKD_HANDLER_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "handler/handler.h"

struct tree {
	const struct handler_run *run;
	pid_t command; /* 0 once it has been reaped */
	pid_t group;
	uint64_t deadline_usec; /* of what is being waited for now */
	uint64_t max_usec;      /* the end of max_duration; USEC_NEVER */
	bool ticking;
	bool ended;    /* we sent SIGTERM: overtime, or the worker must end */
	bool overtime; /* … because of max_duration */
	char
	    killed[LEFTOVER_MAX]; /* names of those that had to be killed; "" if none */
};

/* The command has just been started. */
void tree_init(struct tree *t, const struct handler_run *run, pid_t command,
               uint64_t started_usec);

/* Returns the command's wait status. */
int tree_wait_command(struct tree *t);

/* Until no child is left. */
void tree_wait_rest(struct tree *t);

void tree_done(struct tree *t);

#endif
