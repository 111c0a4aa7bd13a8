/*
 * waits.c - the system call a process is in, and on which descriptors it waits there.
 */
#include "config.h"

#include "ctl/waits.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/macros.h"

enum source {
	NO_FD,
	FIRST, /* the first argument is the descriptor */
	POLL_SET,
	SELECT_SET,
	EPOLL_SET,
};

#define CALL(name, kind, source)                                                       \
	{                                                                              \
		SYS_##name, #name, kind, source                                        \
	}

/* Those that wait.  The older ones exist on some processors only. */
static const struct {
	long number;
	const char *name;
	enum wait_kind kind;
	enum source source;
} calls[] = {
	CALL(accept, WAIT_ACCEPT, FIRST),
	CALL(accept4, WAIT_ACCEPT, FIRST),
	CALL(read, WAIT_READ, FIRST),
	CALL(pread64, WAIT_READ, FIRST),
	CALL(readv, WAIT_READ, FIRST),
	CALL(preadv, WAIT_READ, FIRST),
	CALL(recvfrom, WAIT_READ, FIRST),
	CALL(recvmsg, WAIT_READ, FIRST),
	CALL(recvmmsg, WAIT_READ, FIRST),
	CALL(splice, WAIT_READ, FIRST),
	CALL(write, WAIT_WRITE, FIRST),
	CALL(pwrite64, WAIT_WRITE, FIRST),
	CALL(writev, WAIT_WRITE, FIRST),
	CALL(pwritev, WAIT_WRITE, FIRST),
	CALL(sendto, WAIT_WRITE, FIRST),
	CALL(sendmsg, WAIT_WRITE, FIRST),
	CALL(sendmmsg, WAIT_WRITE, FIRST),
	CALL(sendfile, WAIT_WRITE, FIRST),
	CALL(fsync, WAIT_WRITE, FIRST),
	CALL(fdatasync, WAIT_WRITE, FIRST),
	CALL(connect, WAIT_CONNECT, FIRST),
	CALL(ppoll, WAIT_POLL, POLL_SET),
	CALL(pselect6, WAIT_POLL, SELECT_SET),
	CALL(epoll_pwait, WAIT_POLL, EPOLL_SET),
#ifdef SYS_poll
	CALL(poll, WAIT_POLL, POLL_SET),
	CALL(select, WAIT_POLL, SELECT_SET),
	CALL(epoll_wait, WAIT_POLL, EPOLL_SET),
	CALL(pause, WAIT_SIGNAL, NO_FD),
#endif
#ifdef SYS_epoll_pwait2
	CALL(epoll_pwait2, WAIT_POLL, EPOLL_SET),
#endif
	CALL(wait4, WAIT_CHILD, NO_FD),
	CALL(waitid, WAIT_CHILD, NO_FD),
	CALL(nanosleep, WAIT_SLEEP, NO_FD),
	CALL(clock_nanosleep, WAIT_SLEEP, NO_FD),
	CALL(rt_sigtimedwait, WAIT_SIGNAL, NO_FD),
	CALL(rt_sigsuspend, WAIT_SIGNAL, NO_FD),
	CALL(futex, WAIT_THREAD, NO_FD),
	CALL(flock, WAIT_LOCK, FIRST),
	CALL(fcntl, WAIT_LOCK, FIRST),
	CALL(openat, WAIT_OTHER, NO_FD),
	CALL(restart_syscall, WAIT_SLEEP, NO_FD),
	CALL(io_uring_enter, WAIT_OTHER, NO_FD),
	CALL(msgrcv, WAIT_OTHER, NO_FD),
	CALL(semtimedop, WAIT_OTHER, NO_FD),
};

static void
add_wish(struct wait *w, int fd, bool to_read, bool to_write)
{
	if (w->n == WISHES_MAX) {
		w->partly = true;
		return;
	}
	w->wishes[w->n++] = (struct wish){ fd, to_read, to_write };
}

static enum source
decode(const struct process_call *call, struct wait *ret)
{
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->number = call->number;
	if (call->running || call->number < 0)
		return NO_FD;
	ret->kind = WAIT_OTHER;
	for (i = 0; i < countof(calls); i++) {
		if (calls[i].number != call->number)
			continue;
		ret->kind = calls[i].kind;
		ret->call = calls[i].name;
		if (calls[i].source == FIRST)
			add_wish(ret, (int)call->args[0], ret->kind != WAIT_WRITE,
			         ret->kind == WAIT_WRITE);
		return calls[i].source;
	}
	return NO_FD;
}

void
wait_decode(const struct process_call *call, struct wait *ret)
{
	(void)decode(call, ret);
}

static bool
peek(pid_t pid, uint64_t at, void *buf, size_t size)
{
	struct iovec here = { buf, size };
	struct iovec there = { (void *)(uintptr_t)at,
		               size }; /* its address, not ours */

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static void
read_poll_set(const struct process *p, struct wait *w)
{
	struct pollfd set[WISHES_MAX];
	uint64_t n = p->call.args[1];
	uint64_t i;

	w->partly = n > WISHES_MAX;
	if (n > WISHES_MAX)
		n = WISHES_MAX;
	if (n > 0 && !peek(p->pid, p->call.args[0], set, n * sizeof(*set))) {
		w->partly = true;
		return;
	}
	for (i = 0; i < n; i++) {
		if (set[i].fd >= 0)
			add_wish(w, set[i].fd, (set[i].events & POLLIN) != 0,
			         (set[i].events & POLLOUT) != 0);
	}
}

static void
read_select_set(const struct process *p, struct wait *w)
{
	uint64_t n = p->call.args[0];
	fd_set sets[2];
	int fd;
	int i;

	memset(sets, 0, sizeof(sets));
	if (n > FD_SETSIZE)
		n = FD_SETSIZE;
	for (i = 0; i < 2; i++) {
		if (p->call.args[1 + i] != 0 && n > 0 &&
		    !peek(p->pid, p->call.args[1 + i], sets + i, (n + 63) / 64 * 8))
			w->partly = true;
	}
	for (fd = 0; fd < (int)n; fd++) {
		if (FD_ISSET(fd, sets) || FD_ISSET(fd, sets + 1))
			add_wish(w, fd, FD_ISSET(fd, sets), FD_ISSET(fd, sets + 1));
	}
}

/* "tfd:       11 events:       19 data: ..." */
void
wait_parse_epoll(const char *text, struct wait *w)
{
	unsigned events;
	int fd;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (sscanf(text, "tfd: %d events: %x", &fd, &events) == 2)
			add_wish(w, fd, (events & EPOLLIN) != 0,
			         (events & EPOLLOUT) != 0);
	}
}

static void
read_epoll_set(const struct process *p, struct wait *w)
{
	char text[8192];
	char name[32];

	(void)snprintf(name, sizeof(name), "fdinfo/%d", (int)p->call.args[0]);
	if (process_read_file(p->pid, name, text, sizeof(text)) <= 0)
		w->partly = true;
	wait_parse_epoll(text, w);
}

void
wait_read(const struct process *p, struct wait *ret)
{
	switch (decode(&p->call, ret)) {
	case NO_FD:
	case FIRST:
		break;
	case POLL_SET:
		read_poll_set(p, ret);
		break;
	case SELECT_SET:
		read_select_set(p, ret);
		break;
	case EPOLL_SET:
		read_epoll_set(p, ret);
		break;
	}
}
