/*
 * registry.c - from a pid to its slot.
 */
#include "config.h"

#include "pool/registry.h"

#include <errno.h>
#include <search.h>
#include <stddef.h>

/* A search passes a pointer to a pid: the first member of a slot. */
_Static_assert(offsetof(struct slot, pid) == 0, "a slot compares as its pid");

static int
compare(const void *a, const void *b)
{
	const pid_t x = *(const pid_t *)a;
	const pid_t y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

int
registry_add(struct registry *r, struct slot *slot)
{
	return tsearch(slot, &r->root, compare) ? 0 : -ENOMEM;
}

void
registry_remove(struct registry *r, const struct slot *slot)
{
	(void)tdelete(slot, &r->root, compare);
}

struct slot *
registry_find(const struct registry *r, pid_t pid)
{
	struct slot *const *found = tfind(&pid, &r->root, compare);

	return found ? *found : NULL;
}
