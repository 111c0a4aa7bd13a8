/*
 * tree.c - a command and all the processes it leaves to its subreaper.
 *
 * Everything waited for here is a child of this process: a pid that has not been
 * reaped cannot belong to anybody else, and a group exists as long as its leader
 * has not been reaped.  Signals are sent from the main flow only, never from a
 * handler, so that "not yet reaped" is known and not guessed.
 *
 * Without a deadline the wait is one blocking call; a SIGTERM to the worker
 * starts ticks (worker/accept.c), which interrupt it.
 */
#include "config.h"

#include "handler/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/tick.h"

/* How often what is left is killed anew: its own children come to us only when
 * it is dead.  A fork bomb is the task limit's to stop, not ours. */
#define KILL_ROUNDS 64

static void
deadline_set(struct tree *t, uint64_t usec)
{
	t->deadline_usec = clock_usec() + usec;
	t->ticking = true;
	tick_start(usec);
}

void
tree_init(struct tree *t, const struct handler_run *run, pid_t command,
          uint64_t started_usec)
{
	uint64_t max = run->service->max_duration_usec;
	uint64_t spent;

	memset(t, 0, sizeof(*t));
	t->run = run;
	t->command = command;
	t->group = command;
	t->deadline_usec = USEC_NEVER;
	t->max_usec = max > 0 ? started_usec + max : USEC_NEVER;
	/* The connection's time runs since before the wait for its first byte. */
	if (max > 0) {
		spent = clock_usec() - started_usec;
		deadline_set(t, max > spent ? max - spent : 0);
	}
	/* A SIGTERM that came before those ticks were started must not be put off. */
	if (t->ticking && handler_must_end(run))
		tick_start(0);
}

void
tree_done(struct tree *t)
{
	if (t->ticking)
		tick_stop();
	if (t->ticking && handler_must_end(t->run))
		tick_start(0);
}

static void
name_append(struct tree *t, pid_t pid)
{
	CLEANUP(fd_closep) int fd = -1;
	char path[48];
	char comm[32];
	size_t len = strlen(t->killed);
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, comm, sizeof(comm) - 1);
	/* In a chroot nobody knows its name. */
	if (n <= 0)
		n = snprintf(comm, sizeof(comm), "pid");
	comm[n] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	if (len + 32 < sizeof(t->killed))
		(void)snprintf(t->killed + len, sizeof(t->killed) - len, "%s%s (%d)",
		               len ? ", " : "", comm, (int)pid);
}

/* Kills every child of ours: reads them from /proc, which lists exactly the
 * unreaped ones. */
static void
kill_children(struct tree *t)
{
	CLEANUP(fd_closep) int fd = -1;
	char path[64];
	char buf[4096];
	int from = t->run->children_fd;
	char *p = buf;
	char *end;
	ssize_t n;
	long pid;

	if (from < 0) {
		(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		               (int)getpid());
		from = fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	n = from < 0 ? -1 : pread(from, buf, sizeof(buf) - 1, 0);
	if (n < 0)
		n = 0;
	buf[n] = '\0';
	for (;;) {
		pid = strtol(p, &end, 10);
		if (end == p || pid <= 1)
			return;
		/* A pid that the buffer's end has cut in two is not followed by a
		 * blank. */
		if (*end != ' ')
			return;
		if ((pid_t)pid != t->command)
			name_append(t, (pid_t)pid);
		(void)kill((pid_t)pid, SIGKILL);
		p = end;
	}
}

/* A wait was interrupted: is it time to act?  Each step sets the next deadline. */
static void
act(struct tree *t)
{
	const struct service_settings *set = t->run->service;
	bool late = clock_usec() >= t->deadline_usec;

	if (!t->ended && (late || handler_must_end(t->run))) {
		t->overtime = late && t->command > 0;
		t->ended = true;
		if (t->command > 0) {
			(void)kill(-t->group, SIGTERM);
			deadline_set(t, set->kill_usec);
			return;
		}
		late = true;
	}
	if (t->ended && late) {
		if (t->command > 0)
			(void)kill(-t->group, SIGKILL);
		kill_children(t);
		/* From now on each tick kills what has come to us since. */
		t->deadline_usec = 0;
	}
}

int
tree_wait_command(struct tree *t)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, 0);
		if (pid < 0 && errno != EINTR)
			break; /* ECHILD: cannot be, the command is ours */
		if (pid < 0) {
			act(t);
			continue;
		}
		if (pid == t->command) {
			t->command = 0;
			return status;
		}
	}
	t->command = 0;
	return -1;
}

/* What is left has stop_timeout, and yet not more than the whole connection. */
static uint64_t
rest_usec(const struct tree *t)
{
	uint64_t stop = t->run->service->stop_usec;
	uint64_t now = clock_usec();

	if (now >= t->max_usec)
		return 0;
	return stop < t->max_usec - now ? stop : t->max_usec - now;
}

void
tree_wait_rest(struct tree *t)
{
	int rounds = 0;
	pid_t pid;

	pid = waitpid(-1, NULL, WNOHANG);
	if (pid < 0)
		return;
	/* A tree that we ended has one kill_timeout, however its parts go: the master
	 * does not wait for a worker longer than that. */
	if (!t->ended)
		deadline_set(t, rest_usec(t));
	if (handler_must_end(t->run))
		tick_start(0);
	while (rounds < KILL_ROUNDS) {
		pid = waitpid(-1, NULL, 0);
		if (pid < 0 && errno != EINTR)
			return;
		if (pid < 0) {
			act(t);
			rounds += t->deadline_usec == 0;
		}
	}
}
