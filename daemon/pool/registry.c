/*
 * registry.c - from a pid to its slot.
 *
 * Linear probing in a table that is at most half full; an entry that is removed
 * closes its gap by moving back what would not be found behind it (Knuth, TAOCP
 * vol. 3, 6.4, algorithm R), so there are no tombstones.
 */
#include "config.h"

#include "pool/registry.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/nofork.h"

/* Where a pid would like to be.  Pids come in runs; Fibonacci hashing (TAOCP vol. 3,
 * 6.4) spreads them. */
static size_t
home(const struct registry *r, pid_t pid)
{
	return ((uint32_t)pid * UINT32_C(2654435769) >> 7) & (r->room - 1);
}

static size_t
next(const struct registry *r, size_t i)
{
	return (i + 1) & (r->room - 1);
}

static void
put(struct registry *r, struct slot *slot)
{
	size_t i = home(r, slot->pid);

	while (r->table[i])
		i = next(r, i);
	r->table[i] = slot;
}

int
registry_reserve(struct registry *r, size_t n)
{
	struct registry bigger = *r;
	size_t i;

	bigger.reserved += n;
	if (bigger.room == 0)
		bigger.room = 512;
	while (bigger.room < bigger.reserved * 2)
		bigger.room *= 2;
	if (bigger.room > r->room) {
		bigger.table = nofork_alloc(bigger.room * sizeof(*bigger.table));
		if (!bigger.table)
			return -ENOMEM;
		for (i = 0; i < r->room; i++) {
			if (r->table[i])
				put(&bigger, r->table[i]);
		}
		nofork_free(r->table, r->room * sizeof(*r->table));
	}
	*r = bigger;
	return 0;
}

void
registry_unreserve(struct registry *r, size_t n)
{
	assert(r->reserved - r->n >= n);
	r->reserved -= n;
}

void
registry_done(struct registry *r)
{
	nofork_free(r->table, r->room * sizeof(*r->table));
	memset(r, 0, sizeof(*r));
}

int
registry_add(struct registry *r, struct slot *slot)
{
	if (r->n >= r->reserved)
		return -ENOSPC;
	put(r, slot);
	r->n++;
	return 0;
}

/* The index of the pid's entry, or of the free place where the search ended. */
static size_t
find(const struct registry *r, pid_t pid)
{
	size_t i = home(r, pid);

	while (r->table[i] && r->table[i]->pid != pid)
		i = next(r, i);
	return i;
}

struct slot *
registry_find(const struct registry *r, pid_t pid)
{
	return r->room == 0 ? NULL : r->table[find(r, pid)];
}

void
registry_remove(struct registry *r, const struct slot *slot)
{
	size_t gap;
	size_t i;
	size_t want;

	if (r->room == 0)
		return;
	gap = find(r, slot->pid);
	if (r->table[gap] != slot)
		return;
	for (i = next(r, gap); r->table[i]; i = next(r, i)) {
		want = home(r, r->table[i]->pid);
		/* May it stand in the gap?  Not if its home is behind the gap. */
		if (((i - want) & (r->room - 1)) < ((i - gap) & (r->room - 1)))
			continue;
		r->table[gap] = r->table[i];
		gap = i;
	}
	r->table[gap] = NULL;
	r->n--;
}
