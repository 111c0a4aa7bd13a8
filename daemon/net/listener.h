/*
 * listener.h - one listening socket: opened once, closed once.
 *
 * A socket is blocking and stays so: its O_NONBLOCK belongs to every process
 * that shares it.  Options that accepted sockets inherit (TCP_NODELAY,
 * SO_KEEPALIVE and its times) are set here, so that a connection costs no call
 * for them.
 */
#ifndef PREFORKD_NET_LISTENER_H
#define PREFORKD_NET_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/address.h"
#include "net/socket_options.h"

struct listener_options {
	int backlog;
	mode_t socket_mode; /* unix path: mode of the inode */
	uid_t socket_uid;   /* unix path: owner, (uid_t)-1: not changed */
	gid_t socket_gid;
	bool free_bind;             /* IP_FREEBIND: the address may not exist yet */
	bool no_delay;              /* TCP_NODELAY */
	bool keep_alive;            /* SO_KEEPALIVE, 60 s, 10 s, 6 times */
	unsigned defer_accept_sec;  /* TCP_DEFER_ACCEPT, 0: off */
	bool ipv6_only;             /* IPV6_V6ONLY; off on a bare port: dual stack */
	const char *bind_to_device; /* SO_BINDTODEVICE or NULL */
};

struct listener {
	int fd;               /* -1 while not open */
	bool adopted;         /* handed to us: never unlinked, never re-bound */
	bool kept;            /* taken back after a restart */
	bool fading;          /* nobody new gets in: served until its queue is empty */
	struct address asked; /* as configured */
	struct address bound; /* as the kernel has it (port 0 resolved) */
	dev_t dev;            /* of the unix path's inode when we bound it, so that */
	ino_t ino;            /* only our own socket is ever unlinked */
	uint32_t limit;       /* of its queue; 0: nobody tells */
	struct socket_options options;
};

/* Why listener_open() failed, for the one message of the caller: static text
 * like "bind", "another process listens on it",
 * "the folder does not exist; RuntimeDirectory= makes one below /run". */
struct listener_error {
	int error;        /* errno, positive; 0 when `what` says it all */
	const char *what; /* what was attempted or found */
};

/* Binds and listens.  A unix path: mode before bind(), owner before listen();
 * a stale socket there is replaced only after connect() has proved that nobody
 * listens; other kinds of file are never touched.  SO_REUSEADDR is set for TCP,
 * SO_REUSEPORT never.  0 and l->fd, l->bound, or -errno and *ret_error; `l` must
 * have l->asked set and fd -1.  Does not log. */
int listener_open(struct listener *l, const struct listener_options *o,
                  struct listener_error *ret_error);

/* Takes over a socket that is already listening: SO_ACCEPTCONN and SOCK_STREAM
 * are checked, a non-blocking one is set blocking once (*ret_was_nonblocking),
 * CLOEXEC is set, and the inherited options (no_delay, keep_alive) are set.  The
 * backlog and the address stay as they were made.  0 or -errno; the descriptor
 * stays the caller's on failure. */
int listener_adopt(struct listener *l, int fd, const struct listener_options *o,
                   bool *ret_was_nonblocking, struct listener_error *ret_error);

/* Takes back a socket of our own that somebody has kept for us: as it would have been
 * opened, but for what counts in bind() alone.  `l` has `asked` set.  0 or -errno; the
 * descriptor stays the caller's on failure: -ENOENT: its path is gone. */
int listener_take_back(struct listener *l, int fd, const struct listener_options *o,
                       struct listener_error *ret_error);

/* What it is like now is how it is to stay (mend.h). */
void listener_remember(struct listener *l);

/* Closes; unlinks the unix path if it still is the inode that was bound. */
void listener_close(struct listener *l);

/* listener_share.c: */

/* Another descriptor of the same socket, for `to`, whose `asked` is set; the path, if
 * there is one, stays with `from` until it is given.  0 or -errno. */
int listener_share(const struct listener *from, struct listener *to);
void listener_give_path(struct listener *from, struct listener *to);

/* Brings an open socket from one set of options to another.  NULL if all is as asked
 * for; else the key that could not be changed, with *ret_error (errno, positive) or,
 * where it is 0, because it counts only when a socket is bound. */
const char *listener_change(struct listener *l, const struct listener_options *from,
                            const struct listener_options *to, int *ret_error);

/* From now on no new client gets into its queue.  0; -EOPNOTSUPP for a kind of
 * socket that has no way to do that, or -errno. */
int listener_fade(struct listener *l);

/* Somebody wants a fading socket after all: clients get in again.  The path of a unix
 * socket does not come back; it is free to be bound anew.  0 or -errno. */
int listener_unfade(struct listener *l);

/* TCP_NODELAY, SO_KEEPALIVE and its times.  0, or -errno and *ret_error. */
int listener_set_inherited(int fd, const struct listener_options *o,
                           struct listener_error *ret_error);

/* What a new socket would be set to.  0, or -errno and *ret_error. */
int listener_default_options(int family, const struct listener_options *o,
                             struct socket_options *ret,
                             struct listener_error *ret_error);

/* net.core.somaxconn, to which the kernel silently cuts every backlog, or -errno.
 * Does not log: whether a cut is worth a word depends on who chose the backlog. */
int listener_somaxconn(void);

#endif
