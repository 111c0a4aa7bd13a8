/*
 * test_accept_step.c - the stop signal, at every instruction of the accept loop.
 *
 * A child runs the loop of worker/worker.c around accept_next(); we trace it,
 * let it execute k instructions, deliver the signal there, and let go.  For every
 * k from the first instruction to the blocking call it must end, and each
 * connection must have been answered or still stand in the queue.  A child that is
 * found blocked in accept4() after the signal was delivered has lost it.
 *
 * The last test plants the textbook bug, a handler that merely sets a flag: a walk
 * that does not find it would prove nothing.
 */
#include "config.h"

#include "worker/accept.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/signals.h"
#include "base/tick.h"

#define QUEUED_MAX 2
#define ANSWER 'x'
#define DEADLINE (20 * USEC_PER_SEC)

/* Instrumented code takes many more steps, and k of them for every k: so many in
 * all are walked one by one, of a longer loop only every n-th. */
#define STEPS_AT_ONCE 700

enum { STOP_EXIT = 0, OTHER_EXIT = 1 };

struct scene {
	const char *name;
	int family;
	int signo;
	unsigned queued;
	bool flag_only;
};

struct tally {
	unsigned boundaries; /* where the signal was delivered */
	unsigned lost_signals;
	unsigned lost_connections;
	unsigned wrong_ends;
};

/* What the child has done, in memory that both see. */
static unsigned *accepted;

static void
on_signal_flag_only(int signo)
{
	(void)signo;
	accept_leaving = 1;
}

static int
open_listener(int family, struct sockaddr_storage *sa, socklen_t *len)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(sa, 0, sizeof(*sa));
	sa->ss_family = (sa_family_t)family;
	if (family == AF_INET)
		((struct sockaddr_in *)sa)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* A unix address of no length: the kernel chooses an abstract name. */
	*len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(sa_family_t);
	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)sa, *len), 0);
	cr_assert_eq(listen(fd, 16), 0);
	*len = sizeof(*sa);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)sa, len), 0);
	return fd;
}

/* The child: the loop of worker.c, and nothing else.  The first connection warms
 * it up, so that the walk meets no dynamic linker. */
static _Noreturn void
run_loop(const struct scene *s, int listener)
{
	struct sockaddr_storage sa;
	struct trouble_board troubles = { 0 };
	const struct acceptor acceptor = { listener, "step", &troubles };
	const char answer = ANSWER;
	bool warm = false;
	socklen_t len;
	sigset_t none;
	ssize_t n;
	int fd;

	/* A test that fails half-way leaves nobody behind. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)sigemptyset(&none);
	signals_restore(&none);
	tick_init();
	accept_arm(listener, open("/dev/null", O_RDWR | O_CLOEXEC));
	if (s->flag_only)
		signals_handle(s->signo, on_signal_flag_only, SA_RESTART);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(OTHER_EXIT);
	for (;;) {
		if (warm)
			++*accepted;
		fd = accept_next(&acceptor, &sa, &len);
		if (fd < 0)
			break;
		n = write(fd, &answer, 1);
		(void)n;
		(void)close(fd);
		if (accept_leaving)
			break;
		if (!warm)
			(void)raise(SIGSTOP);
		warm = true;
	}
	/* It counts before the call, so that no instruction lies between the two. */
	if (fd < 0)
		--*accepted;
	_exit(accept_leaving ? STOP_EXIT : OTHER_EXIT);
}

static bool
is_blocked_in_accept(pid_t pid)
{
	char path[48];
	char text[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		(void)close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return strtol(text, NULL, 10) == SYS_accept4;
}

/* Until the child stops or ends: true and its status.  False if it is found
 * blocked in accept4().  SIGCHLD is blocked here and tells of every stop. */
static bool
settle(pid_t pid, int *ret_status)
{
	const struct timespec look = { .tv_nsec = 5000000 };
	uint64_t until = clock_usec() + DEADLINE;
	bool blocked = false;
	sigset_t child;
	pid_t r;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	for (;;) {
		/* A child that stops at the call's end looks as if it were in it: so
		 * the question whether it has stopped comes after the look. */
		r = waitpid(pid, ret_status, WNOHANG);
		cr_assert_geq(r, 0, "waitpid: %s", strerror(errno));
		if (r == pid)
			return true;
		if (blocked)
			return false;
		cr_assert_lt(clock_usec(), until, "the child neither runs nor waits");
		if (sigtimedwait(&child, NULL, &look) < 0)
			blocked = is_blocked_in_accept(pid);
	}
}

static void
connect_all(int *clients, unsigned n, const struct sockaddr_storage *sa, socklen_t len)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		clients[i] = socket(sa->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		cr_assert_geq(clients[i], 0);
		cr_assert_eq(connect(clients[i], (const struct sockaddr *)sa, len), 0);
	}
}

/* What the child has left in the queue is answered by the next to accept. */
static void
serve_rest(int listener, unsigned n)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };
	const char answer = ANSWER;
	int fd;

	while (n > 0 && poll(&pfd, 1, 1000) == 1) {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		cr_assert_geq(fd, 0);
		cr_assert_eq(write(fd, &answer, 1), 1);
		(void)close(fd);
		n--;
	}
}

static bool
was_answered(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char answer[2];

	return poll(&pfd, 1, 1000) == 1 && read(fd, answer, 2) == 1 &&
	       answer[0] == ANSWER && poll(&pfd, 1, 1000) == 1 &&
	       read(fd, answer, 2) == 0;
}

/* Delivers the signal after `steps` instructions.  False when the child has come
 * to the blocking call first, all connections served: there is nothing beyond. */
static bool
deliver_after(const struct scene *s, unsigned steps, pid_t pid, struct tally *t)
{
	int status = 0;
	bool blocked = false;
	unsigned i;

	for (i = 0; i < steps && !blocked; i++) {
		cr_assert_eq(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		blocked = !settle(pid, &status);
		cr_assert(blocked ||
		              (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP),
		          "%s: step %u ended with status %#x", s->name, i, status);
	}
	if (blocked) {
		/* Inside the call: the signal itself has to wake it. */
		cr_assert_eq(kill(pid, s->signo), 0);
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		/* The step that the call was is reported first. */
		if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) {
			cr_assert_eq(ptrace(PTRACE_CONT, pid, NULL, 0), 0);
			cr_assert_eq(waitpid(pid, &status, 0), pid);
		}
		cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == s->signo,
		          "%s: status %#x in the call", s->name, status);
	}
	t->boundaries++;
	cr_assert_eq(ptrace(PTRACE_CONT, pid, NULL, s->signo), 0);
	for (;;) {
		if (!settle(pid, &status)) {
			t->lost_signals++;
			cr_assert_eq(kill(pid, SIGKILL), 0);
			while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
				;
			break;
		}
		if (!WIFSTOPPED(status)) {
			t->wrong_ends +=
			    !WIFEXITED(status) || WEXITSTATUS(status) != STOP_EXIT;
			break;
		}
		/* The ticks that follow a SIGTERM are handed on. */
		cr_assert_eq(ptrace(PTRACE_CONT, pid, NULL, WSTOPSIG(status)), 0);
	}
	return !blocked;
}

/* One child, one signal. */
static bool
try_at(const struct scene *s, unsigned steps, struct tally *t)
{
	struct sockaddr_storage sa;
	int clients[1 + QUEUED_MAX];
	unsigned done;
	socklen_t len;
	bool more;
	unsigned i;
	int listener;
	int status;
	pid_t pid;

	listener = open_listener(s->family, &sa, &len);
	connect_all(clients, 1 + s->queued, &sa, len);
	*accepted = 0;
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0)
		run_loop(s, listener);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		cr_skip_test("ptrace: a child cannot be traced");
	more = deliver_after(s, steps, pid, t);

	/* A lost signal leaves the child in the call that it has counted. */
	done = *accepted < s->queued ? *accepted : s->queued;
	serve_rest(listener, s->queued - done);
	for (i = 0; i < 1 + s->queued; i++) {
		t->lost_connections += !was_answered(clients[i]);
		(void)close(clients[i]);
	}
	(void)close(listener);
	return more;
}

static struct tally
walk(const struct scene *s)
{
	struct tally t = { 0 };
	unsigned steps = 0;
	sigset_t child;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	accepted = mmap(NULL, sizeof(*accepted), PROT_READ | PROT_WRITE,
	                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(accepted, MAP_FAILED);
	while (try_at(s, steps, &t))
		steps += 1 + steps / STEPS_AT_ONCE;
	cr_log_info("%s: %u boundaries, %u signals lost, %u connections lost", s->name,
	            t.boundaries, t.lost_signals, t.lost_connections);
	/* A call and its return alone are more. */
	cr_assert_gt(t.boundaries, 20, "%s: only %u boundaries", s->name, t.boundaries);
	return t;
}

static const struct scene scenes[] = {
	{ "QUIT, empty queue, TCP", AF_INET, SIGQUIT, 0, false },
	{ "QUIT, one connection queued, TCP", AF_INET, SIGQUIT, 1, false },
	{ "QUIT, empty queue, unix", AF_UNIX, SIGQUIT, 0, false },
	{ "QUIT, two connections queued, unix", AF_UNIX, SIGQUIT, 2, false },
	{ "TERM, one connection queued, TCP", AF_INET, SIGTERM, 1, false },
};

Test(accept_step, loses_neither_signal_nor_connection_at_any_instruction,
     .timeout = 240)
{
	struct tally t;
	size_t i;

	for (i = 0; i < countof(scenes); i++) {
		t = walk(&scenes[i]);
		cr_expect_eq(t.lost_signals, 0, "%s: %u signals lost at %u boundaries",
		             scenes[i].name, t.lost_signals, t.boundaries);
		cr_expect_eq(t.lost_connections, 0,
		             "%s: %u connections lost at %u boundaries", scenes[i].name,
		             t.lost_connections, t.boundaries);
		cr_expect_eq(t.wrong_ends, 0, "%s: %u wrong ends at %u boundaries",
		             scenes[i].name, t.wrong_ends, t.boundaries);
	}
}

Test(accept_step, finds_the_signals_that_a_mere_flag_loses, .timeout = 240)
{
	static const struct scene flag = { "a mere flag", AF_INET, SIGQUIT, 1, true };
	struct tally t = walk(&flag);

	cr_assert_gt(t.lost_signals, 0, "the walk does not find the textbook bug");
	cr_assert_eq(t.lost_connections, 0, "%u connections", t.lost_connections);
}
