/*
 * slots.c - who is working, and since when.
 */
#include "config.h"

#include "pool/slots.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "base/nofork.h"

static const char *const state_name[] = {
	[SLOT_FREE] = "free",
	[SLOT_STARTING] = "starting",
	[SLOT_READY] = "ready",
	[SLOT_RETIRING] = "retiring",
};
_Static_assert(countof(state_name) == SLOT_N_STATES, "name every slot state");

const char *
slot_state_name(enum slot_state state)
{
	return state_name[state];
}

int
slots_init(struct slots *s, struct pool *pool, unsigned capacity)
{
	unsigned i;

	memset(s, 0, sizeof(*s));
	s->table = nofork_alloc(capacity * sizeof(*s->table));
	if (!s->table)
		return -ENOMEM;
	s->capacity = capacity;
	s->count[SLOT_FREE] = capacity;
	for (i = 0; i < capacity; i++) {
		s->table[i].index = i;
		s->table[i].pool = pool;
		s->table[i].deadline_usec = USEC_NEVER;
	}
	return 0;
}

void
slots_done(struct slots *s)
{
	nofork_free(s->table, s->capacity * sizeof(*s->table));
	memset(s, 0, sizeof(*s));
}

struct slot *
slots_find_free(struct slots *s)
{
	while (s->first_free < s->capacity &&
	       s->table[s->first_free].state != SLOT_FREE)
		s->first_free++;
	return s->first_free < s->capacity ? &s->table[s->first_free] : NULL;
}

void
slots_set_state(struct slots *s, struct slot *slot, enum slot_state state)
{
	/* Who retires or is gone proves nothing any more. */
	if (slot->proven && (state == SLOT_RETIRING || state == SLOT_FREE)) {
		slot->proven = false;
		s->proven--;
	}
	assert(s->count[slot->state] > 0);
	s->count[slot->state]--;
	s->count[state]++;
	slot->state = state;
}

void
slots_set_proven(struct slots *s, struct slot *slot)
{
	if (slot->proven)
		return;
	slot->proven = true;
	s->proven++;
}

void
slots_take(struct slots *s, struct slot *slot, pid_t pid, uint64_t now_usec,
           uint64_t deadline_usec)
{
	assert(slot->state == SLOT_FREE && pid > 0);
	slot->pid = pid;
	slot->doom = DOOM_NONE;
	slot->before = DOOM_NONE;
	slot->reported = false;
	slot->wear = WEAR_NONE;
	slot->connections_limit = 0;
	slot->stopped_usec = 0;
	slot->patience_usec = 0;
	slot->started_usec = now_usec;
	slot->ready_usec = 0;
	slot->deadline_usec = deadline_usec;
	slots_set_state(s, slot, SLOT_STARTING);
}

void
slots_release(struct slots *s, struct slot *slot)
{
	assert(slot->state != SLOT_FREE);
	slots_set_state(s, slot, SLOT_FREE);
	slot->pid = 0;
	slot->deadline_usec = USEC_NEVER;
	if (slot->index < s->first_free)
		s->first_free = slot->index;
}

unsigned
slots_alive(const struct slots *s)
{
	return s->capacity - s->count[SLOT_FREE];
}
