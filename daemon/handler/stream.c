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
	s->idle_usec = set->idle_usec;
	s->receive_usec = 0;
	s->late = SERVE_ERROR; /* keep_alive says ETIMEDOUT too */
	s->in = 0;
	s->out = 0;
	s->deadline_usec = handler_deadline_start(run, set->max_duration_usec);
	set_receive_timeout(s, set->first_byte_usec);
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

/* A call was interrupted: must we go?  0 to call again. */
static int
interrupted(struct stream *s)
{
	if (handler_must_end(s->run))
		return -ECANCELED;
	if (s->deadline_usec != USEC_NEVER && clock_usec() >= s->deadline_usec)
		return time_out(s, SERVE_MAX_DURATION);
	return 0;
}

ssize_t
stream_read(struct stream *s, void *buf, size_t size)
{
	ssize_t n;
	int r;

	for (;;) {
		n = recv(s->fd, buf, size, 0);
		if (n >= 0)
			break;
		if (errno == EAGAIN)
			return time_out(s, s->in > 0 ? SERVE_IDLE : SERVE_FIRST_BYTE);
		if (errno != EINTR)
			return -errno;
		r = interrupted(s);
		if (r < 0)
			return r;
	}
	/* The first byte has come: what follows may be as slow as idle_timeout. */
	if (n > 0)
		set_receive_timeout(s, s->idle_usec);
	s->in += (uint64_t)n;
	return n;
}

static int
wait_writable(struct stream *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	int timeout = -1;
	int n;
	int r;

	if (s->idle_usec)
		timeout = (int)(s->idle_usec / USEC_PER_MSEC);
	for (;;) {
		n = poll(&pfd, 1, timeout);
		if (n > 0)
			return 0;
		if (n == 0)
			return time_out(s, SERVE_IDLE);
		if (errno != EINTR)
			return -errno;
		r = interrupted(s);
		if (r < 0)
			return r;
	}
}

int
stream_write(struct stream *s, const void *data, size_t size)
{
	const char *p = data;
	ssize_t n;
	int r;

	while (size > 0) {
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
			r = errno == EINTR ? interrupted(s) : -errno;
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
		if (n == 0)
			return;
		if (n < 0 && (errno != EINTR || interrupted(s) < 0))
			return;
	}
}
