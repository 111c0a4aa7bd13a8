/*
 * bare.c - the least a prefork server can do, to measure preforkd against.
 *
 *     bare [-s] echo ADDRESS PROCESSES
 *     bare [-s] inetd ADDRESS PROCESSES -- COMMAND [ARGUMENT...]
 *     bare [-s] forking ADDRESS 1
 *
 * PROCESSES children block in accept4() on one listener.  `echo` costs five
 * system calls a connection: accept4, read, write, read, close.  `inetd` starts
 * COMMAND with the connection on its standard input and output and waits for
 * it.  `forking` is echo with a process forked for each connection, the fastest way to
 * serve whoever comes without having waited for him.  No supervision, no timeouts, no
 * log, no titles: nothing here may grow, or the comparison is worth less.  With -s each
 * child leads a session: under sched_autogroup the kernel deals out time by session,
 * and only servers with as many of them compete alike.
 *
 * Prints the address it listens on, the port that the kernel chose included.
 * SIGTERM or SIGINT ends it together with its children, with exit code 0; a
 * child that dies before is an error.
 */
#include "config.h"

#include "address.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACKLOG = 4096,
	MAX_PROCESSES = 16384,
	READ_SIZE = 16384,
};

static void
serve_echo(int connection)
{
	static char buffer[READ_SIZE];

	for (;;) {
		ssize_t got = read(connection, buffer, sizeof(buffer));
		ssize_t put = 0;

		if (got <= 0)
			return;
		while (put < got) {
			ssize_t n =
			    write(connection, buffer + put, (size_t)(got - put));

			if (n <= 0)
				return;
			put += n;
		}
	}
}

static void
work_echo(int listener)
{
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0)
			continue;
		serve_echo(connection);
		(void)close(connection);
	}
}

static void
work_forking(int listener)
{
	pid_t parent = getpid();

	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (connection < 0)
			continue;
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() == parent)
				serve_echo(connection);
			_exit(0);
		}
		(void)close(connection);
	}
}

static void
work_inetd(int listener, char *const *command)
{
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pid_t pid;

		if (connection < 0)
			continue;
		pid = vfork();
		if (pid == 0) {
			if (dup2(connection, STDIN_FILENO) >= 0 &&
			    dup2(connection, STDOUT_FILENO) >= 0)
				(void)execv(command[0], command);
			_exit(127);
		}
		(void)close(connection);
		if (pid > 0)
			(void)wait4(pid, NULL, 0, NULL);
	}
}

static int
open_listener(const char *text)
{
	struct bench_address at;
	char bound[128];
	int one = 1;
	int fd;

	if (bench_address_parse(text, &at) < 0)
		errx(64, "'%s' is no address; 127.0.0.1:0, [::1]:0, /path or @name",
		     text);
	fd = socket(at.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &at.sa, at.len) < 0 || listen(fd, BACKLOG) < 0)
		err(1, "cannot listen on '%s'", text);
	if (at.sa.sa_family != AF_UNIX && getsockname(fd, &at.sa, &at.len) < 0)
		err(1, "getsockname");
	bench_address_print(&at, bound, sizeof(bound));
	(void)printf("%s\n", bound);
	(void)fflush(stdout);
	return fd;
}

static void
start(int listener, char *const *command, bool forking, bool session,
      const sigset_t *mask, pid_t *ret_pid)
{
	pid_t master = getpid();
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0) {
		*ret_pid = pid;
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != master)
		_exit(0);
	if (session)
		(void)setsid();
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	if (command)
		work_inetd(listener, command);
	else if (forking)
		work_forking(listener);
	else
		work_echo(listener);
	_exit(0);
}

static void
usage(void)
{
	(void)fputs(
	    "usage: bare [-s] echo ADDRESS PROCESSES\n"
	    "       bare [-s] inetd ADDRESS PROCESSES -- /COMMAND [ARGUMENT...]\n"
	    "       bare [-s] forking ADDRESS 1\n",
	    stderr);
	exit(64);
}

int
main(int argc, char **argv)
{
	char *const *command = NULL;
	sigset_t waited;
	sigset_t before;
	int listener;
	long processes;
	long started = 0;
	pid_t *pids;
	bool forking = false;
	bool session = argc > 1 && strcmp(argv[1], "-s") == 0;
	int signo;

	argc -= session;
	argv += session;
	if (argc == 4 && strcmp(argv[1], "echo") == 0)
		command = NULL;
	else if (argc >= 6 && strcmp(argv[1], "inetd") == 0 &&
	         strcmp(argv[4], "--") == 0)
		command = argv + 5;
	else if (argc == 4 && strcmp(argv[1], "forking") == 0)
		forking = true;
	else
		usage();
	processes = strtol(argv[3], NULL, 10);
	if (processes < 1 || processes > MAX_PROCESSES)
		errx(64, "processes: '%s', allowed 1 to %d", argv[3], MAX_PROCESSES);
	pids = calloc((size_t)processes, sizeof(*pids));
	if (!pids)
		err(1, "calloc");

	(void)sigemptyset(&waited);
	(void)sigaddset(&waited, SIGTERM);
	(void)sigaddset(&waited, SIGINT);
	(void)sigaddset(&waited, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &waited, &before);
	listener = open_listener(argv[2]);
	while (started < processes)
		start(listener, command, forking, session, &before, &pids[started++]);

	do
		signo = sigwaitinfo(&waited, NULL);
	while (signo < 0 && errno == EINTR);
	while (started > 0)
		(void)kill(pids[--started], SIGKILL);
	while (wait(NULL) > 0)
		continue;
	free(pids);
	if (signo == SIGCHLD)
		errx(1, "a worker died");
	return 0;
}
