/*
 * report.h - what a starting worker tells its master: ready, or why not.
 *
 * One SOCK_SEQPACKET pair for each pool.  The kernel adds the sender's
 * credentials to each record, so that nobody can speak for another; a worker of
 * ours closes its end before it serves.
 */
#ifndef PREFORKD_WORKER_REPORT_H
#define PREFORKD_WORKER_REPORT_H

#include <stdint.h>
#include <sys/types.h>

enum report_kind {
	REPORT_READY,  /* about to accept */
	REPORT_FAILED, /* will end: it could not `what` because of `error` */
	REPORT_N_KINDS,
};

#define REPORT_WHAT_MAX 256

struct report {
	uint32_t kind;
	int32_t error; /* errno, positive; 0: `what` says it all */
	char what[REPORT_WHAT_MAX];
};

/* A pair: the master's end (non-blocking, with credentials) and the workers'.
 * 0 or -errno. */
int report_pair(int *ret_master_fd, int *ret_worker_fd);

/* In the worker.  Blocks while the master is behind.  0 or -errno. */
int report_send(int fd, enum report_kind kind, int error, const char *what);

/* In the master: the next record and who sent it.  1, 0 if there is none, -EBADMSG if
 * it is no record (the next may be one), or -errno.  `what` is terminated and
 * printable. */
int report_receive(int fd, struct report *ret, pid_t *ret_pid);

#endif
