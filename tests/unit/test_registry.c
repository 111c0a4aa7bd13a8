/*
 * test_registry.c - from a pid to its slot, with thousands of them.
 */
#include "config.h"

#include "pool/registry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/macros.h"

#define SLOTS 6000
#define PID_MAX 4194304 /* the largest /proc/sys/kernel/pid_max */

static struct slot slots[SLOTS];

/* Distinct pids in no order: 2654435761 is odd, so this is a permutation of the
 * numbers below a power of two. */
static pid_t
pid_of(unsigned i)
{
	return (pid_t)((i * 2654435761U) % PID_MAX) + 1;
}

TestSuite(registry, .timeout = 60);

Test(registry, of_nobody_finds_nobody)
{
	struct registry r = { 0 };
	struct slot stranger = { .pid = 17 };

	cr_assert_null(registry_find(&r, 1));
	cr_assert_null(registry_find(&r, 0));
	cr_assert_null(registry_find(&r, -1));
	registry_remove(&r, &stranger);
	cr_assert_null(registry_find(&r, 17));
}

Test(registry, finds_each_of_thousands_and_none_that_was_removed)
{
	struct registry r = { 0 };
	unsigned i, j;

	cr_assert_eq(registry_reserve(&r, 1), 0);
	for (i = 0; i < SLOTS; i++) {
		/* Room grows while there is something in it. */
		if (i > 0)
			cr_assert_eq(registry_add(&r, &slots[i]), -ENOSPC);
		cr_assert_eq(i > 0 ? registry_reserve(&r, 1) : 0, 0);
		slots[i].pid = pid_of(i);
		cr_assert_eq(registry_add(&r, &slots[i]), 0);
	}
	for (i = 0; i < SLOTS; i++)
		cr_assert_eq(registry_find(&r, pid_of(i)), &slots[i], "pid %d",
		             (int)pid_of(i));
	for (i = SLOTS; i < 2 * SLOTS; i++)
		cr_assert_null(registry_find(&r, pid_of(i)), "pid %d", (int)pid_of(i));

	/* Every third goes, in another order than they came. */
	for (i = 0; i < SLOTS; i++) {
		j = (i * 7919) % SLOTS;
		if (j % 3 == 0)
			registry_remove(&r, &slots[j]);
	}
	for (i = 0; i < SLOTS; i++)
		cr_assert_eq(registry_find(&r, pid_of(i)), i % 3 ? &slots[i] : NULL,
		             "number %u", i);
	for (i = 0; i < SLOTS; i++)
		if (i % 3)
			registry_remove(&r, &slots[i]);
	cr_assert_eq(r.n, 0, "nothing is left");
	registry_done(&r);
}

Test(registry, does_as_a_plain_list_does_whatever_happens)
{
	struct registry r = { 0 };
	bool in[SLOTS] = { false };
	unsigned i, step, next = SLOTS;

	srandom(20);
	cr_assert_eq(registry_reserve(&r, SLOTS), 0);
	for (i = 0; i < SLOTS; i++)
		slots[i].pid = pid_of(i);
	for (step = 0; step < 200000; step++) {
		i = (unsigned)random() % SLOTS;
		if (in[i]) {
			registry_remove(&r, &slots[i]);
			in[i] = false;
			cr_assert_null(registry_find(&r, slots[i].pid), "step %u",
			               step);
		} else {
			/* The next process in this slot has another pid. */
			slots[i].pid = pid_of(next++);
			cr_assert_eq(registry_add(&r, &slots[i]), 0);
			in[i] = true;
		}
		i = (unsigned)random() % SLOTS;
		cr_assert_eq(registry_find(&r, slots[i].pid), in[i] ? &slots[i] : NULL,
		             "step %u", step);
	}
	for (i = 0; i < SLOTS; i++)
		if (in[i])
			registry_remove(&r, &slots[i]);
	cr_assert_eq(r.n, 0);
	registry_done(&r);
}

Test(registry, tells_pids_apart_at_the_ends_of_their_range)
{
	static const pid_t pids[] = { 1, 2, PID_MAX - 1, PID_MAX, 0x7fffffff };
	struct registry r = { 0 };
	size_t i;

	cr_assert_eq(registry_reserve(&r, countof(pids)), 0);
	for (i = 0; i < countof(pids); i++) {
		slots[i].pid = pids[i];
		cr_assert_eq(registry_add(&r, &slots[i]), 0);
	}
	for (i = 0; i < countof(pids); i++)
		cr_assert_eq(registry_find(&r, pids[i]), &slots[i]);
	cr_assert_null(registry_find(&r, 3));
	cr_assert_null(registry_find(&r, 0));
	cr_assert_null(registry_find(&r, -1));
	for (i = 0; i < countof(pids); i++)
		registry_remove(&r, &slots[i]);
	cr_assert_eq(r.n, 0);
	registry_done(&r);
}
