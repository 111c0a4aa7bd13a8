/*
 * activation.h - sockets that whoever started us has opened already.
 *
 * The protocol is sd_listen_fds(3).  This file collects what was passed; who
 * gets which is decided by activation_take(), by the name of the service first
 * and by address next.
 */
#ifndef PREFORKD_NET_ACTIVATION_H
#define PREFORKD_NET_ACTIVATION_H

#include <stddef.h>

#include "net/address.h"

struct passed {
	int fd;		      /* -1 once taken */
	char name[256];	      /* FileDescriptorName= less a trailing ".socket"; "" if none */
	struct address local; /* where it is bound */
	const char *unfit;    /* why it can serve no pool, or NULL: "it is not listening" */
};

struct activation {
	struct passed *sockets;
	size_t n;
};

/* Collects LISTEN_FDS, sets CLOEXEC and removes LISTEN_* from our environment,
 * so that it is called once and first.  0 (n may be 0) or -errno.  Does not log. */
int activation_init(struct activation *a);

/* Closes what nobody took, frees the rest. */
void activation_done(struct activation *a);

/* The next fit socket named `service`, or -1 / NULL-like: the entry stays in
 * `a` with fd -1 and the caller owns the descriptor.  NULL if there is none. */
struct passed *activation_find_name(struct activation *a, const char *service);

/* The fit socket bound to this place, or NULL.  A bare port matches both
 * "[::]:port" and "0.0.0.0:port". */
struct passed *activation_find_address(struct activation *a, const struct address *at);

#endif
