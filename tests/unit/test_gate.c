/*
 * test_gate.c - at most once in a while, for several processes at once.
 */
#include "config.h"

#include "base/gate.h"

#include <criterion/criterion.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

#define INTERVAL 10
#define PROCESSES 4
#define GATES 200
#define TURNS 50

static const struct look {
	const char *name;
	uint64_t now;
	bool open;
	uint32_t suppressed;
} looks[] = {
	{ "the first may speak", 100, true, 0 },
	{ "the second may not", 100, false, 0 },
	{ "nor a later one", 109, false, 0 },
	{ "after the interval it hears of both", 110, true, 2 },
	{ "the count begins anew", 119, false, 0 },
	{ "and is told once", 500, true, 1 },
	{ "and only once", 600, true, 0 },
};

Test(gate, opens_once_an_interval_and_counts_the_others)
{
	struct gate g = { 0 };
	uint32_t suppressed;
	bool open;
	size_t i;

	for (i = 0; i < countof(looks); i++) {
		suppressed = 77;
		open = gate_pass(&g, looks[i].now, INTERVAL, &suppressed);
		cr_expect_eq(open, looks[i].open, "%s", looks[i].name);
		cr_expect_eq(suppressed, open ? looks[i].suppressed : 77, "%s: %u",
		             looks[i].name, suppressed);
	}
}

Test(gate, that_was_scribbled_over_is_not_closed_for_ever)
{
	struct gate g = { .next_usec = UINT64_MAX, .suppressed = 3 };
	uint32_t suppressed;

	cr_assert(gate_pass(&g, 100, INTERVAL, &suppressed));
	cr_assert_not(gate_pass(&g, 101, INTERVAL, &suppressed));
}

Test(gate, lets_exactly_one_of_many_processes_through, .timeout = 60)
{
	struct {
		struct gate gates[GATES];
		unsigned passed[GATES];
	} *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t suppressed;
	unsigned n;
	unsigned i;

	cr_assert_neq(shared, MAP_FAILED);
	for (n = 0; n < PROCESSES; n++) {
		if (fork() > 0)
			continue;
		for (i = 0; i < GATES * TURNS; i++) {
			if (gate_pass(&shared->gates[i / TURNS], 100, INTERVAL,
			              &suppressed))
				(void)__atomic_fetch_add(&shared->passed[i / TURNS], 1,
				                         __ATOMIC_RELAXED);
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	for (i = 0; i < GATES; i++) {
		cr_assert_eq(shared->passed[i], 1, "gate %u: %u", i, shared->passed[i]);
		cr_assert_eq(shared->gates[i].suppressed, PROCESSES * TURNS - 1,
		             "gate %u: %u", i, shared->gates[i].suppressed);
	}
}
