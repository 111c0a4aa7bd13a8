/*
 * inetd.c - a fresh process per connection.
 *
 * The worker starts the command with clone(CLONE_VM | CLONE_VFORK): no page table
 * is copied, and glibc's posix_spawn() would make 122 more system calls.  The
 * child runs command_exec() on a stack of its own while the worker stands still.
 * A signal that reaches the child before its exec runs our handler there: it
 * replaces the listener in the child's own table, and the flag that it sets is
 * the worker's, which then leaves; nothing is lost.
 *
 * The worker closes its copy of the connection as soon as the exec has happened:
 * the end of input is the command's to give.  It is the subreaper of the
 * command's whole tree, waits for all of it, and ends what is left.  It only ever
 * signals processes that are its own unreaped children, or their group.
 */
#include "config.h"

#include "handler/inetd.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/number.h"
#include "base/signals.h"
#include "handler/command.h"
#include "handler/tree.h"
#include "handler/ucspi.h"

/* One message of a kind in this time, for a whole pool. */
#define MESSAGE_INTERVAL (10 * USEC_PER_SEC)

/* command_exec() needs little; libc's lazy binding, where it is on, needs more. */
#define CHILD_STACK (32 * 1024)

/* One connection at a time, one process: what the worker and the child share. */
static struct {
	char path[COMMAND_PATH_MAX];
	struct command command;
	int exec_error; /* written by the child, read after it is gone or has exec'd */
	char stack[CHILD_STACK] __attribute__((aligned(64)));
} inetd;

static int
inetd_prepare(const struct handler_run *run, const char **ret_what)
{
	const struct service_settings *set = run->service;
	int r;

	r = command_resolve(set, inetd.path, sizeof(inetd.path));
	*ret_what = command_attempt(set, r);
	if (r < 0)
		return r;
	r = ucspi_prepare(run);
	if (r < 0)
		return r;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;

	inetd.command.path = inetd.path;
	inetd.command.argv = set->argv;
	inetd.command.lead_group = true;
	inetd.command.death_signal = SIGKILL;
	inetd.command.parent = getpid();
	inetd.command.err = run->stream_fd;
	if (set->stderr_to == STDERR_NULL)
		inetd.command.err = run->null_fd;
	return 0;
}

/* Says something unless the pool has just said the like; how often it did not is
 * appended. */
static void PRINTF_LIKE(4, 5) say(const struct handler_run *run, enum handler_gate gate,
                                  int level, const char *format, ...)
{
	char text[1024];
	uint32_t suppressed;
	va_list ap;

	if (!gate_pass(&run->gates[gate], clock_usec(), MESSAGE_INTERVAL, &suppressed))
		return;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (suppressed > 0)
		log_at(level, "%s: %s (and %u more of this kind)", run->label, text,
		       suppressed);
	else
		log_at(level, "%s: %s", run->label, text);
}

static int
child_main(void *unused)
{
	(void)unused;
	inetd.exec_error = command_exec(&inetd.command);
	_exit(127);
}

/* Starts the command on the connection: its pid, or -errno. */
static pid_t
start(const struct handler_run *run, struct connection *c)
{
	char *stack_top = inetd.stack + sizeof(inetd.stack);
	pid_t pid;

	inetd.command.environment = ucspi_environment(run, c);
	inetd.command.in = c->fd;
	inetd.command.out = c->fd;
	if (run->service->stderr_to == STDERR_CONNECTION)
		inetd.command.err = c->fd;
	inetd.exec_error = 0;
	pid = clone(child_main, stack_top, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	return pid < 0 ? -errno : pid;
}

/* Waits for the first byte.  The command has not started: a silent client costs
 * no process.  0, or -ETIMEDOUT, -ECANCELED. */
static int
wait_first_byte(const struct handler_run *run, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t until = clock_usec() + run->service->first_byte_usec;
	uint64_t now;
	int n;

	for (;;) {
		now = clock_usec();
		if (now >= until)
			return -ETIMEDOUT;
		n = poll(&pfd, 1, (int)((until - now + 999) / USEC_PER_MSEC));
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (handler_must_end(run))
			return -ECANCELED;
	}
}

static void
tell_end(const struct handler_run *run, const struct connection *c, int status,
         uint64_t since)
{
	char peer[PEER_TEXT_MAX];
	char after[32];

	(void)peer_format(&c->peer, peer, sizeof(peer));
	(void)duration_describe(clock_usec() - since, after, sizeof(after));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		log_debug("%s: '%s' exited with status 0 after %s, serving %s",
		          run->label, inetd.path, after, peer);
		return;
	}
	if (WIFEXITED(status))
		say(run, GATE_COMMAND_FAILED, LOG_WARNING,
		    "'%s' exited with status %d after %s, serving %s", inetd.path,
		    WEXITSTATUS(status), after, peer);
	else
		say(run, GATE_COMMAND_FAILED, LOG_WARNING,
		    "'%s' killed by %s%s after %s, serving %s", inetd.path,
		    signal_name(WTERMSIG(status)),
		    WCOREDUMP(status) ? " (core dumped)" : "", after, peer);
}

static enum serve_end
watch(const struct handler_run *run, const struct connection *c, pid_t pid,
      uint64_t since)
{
	struct tree tree;
	char peer[PEER_TEXT_MAX];
	int status;

	tree_init(&tree, run, pid, since);
	status = tree_wait_command(&tree);
	if (tree.overtime)
		say(run, GATE_COMMAND_OVERTIME, LOG_WARNING,
		    "'%s' ended by max_duration, serving %s", inetd.path,
		    peer_format(&c->peer, peer, sizeof(peer)));
	else if (!tree.ended)
		tell_end(run, c, status, since);
	tree_wait_rest(&tree);
	if (tree.killed[0])
		say(run, GATE_LEFTOVER, LOG_WARNING,
		    "'%s' left processes behind, killed: %s", inetd.path, tree.killed);
	tree_done(&tree);
	if (tree.overtime)
		return SERVE_TIMED_OUT;
	return status == 0 ? SERVE_DONE : SERVE_FAILED;
}

static enum serve_end
inetd_serve(const struct handler_run *run, struct connection *c)
{
	uint64_t since = clock_usec();
	pid_t pid;
	int r = 0;

	if (c->peer.family == PEER_UNIX)
		(void)peer_fetch_credentials(c->fd, &c->peer);
	if (run->service->first_byte_usec > 0)
		r = wait_first_byte(run, c->fd);
	if (r < 0) {
		fd_close(&c->fd);
		return r == -ETIMEDOUT ? SERVE_TIMED_OUT : SERVE_FAILED;
	}

	pid = start(run, c);
	fd_close(&c->fd);
	if (pid < 0) {
		say(run, GATE_COMMAND_UNSTARTED, LOG_ERR, "cannot start '%s': %s",
		    inetd.path, strerror(-pid));
		return SERVE_FAILED;
	}
	if (inetd.exec_error < 0) {
		(void)waitpid(pid, NULL, 0);
		say(run, GATE_COMMAND_UNSTARTED, LOG_ERR, "cannot execute '%s': %s",
		    inetd.path, strerror(-inetd.exec_error));
		return SERVE_FAILED;
	}
	return watch(run, c, pid, since);
}

const struct handler inetd_handler = {
	.kind = HANDLER_INETD,
	.prepare = inetd_prepare,
	.serve = inetd_serve,
};
