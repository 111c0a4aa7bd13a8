/*
 * unix_path.h - the part of a listener that is a name in the file system.
 *
 * For listener.c only.
 */
#ifndef PREFORKD_NET_UNIX_PATH_H
#define PREFORKD_NET_UNIX_PATH_H

#include "net/listener.h"

/* Binds `fd` to the path in l->asked, with mode and owner, replacing a dead socket.
 * 0, or -errno and *ret_error.  From the moment the inode is ours l->dev and l->ino
 * name it, also on failure: the caller then unlinks.  Does not log. */
int unix_path_bind(struct listener *l, int fd, const struct listener_options *o,
                   struct listener_error *ret_error);

/* An O_PATH descriptor of the path, if it still is the inode that was bound: the
 * caller's, or -errno; -ESTALE if it is not. */
int unix_path_hold(const struct listener *l);

/* The path of a socket that we bound in an earlier life: is it there?  Then it is ours
 * again.  0 or -errno. */
int unix_path_reclaim(struct listener *l);

/* Unlinks the path if it still is the inode that was bound. */
void unix_path_unlink(const struct listener *l);

#endif
