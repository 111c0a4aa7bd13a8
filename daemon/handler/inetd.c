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

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "config/limits.h"
#include "handler/command.h"
#include "handler/tree.h"
#include "handler/ucspi.h"

/* command_exec() needs little; libc's lazy binding, where it is on, needs more. */
#define CHILD_STACK (32 * 1024)

/* One connection at a time, one process: what the worker and the child share. */
static struct {
	char path[COMMAND_PATH_MAX];
	struct command command;
	struct command_limit limits[2];
	int exec_error; /* written by the child, read after it is gone or has exec'd */
	char stack[CHILD_STACK] __attribute__((aligned(64)));
} inetd;

static void
prepare_limits(const struct service_settings *set)
{
	size_t n = 0;
	int i;

	for (i = 0; i < (int)RLIM_NLIMITS; i++) {
		if (!limit_is_of_commands(set, i))
			continue;
		assert(n < countof(inetd.limits));
		inetd.limits[n].resource = i;
		if (limit_of(set, i, &inetd.limits[n].value))
			n++;
	}
	inetd.command.limits = inetd.limits;
	inetd.command.n_limits = n;
}

static int
inetd_prepare(const struct handler_run *run, const char **ret_what)
{
	const struct service_settings *set = run->service;
	int r;

	r = command_resolve(set, inetd.path, sizeof(inetd.path));
	*ret_what = command_attempt(set, r);
	if (r < 0)
		return r;
	*ret_what = "prepare the environment of commands";
	r = ucspi_prepare(run);
	if (r < 0)
		return r;
	*ret_what = "adopt what commands leave behind";
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
	prepare_limits(set);
	return 0;
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
 * no process.  SERVE_DONE: go on. */
static enum serve_end
wait_first_byte(const struct handler_run *run, struct connection *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	uint64_t until = c->since_usec + run->service->first_byte_usec;
	uint64_t now;
	int n;

	for (;;) {
		now = clock_usec();
		if (now >= until)
			return SERVE_FIRST_BYTE;
		n = poll(&pfd, 1, clock_poll_msec(until, now));
		if (n > 0)
			return SERVE_DONE;
		if (n < 0 && errno != EINTR) {
			c->number = errno;
			return SERVE_ERROR;
		}
		if (handler_must_end(run))
			return SERVE_CUT;
	}
}

static enum serve_end
end_of_status(int status, struct connection *c)
{
	if (WIFEXITED(status)) {
		c->number = WEXITSTATUS(status);
		return c->number == 0 ? SERVE_DONE : SERVE_STATUS;
	}
	c->number = WTERMSIG(status);
	return WCOREDUMP(status) ? SERVE_CORE : SERVE_SIGNAL;
}

static enum serve_end
watch(const struct handler_run *run, struct connection *c, pid_t pid)
{
	struct tree tree;
	enum serve_end end;

	tree_init(&tree, run, pid, c->since_usec);
	end = end_of_status(tree_wait_command(&tree), c);
	c->until_usec = clock_usec();
	if (end == SERVE_SIGNAL || end == SERVE_CORE)
		c->limit = limit_behind_signal(run->service, c->number);
	if (tree.overtime)
		end = SERVE_MAX_DURATION;
	else if (tree.ended)
		end = SERVE_CUT;
	tree_wait_rest(&tree);
	memcpy(c->left, tree.killed, sizeof(c->left));
	tree_done(&tree);
	return end;
}

static enum serve_end
inetd_serve(const struct handler_run *run, struct connection *c)
{
	enum serve_end end = SERVE_DONE;
	pid_t pid;

	if (c->peer.family == PEER_UNIX)
		(void)peer_fetch_credentials(c->fd, &c->peer);
	if (run->service->first_byte_usec > 0)
		end = wait_first_byte(run, c);
	if (end != SERVE_DONE) {
		fd_close(&c->fd);
		return end;
	}

	c->command = inetd.path;
	pid = start(run, c);
	fd_close(&c->fd);
	if (pid > 0 && inetd.exec_error == 0)
		return watch(run, c, pid);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	c->number = pid > 0 ? -inetd.exec_error : -pid;
	c->limit = limit_behind_error(run->service, c->number);
	return SERVE_UNSTARTED;
}

const struct handler inetd_handler = {
	.kind = HANDLER_INETD,
	.prepare = inetd_prepare,
	.serve = inetd_serve,
};
