/*
 * unix_path.c - a unix socket's name in the file system.
 *
 * Must never touch a file that is not a dead unix socket, never follow a symbolic
 * link in the last part of a path, never take a living listener's place.
 *
 * A path is made in an order that leaves no window: the mode is the inode's from
 * the instant bind() creates it, the owner is set before listen() lets the first
 * client in.  Whose inode it is, is noted through a descriptor of that very inode,
 * and chown goes through the same one.  Between bind() and listen() the socket
 * refuses clients and looks dead to another process that wants the path in that
 * very moment; nothing the kernel offers closes that gap without leaving a foreign
 * name in getsockname().
 *
 * umask() is the process's: these functions belong to the single-threaded master.
 */
#include "config.h"

#include "net/unix_path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"
#include "net/listener_error.h"

static const char what_alive[] = "another process listens on it";

static const char *
unix_path(const struct listener *l)
{
	return ((const struct sockaddr_un *)&l->asked.sa)->sun_path;
}

/* Does nobody listen on the socket at this path?  A socket that is not a stream
 * belongs to somebody too: EPROTOTYPE. */
static int
prove_dead(const struct address *at, struct listener_error *e)
{
	CLEANUP(fd_closep) int fd = -1;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(e, errno, "make a socket");
	if (connect(fd, (const struct sockaddr *)&at->sa, at->len) == 0)
		return fail_plainly(e, EADDRINUSE, what_alive);
	switch (errno) {
	case ECONNREFUSED:
	case ENOENT:
		return 0;
	case EAGAIN:
	case EPROTOTYPE:
		return fail_plainly(e, EADDRINUSE, what_alive);
	default:
		return fail(e, errno, "find out whether somebody listens on it");
	}
}

/* Makes the path free, or says why not.  The inode is held by a descriptor
 * meanwhile: its number cannot be given to a new socket, so that what is
 * unlinked is what was proved dead. */
static int
remove_stale(const struct listener *l, struct listener_error *e)
{
	CLEANUP(fd_closep) int held = -1;
	struct stat was, now;
	int r;

	held = open(unix_path(l), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (held < 0)
		return errno == ENOENT ? 0
		                       : fail(e, errno, "look at what is in the way");
	if (fstat(held, &was) < 0)
		return fail(e, errno, "look at what is in the way");
	if (!S_ISSOCK(was.st_mode))
		return fail_plainly(e, EEXIST,
		                    "a file that is no socket is in the way");
	r = prove_dead(&l->asked, e);
	if (r < 0)
		return r;
	if (lstat(unix_path(l), &now) < 0)
		return errno == ENOENT ? 0
		                       : fail(e, errno, "look at what is in the way");
	if (now.st_dev != was.st_dev || now.st_ino != was.st_ino)
		return 0; /* somebody was faster; the next bind() will tell */
	if (unlink(unix_path(l)) < 0 && errno != ENOENT)
		return fail(e, errno, "remove the dead socket in the way");
	return 0;
}

/* bind() makes the inode with what the umask leaves of 0777, so that the umask
 * alone sets the mode, and there is no instant with another one. */
static int
bind_with_mode(int fd, const struct address *at, mode_t mode)
{
	mode_t saved = umask(~mode & 0777);
	int r;

	r = bind(fd, (const struct sockaddr *)&at->sa, at->len) < 0 ? -errno : 0;
	(void)umask(saved);
	return r;
}

static int
explain_bind_failure(int error, struct listener_error *e)
{
	switch (error) {
	case ENOENT:
		return fail_plainly(e, error,
		                    "the folder does not exist; RuntimeDirectory= "
		                    "makes one below /run");
	case ENOTDIR:
		return fail_plainly(e, error, "a part of the path is no folder");
	default:
		return fail(e, error, "bind");
	}
}

/* From here on the path is ours to unlink. */
static int
claim_path(struct listener *l, const struct listener_options *o,
           struct listener_error *e)
{
	CLEANUP(fd_closep) int held = -1;
	struct stat st;

	held = open(unix_path(l), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (held < 0 || fstat(held, &st) < 0)
		return fail(e, errno, "look at the new socket");
	if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
		return fail_plainly(e, ESTALE, "somebody else replaced the new socket");
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	if ((o->socket_uid != (uid_t)-1 || o->socket_gid != (gid_t)-1) &&
	    fchownat(held, "", o->socket_uid, o->socket_gid, AT_EMPTY_PATH) < 0)
		return fail(e, errno, "set the socket's owner");
	return 0;
}

/* Tries again after a dead socket was removed; twice, because somebody else may
 * want the path, too. */
int
unix_path_bind(struct listener *l, int fd, const struct listener_options *o,
               struct listener_error *e)
{
	int r, tries;

	r = bind_with_mode(fd, &l->asked, o->socket_mode);
	for (tries = 0; r == -EADDRINUSE && tries < 2; tries++) {
		r = remove_stale(l, e);
		if (r < 0)
			return r;
		r = bind_with_mode(fd, &l->asked, o->socket_mode);
	}
	if (r < 0)
		return explain_bind_failure(-r, e);
	return claim_path(l, o, e);
}

int
unix_path_reclaim(struct listener *l)
{
	struct stat st;

	if (lstat(unix_path(l), &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
}

int
unix_path_hold(const struct listener *l)
{
	CLEANUP(fd_closep) int held = -1;
	struct stat st;

	held = open(unix_path(l), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (held < 0 || fstat(held, &st) < 0)
		return -errno;
	if (l->ino == 0 || st.st_dev != l->dev || st.st_ino != l->ino)
		return -ESTALE;
	return fd_take(&held);
}

/* Only if it still is the inode that was bound: an operator may have moved it
 * away, or a successor may have taken the name.  Of an adopted socket, and of one
 * without a path, no inode is noted. */
void
unix_path_unlink(const struct listener *l)
{
	struct stat st;

	if (l->ino == 0)
		return;
	if (lstat(unix_path(l), &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	if (st.st_dev == l->dev && st.st_ino == l->ino)
		(void)unlink(unix_path(l));
}
