/*
 * test_slots.c - the slot table against a model that is too simple to be wrong.
 */
#include "config.h"

#include "pool/slots.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define CAPACITY_MAX 40

/* Only ever compared. */
#define POOL ((struct pool *)&pool)
static char pool;

/* What should be, counted anew at every look. */
struct model {
	enum slot_state state[CAPACITY_MAX];
	bool proven[CAPACITY_MAX];
	pid_t pid[CAPACITY_MAX];
	unsigned capacity;
};

static void
compare(struct slots *s, const struct model *m, unsigned step)
{
	unsigned count[SLOT_N_STATES] = { 0 };
	unsigned i, proven = 0, lowest = m->capacity, alive = 0;
	const struct slot *slot;

	for (i = m->capacity; i-- > 0;) {
		count[m->state[i]]++;
		proven += m->proven[i];
		alive += m->state[i] != SLOT_FREE;
		if (m->state[i] == SLOT_FREE)
			lowest = i;
	}
	for (i = 0; i < SLOT_N_STATES; i++)
		cr_assert_eq(s->count[i], count[i], "step %u: %u are %s, not %u", step,
		             s->count[i], slot_state_name(i), count[i]);
	cr_assert_eq(s->proven, proven, "step %u: %u proven, not %u", step, s->proven,
	             proven);
	cr_assert_eq(slots_alive(s), alive, "step %u", step);
	slot = slots_find_free(s);
	if (lowest == m->capacity)
		cr_assert_null(slot, "step %u", step);
	else
		cr_assert_eq(slot, &s->table[lowest],
		             "step %u: the lowest free one is %u", step, lowest);

	i = 0;
	SLOT_FOREACH (slot, s) {
		cr_assert_eq(slot->index, i, "step %u", step);
		cr_assert_eq(slot->pool, POOL, "step %u", step);
		cr_assert_eq(slot->state, m->state[i], "step %u, slot %u", step, i);
		cr_assert_eq(slot->pid, m->pid[i], "step %u, slot %u", step, i);
		cr_assert_eq(slot->pid > 0, slot->state != SLOT_FREE, "step %u", step);
		if (slot->state == SLOT_FREE)
			cr_assert_eq(slot->deadline_usec, USEC_NEVER,
			             "step %u: a free slot %u has a deadline", step, i);
		i++;
	}
	cr_assert_eq(i, m->capacity);
}

static void
live(unsigned seed)
{
	struct model m = { .capacity = 1 + seed % CAPACITY_MAX };
	struct slots s;
	struct slot *slot;
	pid_t next = 100;
	unsigned step, i;

	srandom(seed);
	cr_assert_eq(slots_init(&s, POOL, m.capacity), 0);
	for (step = 0; step < 400; step++) {
		i = (unsigned)random() % m.capacity;
		slot = &s.table[i];
		switch (random() % 6) {
		case 0:
		case 1: /* a new worker: always in the lowest free slot */
			slot = slots_find_free(&s);
			if (!slot)
				break;
			i = slot->index;
			slots_take(&s, slot, next, step, step + 30);
			m.state[i] = SLOT_STARTING;
			m.pid[i] = next++;
			cr_assert_eq(slot->started_usec, step);
			cr_assert_eq(slot->deadline_usec, step + 30);
			cr_assert_eq(slot->ready_usec, 0);
			cr_assert_eq(slot->doom, DOOM_NONE);
			cr_assert_not(slot->proven || slot->reported);
			break;
		case 2:
			if (m.state[i] != SLOT_STARTING)
				break;
			slots_set_state(&s, slot, SLOT_READY);
			m.state[i] = SLOT_READY;
			break;
		case 3: /* it counts, once, however often that is said */
			if (m.state[i] != SLOT_READY)
				break;
			slots_set_proven(&s, slot);
			m.proven[i] = true;
			break;
		case 4: /* told to end, and again, harder */
			if (m.state[i] == SLOT_FREE)
				break;
			slot->doom = DOOM_ASKED;
			slot->reported = true;
			slots_set_state(&s, slot, SLOT_RETIRING);
			m.state[i] = SLOT_RETIRING;
			m.proven[i] = false;
			break;
		default: /* gone, in whatever state */
			if (m.state[i] == SLOT_FREE)
				break;
			slots_release(&s, slot);
			m.state[i] = SLOT_FREE;
			m.proven[i] = false;
			m.pid[i] = 0;
			break;
		}
		compare(&s, &m, step);
	}
	for (i = 0; i < m.capacity; i++)
		if (m.state[i] != SLOT_FREE)
			slots_release(&s, &s.table[i]);
	slots_done(&s);
}

TestSuite(slots, .timeout = 120);

Test(slots, agree_with_the_model_whatever_happens)
{
	unsigned seed;

	for (seed = 1; seed <= 600; seed++)
		live(seed);
}

Test(slots, are_all_free_at_first)
{
	struct model m = { .capacity = 7 };
	struct slots s;

	memset(&s, 0xff, sizeof(s));
	cr_assert_eq(slots_init(&s, POOL, 7), 0);
	compare(&s, &m, 0);
	slots_done(&s);
	cr_assert_null(s.table);
}

Test(slots, are_given_out_from_the_lowest_number_on_and_again)
{
	struct slots s;
	struct slot *slot;
	unsigned i;

	cr_assert_eq(slots_init(&s, POOL, 16), 0);
	for (i = 0; i < 16; i++) {
		slot = slots_find_free(&s);
		cr_assert_eq(slot->index, i);
		cr_assert_eq(slots_find_free(&s), slot, "asking takes nothing");
		slots_take(&s, slot, (pid_t)(100 + i), 1, 2);
	}
	cr_assert_null(slots_find_free(&s));
	slots_release(&s, &s.table[9]);
	slots_release(&s, &s.table[3]);
	slots_release(&s, &s.table[12]);
	for (i = 0; i < 3; i++) {
		static const unsigned expected[] = { 3, 9, 12 };

		slot = slots_find_free(&s);
		cr_assert_eq(slot->index, expected[i]);
		slots_take(&s, slot, 200, 1, 2);
	}
	cr_assert_null(slots_find_free(&s));
	SLOT_FOREACH (slot, &s)
		slots_release(&s, slot);
	slots_done(&s);
}

Test(slots, have_a_name_for_every_state)
{
	static const char *const names[SLOT_N_STATES] = { "free", "starting", "ready",
		                                          "retiring" };
	unsigned i;

	for (i = 0; i < SLOT_N_STATES; i++)
		cr_assert_str_eq(slot_state_name(i), names[i]);
}
