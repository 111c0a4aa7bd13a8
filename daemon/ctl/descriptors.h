/*
 * descriptors.h - the open descriptors of a process, and what they mean.
 */
#ifndef PREFORKD_CTL_DESCRIPTORS_H
#define PREFORKD_CTL_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ctl/sockets.h"

/* Who wants more has the rest counted only. */
#define DESCRIPTORS_MAX 256

/* By what a socket of the service is told from any other. */
struct clientele {
	const char *peer;       /* whom the worker serves; "" */
	char *const *addresses; /* where the service listens; NULL */
};

struct descriptor {
	int fd;
	char target[SOCKET_TEXT_MAX * 2]; /* as the link in /proc says it */
	bool is_socket;
	bool has_facts;
	bool is_client; /* the connection of a client of the service */
	struct socket_facts facts;
};

struct descriptors {
	struct descriptor *list; /* by number */
	size_t n;
	size_t left_out;
	int error; /* 0, or why there are none: -EACCES */
};

/* The connection of one of its clients? */
bool descriptor_is_client(const struct socket_facts *s, const struct clientele *of);

/* The sockets are looked up in `sockets`, which is filled on the way.  0, or -ENOMEM.
 */
int descriptors_read(pid_t pid, struct sockets *sockets, const struct clientele *of,
                     struct descriptors *ret);
void descriptors_done(struct descriptors *d);

/* NULL: none of that number. */
const struct descriptor *descriptors_find(const struct descriptors *d, int fd);

/* "127.0.0.1:80 <- 192.0.2.7:40112, Send-Q 12", "listens on /run/x.sock", "/dev/null".
 */
char *descriptor_describe(const struct descriptor *d, char *buf, size_t size);

#endif
