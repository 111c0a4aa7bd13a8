/*
 * registry.h - from a pid to its slot.
 *
 * Only unreaped children are in it, so that a pid stands for one process.
 */
#ifndef PREFORKD_POOL_REGISTRY_H
#define PREFORKD_POOL_REGISTRY_H

#include <sys/types.h>

#include "pool/slots.h"

struct registry {
	void *root; /* a tsearch(3) tree of struct slot */
};

/* 0 or -ENOMEM. */
int registry_add(struct registry *r, struct slot *slot);
void registry_remove(struct registry *r, const struct slot *slot);

/* The slot of a live worker, or NULL. */
struct slot *registry_find(const struct registry *r, pid_t pid);

#endif
