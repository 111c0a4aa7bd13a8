/*
 * stream.c - reading and writing a connection with deadlines.
 */
#include "config.h"

#include "handler/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/macros.h"

static void
set_receive_timeout(struct stream *s, uint64_t usec)
{
	struct timeval tv;

	if (usec == s->receive_usec)
		return;
	tv.tv_sec = (time_t)(usec / USEC_PER_SEC);
	tv.tv_usec = (suseconds_t)(usec % USEC_PER_SEC);
	/* Cannot fail on a socket; if it ever did, max_duration still bounds. */
	(void)setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	s->receive_usec = usec;
}

void
stream_init(struct stream *s, const struct handler_run *run, int fd)
{
	const struct service_settings *set = run->service;

	s->run = run;
	s->fd = fd;
	s->first_usec = set->first_byte_usec;
	s->idle_usec = set->idle_usec;
	s->part_usec = USEC_NEVER;
	s->receive_usec = 0;
	s->late = SERVE_ERROR; /* keep_alive says ETIMEDOUT too */
	s->in = 0;
	s->out = 0;
	s->deadline_usec = handler_deadline_start(run, set->max_duration_usec);
	set_receive_timeout(s, s->first_usec);
}

void
stream_done(struct stream *s)
{
	handler_deadline_stop(s->run, s->deadline_usec);
	s->deadline_usec = USEC_NEVER;
}

enum serve_end
stream_end(const struct stream *s, int r, struct connection *c)
{
	c->in = s->in;
	c->out = s->out;
	c->number = -r;
	if (r == 0)
		return SERVE_DONE;
	if (r == -ETIMEDOUT)
		return s->late;
	return r == -ECANCELED ? SERVE_CUT : SERVE_ERROR;
}

static int
time_out(struct stream *s, enum serve_end which)
{
	s->late = which;
	return -ETIMEDOUT;
}

/* Before every call, and after one that was interrupted: a peer that is never silent
 * interrupts nothing.  0, -ECANCELED or -ETIMEDOUT. */
static int
must_stop(struct stream *s)
{
	if (handler_must_end(s->run))
		return -ECANCELED;
	if (s->deadline_usec != USEC_NEVER && clock_usec() >= s->deadline_usec)
		return time_out(s, SERVE_MAX_DURATION);
	return 0;
}

/* How long a peer may be silent now; 0: for ever. */
static uint64_t
usual_timeout(const struct stream *s)
{
	return s->in > 0 ? s->idle_usec : s->first_usec;
}

void
stream_set_deadline(struct stream *s, uint64_t usec)
{
	s->part_usec = usec ? clock_usec() + usec : USEC_NEVER;
	if (usec == 0)
		set_receive_timeout(s, usual_timeout(s));
}

/* The next call waits for no longer than there is time for it.  0 or -ETIME. */
static int
arm_part(struct stream *s)
{
	uint64_t usual = usual_timeout(s);
	uint64_t now;
	uint64_t left;

	if (s->part_usec == USEC_NEVER)
		return 0;
	now = clock_usec();
	if (now >= s->part_usec)
		return -ETIME;
	left = s->part_usec - now;
	set_receive_timeout(s, usual > 0 && usual < left ? usual : left);
	return 0;
}

static bool
is_part_over(const struct stream *s)
{
	return s->part_usec != USEC_NEVER && clock_usec() >= s->part_usec;
}

/* Was it the part's deadline that a call has waited for? */
static bool
waited_for_part(const struct stream *s)
{
	return s->part_usec != USEC_NEVER && s->receive_usec != usual_timeout(s);
}

ssize_t
stream_read(struct stream *s, void *buf, size_t size)
{
	ssize_t n;
	int r;

	for (;;) {
		r = must_stop(s);
		if (r == 0)
			r = arm_part(s);
		if (r < 0)
			return r;
		n = recv(s->fd, buf, size, 0);
		if (n >= 0)
			break;
		if (errno == EAGAIN && waited_for_part(s))
			continue;
		if (errno == EAGAIN)
			return time_out(s, s->in > 0 ? SERVE_IDLE : SERVE_FIRST_BYTE);
		if (errno != EINTR)
			return -errno;
	}
	/* The first byte has come: what follows may be as slow as idle_timeout. */
	if (n > 0 && s->part_usec == USEC_NEVER)
		set_receive_timeout(s, s->idle_usec);
	s->in += (uint64_t)n;
	return n;
}

static int
wait_writable(struct stream *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	uint64_t until = s->idle_usec ? clock_usec() + s->idle_usec : USEC_NEVER;
	uint64_t first = s->part_usec < until ? s->part_usec : until;
	uint64_t now;
	int n;
	int r;

	for (;;) {
		r = must_stop(s);
		if (r < 0)
			return r;
		now = clock_usec();
		if (now >= first)
			return first == until ? time_out(s, SERVE_IDLE) : -ETIME;
		n = poll(&pfd, 1, clock_poll_msec(first, now));
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

int
stream_write(struct stream *s, const void *data, size_t size)
{
	const char *p = data;
	ssize_t n;
	int r;

	while (size > 0) {
		r = must_stop(s);
		if (r == 0 && is_part_over(s))
			r = -ETIME;
		if (r < 0)
			return r;
		n = send(s->fd, p, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0) {
			p += n;
			size -= (size_t)n;
			s->out += (uint64_t)n;
			continue;
		}
		if (errno == EAGAIN)
			r = wait_writable(s);
		else
			r = errno == EINTR ? 0 : -errno;
		if (r < 0)
			return r;
	}
	return 0;
}

void
stream_linger(struct stream *s)
{
	char waste[1024];
	uint64_t until;
	uint64_t now;
	ssize_t n;

	if (shutdown(s->fd, SHUT_WR) < 0)
		return;
	until = clock_usec() + s->run->service->linger_usec;
	for (;;) {
		now = clock_usec();
		if (now >= until)
			return;
		set_receive_timeout(s, until - now);
		n = recv(s->fd, waste, sizeof(waste), 0);
		if (n == 0 || (n < 0 && errno != EINTR) || must_stop(s) < 0)
			return;
	}
}
