/*
 * conn.h - one connection of the load generator, from connect() to the server's
 * end of file; and the client it belongs to.
 *
 * A connection ends by itself when it is good or has failed: it is then counted,
 * closed, and its place free again.
 */
#ifndef PREFORKD_BENCH_CONN_H
#define PREFORKD_BENCH_CONN_H

#include "client.h"

enum {
	TABLE_SIZE = 1 << 16,
	LINE_SIZE = 64,
};

enum conn_state {
	CONN_FREE,
	CONN_QUEUED,  /* a unix listener's queue is full: connect again soon */
	CONN_ECHOING, /* connecting, sending or reading back */
	CONN_HELD,    /* answered, kept open */
	CONN_CLOSING, /* half-closed, waiting for the server's end of file */
};

struct conn {
	enum conn_state state;
	int fd;
	bool asks_out; /* registered for EPOLLOUT */
	size_t sent;
	size_t received;
	size_t offset; /* in the table, of the first byte */
	uint64_t started_usec;
	uint64_t deadline_usec;
};

struct client {
	const struct load_settings *set;
	struct load_shared *shared;
	struct tally *tally;
	int epoll;
	struct conn *conns;
	struct conn **idle; /* the free ones, a stack */
	unsigned n_conns;
	unsigned n_idle;
	unsigned n_queued;
	uint64_t to_start;          /* connections left to begin */
	uint32_t source;            /* the next source address, host order */
	uint64_t random;            /* state of the generator */
	uint64_t last_ok;           /* when a connection last succeeded, or the start */
	uint64_t stop_at;           /* begin no more from then on */
	char table[2 * TABLE_SIZE]; /* twice the same, so that no piece wraps */
};

/* Fills the client's table, and begins its row of source addresses. */
void conn_seed(struct client *c, unsigned index);

/* Begins one on a free place. */
void conn_start(struct client *c);

/* Connects, and sends if that went through at once; again, if it is CONN_QUEUED. */
void conn_connect(struct client *c, struct conn *k);

/* Something has happened to it, says epoll. */
void conn_event(struct client *c, struct conn *k);

/* Half-closes: nothing more from us, what is left is the server's end of file. */
void conn_finish(struct client *c, struct conn *k);

/* Counts a failure and closes. */
void conn_fail(struct client *c, struct conn *k, enum failure kind);

#endif
