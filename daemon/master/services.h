/*
 * services.h - the services that run, and the generations of their pools.
 *
 * A service has a pool for each of its listeners, or one for a program.  While it
 * changes there are pools of several generations: those that come, those that serve,
 * those that finish.  One that was removed from the configuration stays in the table
 * until its last worker has ended, and goes on if it comes back before that.
 */
#ifndef PREFORKD_MASTER_SERVICES_H
#define PREFORKD_MASTER_SERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "net/activation.h"
#include "pool/pool.h"
#include "pool/rate.h"

/* What pools that are no more have left. */
struct service_past {
	uint64_t connections;
	uint64_t failed;
	uint64_t timed_out;
	uint64_t refused[REFUSED_N];
	struct effort effort;
	uint64_t starts;
	uint64_t ends[CAUSE_N];
	uint64_t saturated_usec;
	char last_failure[512];
	uint64_t last_failure_usec; /* 0: none */
};

struct service {
	const struct service_settings *settings; /* a reference is held */
	struct pool **pools;                     /* of all stages, oldest first */
	size_t n_pools;
	size_t room;
	unsigned generation; /* the latest that was begun */
	bool held;           /* drained, until it is resumed */
	bool changing;       /* a reload has not decided on it yet */
	bool removed;
	size_t place; /* in the configuration */
	struct service_past past;
	struct rate rate;                /* of connections */
	struct restart *restart;         /* restart.c; NULL: none */
	struct reread_waiter *rereaders; /* reread.c */
};

struct services {
	struct service **table; /* in the order of the configuration */
	size_t n;
	size_t room;
};

/* One pool a listener, or one for a program.  Enabled services only.  A passed socket
 * that fits none of them is an error.  0, or -errno (logged); what was made stays for
 * services_done(). */
int services_init(struct services *s, const struct settings *settings,
                  struct activation *activation, const struct pool_context *context);
void services_done(struct services *s);

/* The one of that name which is not removed, or NULL. */
struct service *services_find(const struct services *s, const char *name);

/* The one of that name which has been removed, and has yet to finish, or NULL. */
struct service *services_find_removed(const struct services *s, const char *name);

/* A new service without pools, last in the table; NULL: no memory. */
struct service *services_add(struct services *s, const struct service_settings *set);

/* Settings that take the place of the others. */
void service_move_settings(struct service *s, const struct service_settings *set);

/* The pools of a new generation, in `stage`, for these listeners, which become theirs.
 * 0, or -errno (logged): some may have been made. */
int service_add_pools(struct service *s, const struct service_settings *set,
                      const struct pool_context *context, enum pool_stage stage,
                      struct listener *list, size_t n);

/* Workers that its current pools may always have. */
unsigned service_count_workers(const struct service *s);

/* How many workers this pool may start, if there may be `total` (0: any number) in all:
 * every other one keeps what it has, and what it may always have. */
unsigned services_room(const struct services *s, unsigned total, const struct pool *p);

/* How many pools so many listeners make. */
size_t service_count_pools(const struct service_settings *set, size_t n_listeners);

/* Pools that have ended are counted into the past and freed, and services without any
 * that are removed; returns whether there were some. */
bool services_reap(struct services *s);

/* Does a current pool, other than `but`, listen on this address?  Its listener, or
 * NULL; `ret_pool` may be NULL. */
struct listener *services_listen_on(const struct services *s, const struct address *at,
                                    const struct pool *but, struct pool **ret_pool);

/* Puts the table into the order of the settings. */
void services_sort(struct services *s, const struct settings *settings);

/* By an administrator: it finishes what it has, clients wait in the queue; it goes
 * on. */
void service_hold(struct service *s);
void service_resume(struct service *s);

/* Every pool of every service, of every generation. */
#define SERVICES_FOREACH_POOL(pool, s)                                                 \
	for (size_t i_ = 0; i_ < (s)->n; i_++)                                         \
		for (size_t j_ = 0; j_ < (s)->table[i_]->n_pools &&                    \
		                    ((pool) = (s)->table[i_]->pools[j_], true);        \
		     j_++)

#endif
