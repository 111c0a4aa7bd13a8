/*
 * queue.h - how many connections wait in a listener's accept queue.
 *
 * TCP: TCP_INFO on the listener (tcpi_unacked is the queue, tcpi_sacked its
 * limit).  Unix: sock_diag with UDIAG_SHOW_RQLEN, what `ss -xl` shows.
 */
#ifndef PREFORKD_NET_QUEUE_H
#define PREFORKD_NET_QUEUE_H

#include <stdint.h>

struct queue {
	uint32_t length;
	uint32_t limit;
};

/* 0 or -errno (-EOPNOTSUPP for other kinds, vsock).  Never blocks.  Opens and
 * closes a netlink socket for a unix listener.  Does not log. */
int queue_read(int listener_fd, struct queue *ret);

#endif
