/*
 * retire.c - tells random workers to stop, again and again.
 *
 *     retire MASTER INTERVAL_USEC
 *
 * Sends SIGQUIT to a child of MASTER every so often, whichever it is and whatever it
 * is doing, until SIGTERM; then prints how many it has sent.  A child is taken hold
 * of by a pidfd and asked for its parent before it is signalled: a number that was
 * given to another process meanwhile hits nobody.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CHILDREN_MAX 4096

static volatile sig_atomic_t stop;

static void
on_sigterm(int signo)
{
	(void)signo;
	stop = 1;
}

/* The whole of a small file of /proc, terminated.  False if it is gone. */
static int
read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		(void)close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

static long
parent_of(long pid)
{
	char path[48];
	char text[512];
	char *after;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (!read_text(path, text, sizeof(text)))
		return -1;
	/* "pid (a name with anything in it) state parent …" */
	after = strrchr(text, ')');
	return after ? strtol(after + 4, NULL, 10) : -1;
}

/* One child by chance; -1 if there is none. */
static long
pick(long master)
{
	static char text[CHILDREN_MAX * 8];
	long pids[CHILDREN_MAX];
	size_t n = 0;
	char path[64];
	char *p = text;
	char *end;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", master,
	               master);
	if (!read_text(path, text, sizeof(text)))
		return -1;
	while (n < CHILDREN_MAX) {
		pids[n] = strtol(p, &end, 10);
		if (end == p)
			break;
		p = end;
		n++;
	}
	return n ? pids[(size_t)random() % n] : -1;
}

static int
retire(long pid, long master)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0U);
	int sent = 0;

	if (fd < 0)
		return 0;
	if (parent_of(pid) == master)
		sent = syscall(SYS_pidfd_send_signal, fd, SIGQUIT, NULL, 0U) == 0;
	(void)close(fd);
	return sent;
}

int
main(int argc, char **argv)
{
	struct timespec interval;
	struct sigaction sa;
	unsigned long sent = 0;
	long master;
	long usec;
	long pid;

	if (argc != 3)
		errx(64, "usage: retire MASTER INTERVAL_USEC");
	master = strtol(argv[1], NULL, 10);
	usec = strtol(argv[2], NULL, 10);
	interval.tv_sec = usec / 1000000;
	interval.tv_nsec = usec % 1000000 * 1000;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_sigterm;
	(void)sigaction(SIGTERM, &sa, NULL);
	srandom((unsigned)getpid());

	while (!stop) {
		(void)nanosleep(&interval, NULL);
		pid = pick(master);
		if (pid > 0)
			sent += (unsigned long)retire(pid, master);
	}
	printf("%lu\n", sent);
	return 0;
}
