/*
 * accept.h - waiting for a connection, and being told to stop.
 *
 * SIGQUIT: stop after the connection in hand.  SIGTERM: end now.  Neither a signal
 * nor a connection may be lost, wherever the signal falls: the handler puts a dead
 * descriptor in the listener's place, so that an accept4() that has not begun, or
 * is restarted, says ENOTSOCK, and one that has returned keeps what it has got.
 */
#ifndef PREFORKD_WORKER_ACCEPT_H
#define PREFORKD_WORKER_ACCEPT_H

#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "worker/trouble.h"

/* Set by SIGQUIT or SIGTERM; by SIGTERM. */
extern volatile sig_atomic_t accept_leaving;
extern volatile sig_atomic_t accept_ending;

/* Installs both handlers.  `dead_fd` is any descriptor that is no socket; it and
 * the listener stay open.  After SIGTERM blocking calls return EINTR again and
 * again (base/tick.h; tick_init() must have been called). */
void accept_arm(int listener_fd, int dead_fd);

/* A SIGQUIT that finds `parent` gone is followed by a SIGTERM after `stop_usec` (0:
 * never): the master, which would have sent it, is not there any more.  0 or -errno.
 * Before accept_arm(). */
int accept_watch_parent(pid_t parent, uint64_t stop_usec);

/* Where a worker accepts, how its messages begin, and what the pool has said already.
 */
struct acceptor {
	int listener_fd;
	const char *label;
	struct trouble_board *troubles;
};

/* The next connection, its address in *sa.  Transient errors are waited out here
 * by their class.  A descriptor with CLOEXEC, or
 *   -ECANCELED  told to stop
 *   -EMFILE     the process's descriptor table is full
 *   -EINVAL     the listener no longer listens
 *   -EBADF      a bug: the listener is no socket and nobody asked to stop
 * Logs what an administrator can mend, once per kind and pool, and its end. */
int accept_next(const struct acceptor *a, struct sockaddr_storage *sa, socklen_t *len);

#endif
