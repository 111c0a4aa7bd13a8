/*
 * gather.h - the listeners of a service: who has them already?
 */
#ifndef PREFORKD_MASTER_GATHER_H
#define PREFORKD_MASTER_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "net/activation.h"
#include "net/listener.h"

struct service;
struct services;

struct sources {
	struct activation *activation;
	bool only_one; /* the service is the only one: what is passed is its own */

	/* at a reload */
	const struct services *running;    /* NULL: nothing runs yet */
	const struct service *predecessor; /* of the same name, or NULL */
};

/* The listen list of a service: what it, or a service that changes with it, listens on
 * already, what was passed for it, and the rest, not yet open.  An array the caller
 * owns.  0, or -errno (logged). */
int service_listeners(const struct service_settings *set, const struct sources *from,
                      struct listener **ret, size_t *ret_n);

/* Closes them all, gives back what was passed and nobody uses. */
void service_listeners_free(struct listener *list, size_t n,
                            const struct sources *from);

/* What was passed and can serve no pool is said first: it explains what is then
 * missing.  0 or -EINVAL (logged). */
int gather_check_unfit(const struct activation *activation);

/* What was passed and taken by no service.  0 or -EINVAL (logged). */
int gather_check_leftover(const struct activation *activation);

#endif
