/*
 * accept.c - waiting for a connection, and being told to stop.
 *
 * Why dup2() in the handler: a flag alone is lost when the signal falls between
 * the test of the flag and the call; SA_RESTART never wakes; O_NONBLOCK and
 * SO_RCVTIMEO belong to the open file and would reach every process that shares
 * it; siglongjmp() can lose the connection that accept4() has just returned.
 * Replacing the number is a store into this process's own table, async-signal-safe,
 * and correct at every instruction (tests/e2e walks them one by one).
 */
#include "config.h"

#include "worker/accept.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/signals.h"
#include "base/tick.h"

volatile sig_atomic_t accept_leaving OF_WORKERS;
volatile sig_atomic_t accept_ending OF_WORKERS;

static int armed_listener OF_WORKERS = -1;
static int armed_dead OF_WORKERS = -1;

/* After so many dead connections in a row the worker draws breath. */
#define DEAD_IN_A_ROW 100
#define PAUSE_MIN USEC_PER_MSEC
#define PAUSE_DEAD_MAX (100 * USEC_PER_MSEC)
#define PAUSE_SHORT_MIN (10 * USEC_PER_MSEC)
#define PAUSE_SHORT_MAX USEC_PER_SEC

/* A worker waits so long for its socket to be mended: longer than the master may leave
 * it as it is (pool/mend.c).  So often in a row may it listen in vain. */
#define PATIENCE_USEC (500 * USEC_PER_MSEC)
#define PAUSE_MENDING_MAX (32 * USEC_PER_MSEC)
#define LIES_MAX 3

/* What a worker does to itself when nobody is left to do it. */
static pid_t orphan_parent OF_WORKERS;
static timer_t orphan_timer OF_WORKERS;
static struct itimerspec orphan_deadline OF_WORKERS;

static void
on_sigquit(int signo)
{
	int saved = errno;

	(void)signo;
	accept_leaving = 1;
	(void)dup2(armed_dead, armed_listener); /* the next accept() says ENOTSOCK */
	if (orphan_parent > 0 && getppid() != orphan_parent)
		(void)timer_settime(orphan_timer, 0, &orphan_deadline, NULL);
	errno = saved;
}

static void
on_sigterm(int signo)
{
	int saved = errno;

	accept_ending = 1;
	on_sigquit(signo);
	tick_start(0);
	errno = saved;
}

int
accept_watch_parent(pid_t parent, uint64_t stop_usec)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		                  .sigev_signo = SIGTERM };

	if (stop_usec == 0)
		return 0;
	if (timer_create(CLOCK_MONOTONIC, &event, &orphan_timer) < 0)
		return -errno;
	orphan_deadline.it_value.tv_sec = (time_t)(stop_usec / USEC_PER_SEC);
	orphan_deadline.it_value.tv_nsec = (long)(stop_usec % USEC_PER_SEC) * 1000;
	orphan_parent = parent;
	return 0;
}

void
accept_arm(int listener_fd, int dead_fd)
{
	armed_listener = listener_fd;
	armed_dead = dead_fd;
	signals_handle(SIGQUIT, on_sigquit, SA_RESTART);
	signals_handle(SIGTERM, on_sigterm, SA_RESTART);
}

/* The connection died before we had it: nobody's fault, nothing to say. */
static bool
is_dead_connection(int error)
{
	switch (error) {
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EOPNOTSUPP:
	case ECONNRESET:
	case ETIMEDOUT:
	case ENOSR:
	case ESOCKTNOSUPPORT:
	case EPROTONOSUPPORT:
		return true;
	default:
		return false;
	}
}

/* Interruptible: a signal ends it early. */
static void
pause_for(uint64_t usec)
{
	struct timespec ts;

	ts.tv_sec = (time_t)(usec / USEC_PER_SEC);
	ts.tv_nsec = (long)(usec % USEC_PER_SEC) * 1000;
	(void)nanosleep(&ts, NULL);
}

/* Twice as long each time, half of it by chance: many workers in the same trouble
 * must not come back at the same instant. */
static uint64_t
pause_grow(uint64_t *pause, uint64_t min, uint64_t max)
{
	*pause = *pause < min ? min : *pause * 2;
	if (*pause > max)
		*pause = max;
	return *pause / 2 +
	       (clock_usec() + (uint64_t)getpid() * 7919) % (*pause / 2 + 1);
}

/* Somebody has made it non-blocking.  False: somebody has shut it down as well, which a
 * unix socket says here alone: accept() would say EAGAIN for ever, and poll() at once.
 */
static bool
wait_for_client(int listener_fd)
{
	struct pollfd pfd = { .fd = listener_fd, .events = POLLIN };

	/* A stop that comes now makes the number /dev/null, always readable. */
	return poll(&pfd, 1, -1) != 1 || (pfd.revents & POLLHUP) == 0;
}

static enum trouble
trouble_of(int error)
{
	switch (error) {
	case EAGAIN:
		return TROUBLE_NONBLOCK;
	case EPERM:
	case EACCES:
		return TROUBLE_DENIED;
	case ENFILE:
		return TROUBLE_FILES;
	case ENOBUFS:
	case ENOMEM:
		return TROUBLE_MEMORY;
	default:
		return TROUBLE_OTHER;
	}
}

/* What accept_next() has met on its way to one connection. */
struct patience {
	unsigned dead; /* connections that died before we had them */
	unsigned lies; /* it listened, and refused */
	uint64_t pause;
	uint32_t met; /* enum trouble, a bit each */
};

static void
tell(const struct acceptor *a, int error, struct patience *p)
{
	enum trouble kind = trouble_of(error);

	p->met |= UINT32_C(1) << kind;
	trouble_tell(a->troubles, kind, a->label, error);
}

/* What the call said is transient: waits as its class asks. */
static void
wait_out(const struct acceptor *a, int error, struct patience *p)
{
	if (error == EINTR)
		return;
	if (is_dead_connection(error)) {
		if (++p->dead >= DEAD_IN_A_ROW)
			pause_for(pause_grow(&p->pause, PAUSE_MIN, PAUSE_DEAD_MAX));
		return;
	}
	tell(a, error, p);
	if (trouble_of(error) == TROUBLE_DENIED)
		pause_for(PAUSE_MIN);
	else
		pause_for(pause_grow(&p->pause, PAUSE_SHORT_MIN, PAUSE_SHORT_MAX));
}

/* 1, 0, or -errno. */
static int
is_listening(int fd)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0)
		return -errno;
	return listening;
}

/* Whoever shares a socket of TCP can make it listen no more.  The master mends it at
 * once, and nobody needs to be replaced.  A unix socket, which cannot be mended, says
 * that it listens and refuses all the same. */
static bool
wait_for_mending(int listener_fd, unsigned *lies)
{
	uint64_t end = clock_usec() + PATIENCE_USEC;
	uint64_t pause = PAUSE_MIN;
	int r = is_listening(listener_fd);

	if (r > 0)
		return ++*lies < LIES_MAX;
	*lies = 0;
	for (; r <= 0 && !accept_leaving; r = is_listening(listener_fd)) {
		if (r < 0 || clock_usec() >= end)
			return false;
		pause_for(pause);
		if (pause < PAUSE_MENDING_MAX)
			pause *= 2;
	}
	return true;
}

int
accept_next(const struct acceptor *a, struct sockaddr_storage *sa, socklen_t *len)
{
	struct patience patience = { 0 };
	int fd;
	int error;

	for (;;) {
		*len = sizeof(*sa);
		fd = accept4(a->listener_fd, (struct sockaddr *)sa, len, SOCK_CLOEXEC);
		if (fd >= 0)
			break;
		error = errno;
		if (accept_leaving)
			return -ECANCELED;
		if (error == EINVAL && wait_for_mending(a->listener_fd, &patience.lies))
			continue;
		if (error == EMFILE || error == EINVAL)
			return -error;
		if (error == EBADF || error == ENOTSOCK)
			return -EBADF;
		if (error != EAGAIN) {
			wait_out(a, error, &patience);
			continue;
		}
		tell(a, error, &patience);
		if (!wait_for_client(a->listener_fd) && !accept_leaving)
			return -EINVAL;
	}
	if (patience.met)
		trouble_over(a->troubles, patience.met, a->label);
	return fd;
}
