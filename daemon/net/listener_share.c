/*
 * listener_share.c - one socket in the hands of two generations, and its end.
 *
 * A reload must neither close nor re-bind the socket of an address that stays: the
 * new generation gets a descriptor of the same socket, and the path of a unix socket
 * has one owner at any time, who may unlink it.
 *
 * An address that goes fades first: nobody new gets into the queue, and what is in
 * it is served.  Of TCP there is no call for that.  A filter on the listening socket
 * that drops each SYN does it: a client that comes too late sends its SYN again
 * after a second, and is refused then, for the socket is closed; one whose handshake
 * has begun gets in.  A unix path is unlinked, and new clients find nothing there.
 * Sockets of the abstract name space and of vsock cannot fade.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/filter.h>

#include "base/fd.h"
#include "base/macros.h"
#include "net/listener.h"
#include "net/unix_path.h"

/* The offset of the flags in a TCP header, where the filter's packet begins
 * (tcp_v4_rcv() and tcp_v6_rcv() hand it over from there). */
#define TCP_FLAGS_AT 13

int
listener_share(const struct listener *from, struct listener *to)
{
	int fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	to->fd = fd;
	to->adopted = from->adopted;
	to->bound = from->bound;
	to->dev = 0;
	to->ino = 0;
	to->limit = from->limit;
	to->options = from->options;
	return 0;
}

void
listener_give_path(struct listener *from, struct listener *to)
{
	to->dev = from->dev;
	to->ino = from->ino;
	from->dev = 0;
	from->ino = 0;
}

/* Mode and owner of a path that is ours; an owner that is not asked for any more is
 * who would own it if it were made now. */
static int
change_path(const struct listener *l, const struct listener_options *from,
            const struct listener_options *to)
{
	CLEANUP(fd_closep) int held = -1;
	uid_t uid = to->socket_uid;
	gid_t gid = to->socket_gid;
	char name[32];

	if (uid == (uid_t)-1 && from->socket_uid != (uid_t)-1)
		uid = geteuid();
	if (gid == (gid_t)-1 && from->socket_gid != (gid_t)-1)
		gid = getegid();

	held = unix_path_hold(l);
	if (held < 0)
		return held;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", held);
	if (chmod(name, to->socket_mode) < 0)
		return -errno;
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) &&
	    fchownat(held, "", uid, gid, AT_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static bool
same_device(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* What can be changed of a socket that is bound. */
static const char *
change_open(struct listener *l, const struct listener_options *from,
            const struct listener_options *to, int *ret_error)
{
	struct listener_error ignored;
	int defer = (int)to->defer_accept_sec;

	if (address_is_ip(&l->bound) &&
	    (from->no_delay != to->no_delay || from->keep_alive != to->keep_alive)) {
		*ret_error = -listener_set_inherited(l->fd, to, &ignored);
		if (*ret_error)
			return "no_delay, keep_alive";
	}
	/* All else is its owner's to say. */
	if (l->adopted)
		return NULL;
	if (from->backlog != to->backlog && listen(l->fd, to->backlog) < 0) {
		*ret_error = errno;
		return "backlog";
	}
	if (address_is_ip(&l->bound) &&
	    from->defer_accept_sec != to->defer_accept_sec &&
	    setsockopt(l->fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer, sizeof(defer)) <
	        0) {
		*ret_error = errno;
		return "defer_accept";
	}
	if (l->ino != 0 && (from->socket_mode != to->socket_mode ||
	                    from->socket_uid != to->socket_uid ||
	                    from->socket_gid != to->socket_gid)) {
		*ret_error = -change_path(l, from, to);
		if (*ret_error)
			return "socket_mode, socket_user, socket_group";
	}
	return NULL;
}

const char *
listener_change(struct listener *l, const struct listener_options *from,
                const struct listener_options *to, int *ret_error)
{
	const char *failed;

	*ret_error = 0;
	failed = change_open(l, from, to, ret_error);
	listener_remember(l);
	if (failed || l->adopted || !address_is_ip(&l->bound))
		return failed;
	/* What counts in bind() alone. */
	if (from->free_bind != to->free_bind)
		return "free_bind";
	if (from->ipv6_only != to->ipv6_only)
		return "ipv6_only";
	if (!same_device(from->bind_to_device, to->bind_to_device))
		return "bind_to_device";
	return NULL;
}

static int
drop_syns(int fd)
{
	/* A packet with SYN and without ACK is dropped, any other passes whole. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS_AT),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	const struct sock_fprog program = { countof(code), code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return -errno;
	return 0;
}

int
listener_fade(struct listener *l)
{
	l->fading = true;
	if (address_is_ip(&l->bound))
		return drop_syns(l->fd);
	if (!address_is_unix_path(&l->bound))
		return -EOPNOTSUPP;
	unix_path_unlink(l);
	l->dev = 0;
	l->ino = 0;
	return 0;
}

int
listener_unfade(struct listener *l)
{
	const int ignored = 0;

	l->fading = false;
	if (address_is_ip(&l->bound) &&
	    setsockopt(l->fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof(ignored)) <
	        0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

int
listener_take_back(struct listener *l, int fd, const struct listener_options *o,
                   struct listener_error *ret_error)
{
	struct listener back = *l;
	struct socket_options usual;
	char names[256];
	char stuck[128];
	const int ignored = 0;
	bool was_nonblocking;
	int r;

	r = listener_adopt(&back, fd, o, &was_nonblocking, ret_error);
	if (r < 0)
		return r;
	back.adopted = false;
	back.kept = true;
	ret_error->what = "find its path";
	if (address_is_unix_path(&back.bound)) {
		r = unix_path_reclaim(&back);
		if (r == 0) {
			ret_error->what = "set its mode and owner";
			r = change_path(&back, o, o);
		}
	}
	if (r == 0 && listen(fd, o->backlog) < 0) {
		ret_error->what = "listen";
		r = -errno;
	}
	if (r < 0) {
		ret_error->error = -r;
		return r;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof(ignored));
	/* What somebody may have done to it since it was opened is not for ever. */
	r = listener_default_options(back.bound.sa.ss_family, o, &usual, ret_error);
	if (r < 0)
		return r;
	(void)socket_options_put_back(fd, back.bound.sa.ss_family, &usual, names,
	                              sizeof(names), stuck, sizeof(stuck));
	listener_remember(&back);
	*l = back;
	return 0;
}
