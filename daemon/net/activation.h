/*
 * activation.h - sockets that whoever started us has opened already.
 *
 * The protocol is sd_listen_fds(3).  This file collects what was passed and
 * finds it again, by the name of the service or by address; who gets which is
 * the caller's to decide.  Whoever is given an entry takes the descriptor with
 * fd_take(&p->fd), and nobody finds it a second time.
 */
#ifndef PREFORKD_NET_ACTIVATION_H
#define PREFORKD_NET_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"

/* The service manager's limit, and a terminator. */
#define ACTIVATION_NAME_MAX 256

struct passed {
	int fd;                         /* -1 once taken */
	char name[ACTIVATION_NAME_MAX]; /* FileDescriptorName= less ".socket"; "" if
	                                 * none */
	bool returned;                  /* taken once, and given back since */
	bool kept;            /* one of our own, from before a restart: nobody else's */
	struct address local; /* where it is bound */
	const char *unfit;    /* why it can serve no pool, or NULL */
};

struct activation {
	struct passed *sockets;
	size_t n;
};

/* The name under which the service manager keeps our own socket at this address. */
void activation_kept_name(const struct address *at, char *buf, size_t size);

/* Collects LISTEN_FDS, sets CLOEXEC and removes LISTEN_* from our environment,
 * so that it is called once and first.  0 (n may be 0) or -errno.  Does not log. */
int activation_init(struct activation *a);

/* Closes what nobody took, frees the rest. */
void activation_done(struct activation *a);

/* One that was taken is needed no more: another descriptor of it is kept for who comes
 * next.  The socket belongs to whoever passed it; its clients wait.  0 or -errno. */
int activation_give_back(struct activation *a, int fd, const struct address *bound);

/* The next fit socket named `service` that nobody has taken, or NULL.  One that was
 * kept or given back is found by its address alone. */
struct passed *activation_find_name(struct activation *a, const char *service);

/* The fit socket bound to this place that nobody has taken, or NULL.  A bare port
 * matches both "[::]:port" and "0.0.0.0:port". */
struct passed *activation_find_address(struct activation *a, const struct address *at);

#endif
