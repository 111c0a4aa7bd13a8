/*
 * test_effort.c - times by powers of two, and what is read from them.
 */
#include "config.h"

#include "worker/effort.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "base/macros.h"

TestSuite(effort, .timeout = 60);

Test(effort, counts_by_powers_of_two)
{
	static const struct {
		uint64_t usec;
		unsigned where;
	} rows[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 2, 2 },
		{ 3, 2 },
		{ 4, 3 },
		{ 1023, 10 },
		{ 1024, 11 },
		{ (UINT64_C(1) << 30) - 1, 30 },
		{ UINT64_C(1) << 30, 31 },
		{ USEC_NEVER, 31 },
	};
	struct effort e;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		memset(&e, 0, sizeof(e));
		effort_note(&e, rows[i].usec, 3, 4);
		cr_expect_eq(e.times[rows[i].where], 1, "%" PRIu64, rows[i].usec);
		cr_expect(e.busy_usec == rows[i].usec && e.in == 3 && e.out == 4);
	}
}

/* Any times at all: what it says is within a factor of two of the truth. */
Test(effort, knows_the_median_within_a_factor_of_two)
{
	uint64_t state = 88172645463325252U;
	struct effort e;
	unsigned round, n, i, below;
	uint64_t usec[200], median, bound;

	for (round = 0; round < 2000; round++) {
		memset(&e, 0, sizeof(e));
		state ^= state << 13, state ^= state >> 7, state ^= state << 17;
		n = 1 + (unsigned)(state % countof(usec));
		for (i = 0; i < n; i++) {
			state ^= state << 13, state ^= state >> 7, state ^= state << 17;
			usec[i] = (state >> 20) % (UINT64_C(2) << (state % 29));
			effort_note(&e, usec[i], 0, 0);
		}
		median = effort_quantile(e.times, 500);
		for (below = i = 0; i < n; i++)
			below += usec[i] < median / 2;
		cr_assert_leq(2 * below, n, "round %u", round);
		for (below = i = 0; i < n; i++)
			below += usec[i] <= median * 2;
		cr_assert_geq(2 * below + 1, n, "round %u", round);
		bound = effort_bound(e.times, 990);
		for (below = i = 0; i < n; i++)
			below += usec[i] < bound;
		cr_assert_geq(below * 100, 99 * n, "round %u: %u of %u below", round,
		              below, n);
	}
}

Test(effort, makes_no_more_of_lies_than_wrong_numbers)
{
	struct effort e;
	struct effort sum = { 0 };

	memset(&e, 0xff, sizeof(e));
	effort_add(&sum, &e);
	effort_add(&sum, &e);
	effort_note(&sum, USEC_NEVER, USEC_NEVER, USEC_NEVER);
	(void)effort_quantile(sum.times, 500);
	(void)effort_bound(sum.times, 990);
	memset(&e, 0, sizeof(e));
	cr_expect_eq(effort_quantile(e.times, 500), 0, "of none");
	e.times[EFFORT_TIMES - 1] = 1;
	cr_expect_eq(effort_bound(e.times, 990), USEC_NEVER);
}
