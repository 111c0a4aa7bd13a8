/*
 * waits.h - the system call a process is in, and on which descriptors it waits there.
 */
#ifndef PREFORKD_CTL_WAITS_H
#define PREFORKD_CTL_WAITS_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/process.h"

enum wait_kind {
	WAIT_NOTHING, /* it runs, or is stopped, or may not be looked at */
	WAIT_ACCEPT,
	WAIT_READ,
	WAIT_WRITE,
	WAIT_CONNECT,
	WAIT_POLL, /* poll, select, epoll: for any of several */
	WAIT_CHILD,
	WAIT_SLEEP,
	WAIT_SIGNAL,
	WAIT_THREAD, /* futex */
	WAIT_LOCK,   /* of a file */
	WAIT_OTHER,
	WAIT_N_KINDS
};

#define WISHES_MAX 64

/* What is waited for of a descriptor. */
struct wish {
	int fd;
	bool read;
	bool write;
};

struct wait {
	enum wait_kind kind;
	long number;
	const char *call; /* its name; NULL: in no table of ours */
	struct wish wishes[WISHES_MAX];
	size_t n;
	bool partly; /* not all that it waits for may be seen, or there are more */
};

/* The kind, the name, and the descriptor if it is an argument. */
void wait_decode(const struct process_call *call, struct wait *ret);

/* Also what stands in the memory of the process, or in its epoll. */
void wait_read(const struct process *p, struct wait *ret);

/* Adds those of an epoll: the text of /proc/PID/fdinfo/N. */
void wait_parse_epoll(const char *text, struct wait *w);

#endif
