/*
 * registry.h - from a pid to its slot.
 *
 * Only unreaped children are in it, so that a pid stands for one process.  Room is
 * made when a pool is set up: nothing is allocated between fork and registration,
 * and, unlike the nodes of tsearch(3), the table is in no worker's memory
 * (base/nofork.h): with it the pages of 64 workers' heaps stay shared.
 */
#ifndef PREFORKD_POOL_REGISTRY_H
#define PREFORKD_POOL_REGISTRY_H

#include <sys/types.h>

#include "pool/slots.h"

struct registry {
	struct slot **table; /* open addressing, linear probing; a power of two */
	size_t room;
	size_t n;        /* slots in it */
	size_t reserved; /* slots there may be */
};

/* Room for n slots more.  0 or -ENOMEM. */
int registry_reserve(struct registry *r, size_t n);
void registry_done(struct registry *r);

/* n of them are not needed any more; the table stays as large as it is. */
void registry_unreserve(struct registry *r, size_t n);

/* 0, or -ENOSPC beyond what is reserved. */
int registry_add(struct registry *r, struct slot *slot);
void registry_remove(struct registry *r, const struct slot *slot);

/* The slot of a live worker, or NULL. */
struct slot *registry_find(const struct registry *r, pid_t pid);

#endif
