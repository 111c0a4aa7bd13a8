/*
 * client.h - one process of the load generator: an epoll loop over its share of
 * the connections.
 *
 * Every connection has a deadline and every wait is bounded, so that a client
 * ends whatever the server does: a connection that is late is counted and
 * closed, and when nothing has succeeded for two deadlines the client gives up.
 */
#ifndef PREFORKD_BENCH_CLIENT_H
#define PREFORKD_BENCH_CLIENT_H

#include "address.h"
#include "tally.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_settings {
	struct bench_address to;
	uint64_t connections;   /* in all; 0: until the duration has passed */
	uint64_t duration_usec; /* with hold: how long after the last answer; 0: until
	                           told */
	uint64_t deadline_usec; /* of one connection */
	size_t bytes;           /* sent and read back on each */
	unsigned concurrency;   /* in all */
	unsigned processes;
	bool source_spread; /* bind to addresses all over 127.0.0.0/8 */
	bool hold;          /* open all, wait for every answer, keep them */
};

/* Shared by the parent and its clients. */
struct load_shared {
	atomic_bool stop;           /* finish what is open, begin nothing new */
	atomic_uint settled;        /* hold: connections answered or failed */
	atomic_uint held;           /* hold: connections answered */
	atomic_ullong settled_usec; /* hold: the time when the last one was */
	uint64_t started_usec;      /* by the clock of client_clock() */
	struct tally tally[];       /* one for each process */
};

/* Monotonic microseconds. */
uint64_t client_clock(void);

/* Runs client number `index` to its end; counts into shared->tally[index]. */
void client_run(const struct load_settings *set, struct load_shared *shared,
                unsigned index);

#endif
