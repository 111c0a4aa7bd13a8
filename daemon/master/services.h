/*
 * services.h - from settings and passed sockets to pools.
 */
#ifndef PREFORKD_MASTER_SERVICES_H
#define PREFORKD_MASTER_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "net/activation.h"
#include "pool/pool.h"

/* A service that is running. */
struct service {
	const struct service_settings *settings;
	struct pool **pools;
	size_t n_pools;
};

struct services {
	struct service *table;
	size_t n;
};

/* The listeners of a service: what was passed for it, and the rest of its listen
 * list, not yet open.  An array the caller owns.  0, or -errno (logged). */
int service_listeners(const struct service_settings *set, struct activation *activation,
                      bool only_one, struct listener **ret, size_t *ret_n);

/* One pool a listener, or one for a program.  Enabled services only.  A passed socket
 * that fits none of them is an error.  0, or -errno (logged); what was made stays for
 * services_done(). */
int services_init(struct services *s, const struct settings *settings,
                  struct activation *activation, const struct pool_context *context);
void services_done(struct services *s);

/* Every pool of every service. */
#define SERVICES_FOREACH_POOL(pool, s)                                                 \
	for (size_t i_ = 0; i_ < (s)->n; i_++)                                         \
		for (size_t j_ = 0; j_ < (s)->table[i_].n_pools &&                     \
		                    ((pool) = (s)->table[i_].pools[j_], true);         \
		     j_++)

#endif
