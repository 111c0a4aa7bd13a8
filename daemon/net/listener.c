/*
 * listener.c - one listening socket: opened once, closed once.
 *
 * Must never make a socket non-blocking, and never take a living listener's place:
 * SO_REUSEADDR only passes over what TCP remembers of the dead, SO_REUSEPORT is not
 * used.  What has to do with a path is in unix_path.c.
 */
#include "config.h"

#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/number.h"
#include "net/listener_error.h"
#include "net/queue.h"
#include "net/unix_path.h"

#define KEEP_ALIVE_IDLE_SEC 60
#define KEEP_ALIVE_INTERVAL_SEC 10
#define KEEP_ALIVE_PROBES 6

static int
set_option(int fd, int level, int option, int value, const char *what,
           struct listener_error *e)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		return fail(e, errno, what);
	return 0;
}

/* What every accepted connection gets from its listener.  Written both ways: an
 * adopted socket may come with another opinion. */
int
listener_set_inherited(int fd, const struct listener_options *o,
                       struct listener_error *e)
{
	int r;

	r = set_option(fd, IPPROTO_TCP, TCP_NODELAY, o->no_delay, "set TCP_NODELAY", e);
	if (r < 0)
		return r;
	r = set_option(fd, SOL_SOCKET, SO_KEEPALIVE, o->keep_alive, "set SO_KEEPALIVE",
	               e);
	if (r < 0 || !o->keep_alive)
		return r;
	r = set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_ALIVE_IDLE_SEC,
	               "set TCP_KEEPIDLE", e);
	if (r < 0)
		return r;
	r = set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_ALIVE_INTERVAL_SEC,
	               "set TCP_KEEPINTVL", e);
	if (r < 0)
		return r;
	return set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEP_ALIVE_PROBES,
	                  "set TCP_KEEPCNT", e);
}

/* What must be settled before bind(). */
static int
set_ip_options(int fd, int family, const struct listener_options *o,
               struct listener_error *e)
{
	int r;

	r = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, "set SO_REUSEADDR", e);
	if (r < 0)
		return r;
	if (family == AF_INET6) {
		/* Explicit, because net.ipv6.bindv6only changes the default. */
		r = set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, o->ipv6_only,
		               "set IPV6_V6ONLY", e);
		if (r < 0)
			return r;
	}
	if (o->free_bind) {
		r = family == AF_INET
		        ? set_option(fd, IPPROTO_IP, IP_FREEBIND, 1, "set free_bind", e)
		        : set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1,
		                     "set free_bind", e);
		if (r < 0)
			return r;
	}
	if (o->bind_to_device != NULL &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, o->bind_to_device,
	               (socklen_t)strlen(o->bind_to_device)) < 0)
		return fail(e, errno, "set bind_to_device");
	if (o->defer_accept_sec > 0) {
		r = set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT,
		               (int)o->defer_accept_sec, "set defer_accept", e);
		if (r < 0)
			return r;
	}
	return listener_set_inherited(fd, o, e);
}

int
listener_default_options(int family, const struct listener_options *o,
                         struct socket_options *ret, struct listener_error *ret_error)
{
	CLEANUP(fd_closep) int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = 0;

	if (fd < 0)
		return fail(ret_error, errno, "make a socket");
	if (address_family_is_ip(family))
		r = set_ip_options(fd, family, o, ret_error);
	if (r == 0)
		socket_options_read(fd, family, ret);
	return r;
}

/* One address, no second thoughts.  *l is changed only by a unix path's claim. */
static int
open_at(struct listener *l, const struct address *at, const struct listener_options *o,
        int *ret_fd, struct listener_error *e)
{
	CLEANUP(fd_closep) int fd = -1;
	int family = at->sa.ss_family, r;

	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(e, errno, "make a socket");
	if (address_is_ip(at)) {
		r = set_ip_options(fd, family, o, e);
		if (r < 0)
			return r;
	}
	if (address_is_unix_path(at)) {
		r = unix_path_bind(l, fd, o, e);
		if (r < 0)
			return r;
	} else if (bind(fd, (const struct sockaddr *)&at->sa, at->len) < 0) {
		return fail(e, errno, "bind");
	}
	if (listen(fd, o->backlog) < 0)
		return fail(e, errno, "listen");
	*ret_fd = fd_take(&fd);
	return 0;
}

static void
make_any_ipv4(struct address *ret, int port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons((uint16_t)port);
	address_from_sockaddr((const struct sockaddr *)&in, sizeof(in), ret);
}

int
listener_open(struct listener *l, const struct listener_options *o,
              struct listener_error *ret_error)
{
	CLEANUP(fd_closep) int fd = -1;
	struct address ipv4;
	int r;

	l->adopted = false;
	l->dev = 0;
	l->ino = 0;
	r = open_at(l, &l->asked, o, &fd, ret_error);
	if ((r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL) && l->asked.any &&
	    !o->ipv6_only) {
		make_any_ipv4(&ipv4, address_port(&l->asked));
		r = open_at(l, &ipv4, o, &fd, ret_error);
	}
	if (r == 0) {
		r = address_of_socket(fd, &l->bound);
		if (r < 0)
			(void)fail(ret_error, -r, "ask for the bound address");
	}
	if (r < 0) {
		unix_path_unlink(l);
		l->ino = 0;
		return r;
	}
	l->fd = fd_take(&fd);
	listener_remember(l);
	return 0;
}

void
listener_remember(struct listener *l)
{
	struct queue queue;

	l->limit = queue_read(l->fd, &queue) == 0 ? queue.limit : 0;
	socket_options_read(l->fd, l->bound.sa.ss_family, &l->options);
}

int
listener_adopt(struct listener *l, int fd, const struct listener_options *o,
               bool *ret_was_nonblocking, struct listener_error *ret_error)
{
	int type = 0, listening = 0, flags, r;
	socklen_t len = sizeof(type);
	struct address bound;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0)
		return fail(ret_error, errno, "ask for the kind of socket");
	if (type != SOCK_STREAM)
		return fail_plainly(ret_error, EPROTOTYPE, "it is no stream socket");
	len = sizeof(listening);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) < 0)
		return fail(ret_error, errno, "ask whether it listens");
	if (listening == 0)
		return fail_plainly(ret_error, EINVAL, "it is not listening");
	r = address_of_socket(fd, &bound);
	if (r < 0)
		return fail(ret_error, -r, "ask for the bound address");
	if (address_is_ip(&bound)) {
		r = listener_set_inherited(fd, o, ret_error);
		if (r < 0)
			return r;
	}
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return fail(ret_error, errno, "set CLOEXEC");
	flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return fail(ret_error, errno, "ask whether it is non-blocking");
	if ((flags & O_NONBLOCK) != 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return fail(ret_error, errno, "make it blocking");

	l->fd = fd;
	l->adopted = true;
	l->bound = bound;
	l->dev = 0;
	l->ino = 0;
	listener_remember(l);
	*ret_was_nonblocking = (flags & O_NONBLOCK) != 0;
	return 0;
}

/* While the socket is open its inode's number cannot be another's, so that the
 * path goes first. */
void
listener_close(struct listener *l)
{
	if (l->fd < 0)
		return;
	unix_path_unlink(l);
	fd_close(&l->fd);
	l->dev = 0;
	l->ino = 0;
}

int
listener_somaxconn(void)
{
	CLEANUP(fd_closep) int fd = -1;
	char text[16];
	uint64_t n;
	ssize_t len;
	int r;

	fd = open("/proc/sys/net/core/somaxconn", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	r = count_parse(text, &n);
	if (r < 0)
		return r;
	return n > INT_MAX ? INT_MAX : (int)n;
}
