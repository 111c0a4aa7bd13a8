/*
 * mend.c - what others who share a listening socket have done to it, undone.
 *
 * A socket of TCP that was shut down listens again, and keeps its address and who waits
 * at it; a unix socket that was shut down stays so, and must be opened anew.
 */
#include "config.h"

#include "net/mend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "net/queue.h"

static bool
ask_flag(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 && value;
}

static bool
is_at_home(const struct listener *l)
{
	struct address now;

	return address_of_socket(l->fd, &now) == 0 && address_equal(&now, &l->bound);
}

/* A socket that was shut down hangs up; one that got its port from the kernel loses it
 * then, and could have been given another one. */
static bool
is_sound(const struct listener *l)
{
	struct pollfd pfd = { .fd = l->fd, .events = POLLRDHUP };

	return poll(&pfd, 1, 0) == 0 && ask_flag(l->fd, SO_ACCEPTCONN) && is_at_home(l);
}

/* Whose socket it is says how long the queue may be. */
static int
backlog_of(const struct listener *l, const struct listener_options *o)
{
	return l->adopted && l->limit > 0 ? (int)l->limit : o->backlog;
}

/* The second to shut a socket of TCP down finds it closed, and leaves a mark on it that
 * listen() does not take away: every connection would be born shut down.  To connect
 * to nowhere takes it away; a socket that listens somewhere else stops to. */
static bool
listen_again(const struct listener *l, const struct listener_options *o)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	if (!address_is_ip(&l->bound))
		return false;
	if (!ask_flag(l->fd, SO_ACCEPTCONN) || !is_at_home(l))
		(void)connect(l->fd, &nowhere, sizeof(nowhere));
	/* A port that the kernel had chosen is lost, whatever getsockname() says; one
	 * that was asked for is kept, and the call fails. */
	(void)bind(l->fd, (const struct sockaddr *)&l->bound.sa, l->bound.len);
	return listen(l->fd, backlog_of(l, o)) == 0 && is_sound(l);
}

static void
mend_queue(struct listener *l, const struct listener_options *o, struct mended *ret)
{
	struct queue queue;

	if (l->limit == 0 || queue_read(l->fd, &queue) < 0 || queue.limit == l->limit)
		return;
	ret->limit = queue.limit;
	ret->found |= 1U << HARM_QUEUE;
	(void)listen(l->fd, backlog_of(l, o));
	/* net.core.somaxconn may be another by now. */
	if (queue_read(l->fd, &queue) == 0)
		l->limit = queue.limit;
}

static void
mend_flags(const struct listener *l, struct mended *ret)
{
	const int foreign = O_NONBLOCK | O_ASYNC;
	int flags = fcntl(l->fd, F_GETFL);

	if (flags < 0 || (flags & foreign) == 0)
		return;
	ret->found |= 1U << HARM_NONBLOCK;
	(void)fcntl(l->fd, F_SETFL, flags & ~foreign);
}

/* One of BPF's later kind is there, but its text is not told: EACCES. */
static bool
has_filter(const struct listener *l)
{
	socklen_t len = 0;

	if (getsockopt(l->fd, SOL_SOCKET, SO_GET_FILTER, NULL, &len) < 0)
		return errno == EACCES;
	return len > 0;
}

static void
mend_filter(const struct listener *l, struct mended *ret)
{
	const int ignored = 0;

	/* That of a fading one is ours; of a unix socket it does nothing. */
	if (!address_is_ip(&l->bound) || l->fading || !has_filter(l))
		return;
	ret->found |= 1U << HARM_FILTER;
	/* It may have been locked, and nobody can unlock it. */
	if (setsockopt(l->fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof(ignored)) <
	    0)
		ret->beyond |= 1U << HARM_FILTER;
}

void
listener_mend(struct listener *l, const struct listener_options *o, unsigned only,
              struct mended *ret)
{
	memset(ret, 0, sizeof(*ret));
	if ((only & 1U << HARM_SHUT) && !is_sound(l)) {
		ret->found |= 1U << HARM_SHUT;
		if (!listen_again(l, o)) {
			ret->beyond |= 1U << HARM_SHUT;
			return;
		}
	}
	if (only & 1U << HARM_QUEUE)
		mend_queue(l, o, ret);
	if (only & 1U << HARM_NONBLOCK)
		mend_flags(l, ret);
	if ((only & 1U << HARM_OPTIONS) &&
	    socket_options_put_back(l->fd, l->bound.sa.ss_family, &l->options,
	                            ret->options, sizeof(ret->options), ret->stuck,
	                            sizeof(ret->stuck)) > 0)
		ret->found |= 1U << HARM_OPTIONS;
	if (only & 1U << HARM_FILTER)
		mend_filter(l, ret);
}

int
listener_reopen(struct listener *l, const struct listener_options *o,
                struct listener_error *ret_error)
{
	struct listener fresh = *l;
	int r;

	/* Others have it open: what it binds is free only when it does not listen. */
	(void)shutdown(l->fd, SHUT_RDWR);
	listener_close(l);
	fresh.fd = -1;
	fresh.kept = false;
	/* Clients know the port, even if the kernel had chosen it. */
	fresh.asked = l->bound;
	r = listener_open(&fresh, o, ret_error);
	fresh.asked = l->asked;
	if (r < 0)
		return r;
	*l = fresh;
	return 0;
}
