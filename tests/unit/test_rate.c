/*
 * test_rate.c - connections a second, from samples that come when they come.
 */
#include "config.h"

#include "pool/rate.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/macros.h"

#define SEC USEC_PER_SEC
#define START (1000 * SEC)

TestSuite(rate, .timeout = 30);

Test(rate, is_nothing_before_the_first_sample)
{
	struct rate r = { 0 };

	cr_expect_eq(rate_milli(&r, START, 5000), 0);
}

Test(rate, counts_from_the_first_sample)
{
	struct rate r = { 0 };

	rate_sample(&r, START, 100);
	cr_expect_eq(rate_milli(&r, START + 10 * SEC, 150), 5000);
}

Test(rate, of_an_instant_is_taken_over_a_second)
{
	struct rate r = { 0 };

	rate_sample(&r, START, 0);
	cr_expect_eq(rate_milli(&r, START, 1), 1000);
	cr_expect_eq(rate_milli(&r, START + 1, 1), 1000);
}

Test(rate, forgets_what_is_two_windows_old)
{
	struct rate r = { 0 };
	uint64_t now = START;

	rate_sample(&r, now, 0);
	now += 15 * SEC;
	rate_sample(&r, now, 100000);
	now += 15 * SEC;
	rate_sample(&r, now, 100000);
	cr_expect_eq(rate_milli(&r, now, 100000), 0);
	now += 15 * SEC;
	rate_sample(&r, now, 100000);
	cr_expect_eq(rate_milli(&r, now, 100000), 0);
}

Test(rate, does_not_mind_samples_that_come_early)
{
	struct rate r = { 0 };
	uint64_t now = START;
	int i;

	rate_sample(&r, now, 0);
	for (i = 1; i <= 100; i++)
		rate_sample(&r, now + (uint64_t)i * SEC / 10, (uint64_t)i);
	cr_expect_eq(rate_milli(&r, now + 10 * SEC, 100), 10000);
}

Test(rate, takes_a_tick_that_is_a_little_early)
{
	struct rate r = { 0 };
	uint64_t tick = 15 * SEC - 100 * USEC_PER_MSEC;

	rate_sample(&r, START, 0);
	rate_sample(&r, START + tick, 100);
	rate_sample(&r, START + 2 * tick, 100);
	cr_expect_eq(rate_milli(&r, START + 2 * tick, 100), 0);
}

Test(rate, survives_a_count_that_falls_and_a_clock_that_stands)
{
	struct rate r = { 0 };

	rate_sample(&r, START, 100);
	cr_expect_eq(rate_milli(&r, START + SEC, 99), 0);
	cr_expect_eq(rate_milli(&r, START - 1, 200), 0);
}

/* Whatever the ticks do, a steady rate is shown as what it is, and over no less than
 * a window once there was one. */
Test(rate, of_a_steady_stream_is_that_stream)
{
	struct rate r = { 0 };
	uint64_t now = START;
	uint64_t milli;
	int i;

	srandom(1);
	rate_sample(&r, now, now / 1000);
	for (i = 0; i < 10000; i++) {
		now += 1000 + (uint64_t)random() % (20 * SEC);
		milli = rate_milli(&r, now, now / 1000); /* 1000 a second */
		if (now > START + 2 * SEC)
			cr_assert(milli > 999000 && milli < 1001000,
			          "round %d: %" PRIu64, i, milli);
		if (random() % 2)
			rate_sample(&r, now, now / 1000);
		cr_assert(r.newer.usec == r.older.usec ||
		          r.newer.usec - r.older.usec >= 14 * SEC);
	}
}
