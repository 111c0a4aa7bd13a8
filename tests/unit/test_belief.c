/*
 * test_belief.c - a page may claim what a worker can have done, and no less than
 * before.
 */
#include "config.h"

#include "worker/belief.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define HOUR (3600 * USEC_PER_SEC)

static uint64_t
total(const struct effort *e)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < EFFORT_TIMES; i++)
		sum += e->times[i];
	return sum;
}

Test(belief, takes_the_truth_as_it_is)
{
	struct score before = { 0 };
	struct score s = { .connections = 90000,
		           .failed = 7,
		           .timed_out = 3,
		           .refused = { 1, 20, 300 },
		           .effort = { .busy_usec = HOUR - 1,
		                       .in = UINT64_C(1) << 40,
		                       .out = 5,
		                       .times = { [3] = 89000, [31] = 1000 } } };
	struct score told = s;

	belief_update(&before, HOUR, &s);
	cr_assert_eq(memcmp(&s, &told, sizeof(s)), 0);
	/* One more, a moment later. */
	s.connections = told.connections = 90001;
	s.effort.times[4] = told.effort.times[4] = 1;
	belief_update(&before, HOUR + 50, &s);
	cr_assert_eq(memcmp(&s, &told, sizeof(s)), 0);
}

Test(belief, does_not_take_more_than_can_have_been)
{
	struct score before = { 0 };
	struct score s;

	memset(&s, 0xff, sizeof(s));
	s.state = SCORE_IDLE;
	belief_update(&before, HOUR, &s);
	cr_assert_eq(s.connections, HOUR);
	cr_assert_eq(s.failed, HOUR);
	cr_assert_eq(s.timed_out, HOUR);
	cr_assert_eq(s.refused[REFUSED_PROXY], HOUR);
	cr_assert_eq(s.effort.busy_usec, HOUR);
	cr_assert_eq(s.effort.in, HOUR * 100000);
	cr_assert_eq(total(&s.effort), HOUR);
}

Test(belief, takes_nothing_back)
{
	struct score before = { 0 };
	struct score s = { .connections = 5,
		           .failed = 2,
		           .refused = { 9 },
		           .effort = { .busy_usec = 77, .out = 6, .times = { 5 } } };
	struct score told;

	belief_update(&before, HOUR, &s);
	told = s;
	memset(&s, 0, sizeof(s));
	belief_update(&before, HOUR, &s);
	cr_assert_eq(memcmp(&s, &told, sizeof(s)), 0);
}

/* Whatever is claimed, and whenever somebody looks. */
Test(belief, keeps_counters_in_order)
{
	struct score before = { 0 };
	struct score last = { 0 };
	struct score s;
	uint64_t life = 0;
	unsigned round;
	size_t i;

	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(s); i++)
			((unsigned char *)&s)[i] =
			    (unsigned char)(random() % 3 ? 0 : random());
		life += (uint64_t)random() % 1000;
		belief_update(&before, life, &s);
		cr_assert_geq(s.connections, last.connections);
		cr_assert_geq(s.failed, last.failed);
		cr_assert_geq(s.timed_out, last.timed_out);
		cr_assert_geq(s.effort.busy_usec, last.effort.busy_usec);
		for (i = 0; i < EFFORT_TIMES; i++)
			cr_assert_geq(s.effort.times[i], last.effort.times[i]);
		cr_assert_leq(s.connections, life);
		cr_assert_leq(s.failed, s.connections);
		cr_assert_leq(s.timed_out, s.failed);
		cr_assert_leq(total(&s.effort), s.connections);
		last = s;
	}
}
