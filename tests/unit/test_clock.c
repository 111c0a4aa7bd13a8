/*
 * test_clock.c - now, and the seam by which tests turn it.
 */
#include "config.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <time.h>

#include "base/macros.h"

static uint64_t turned;

static uint64_t
turned_now(void)
{
	return turned;
}

static uint64_t
monotonic(void)
{
	struct timespec ts;

	cr_assert_eq(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

TestSuite(clock, .timeout = 30);

Test(clock, is_the_monotonic_one_in_microseconds)
{
	uint64_t before, now, after;
	int i;

	for (i = 0; i < 10000; i++) {
		before = monotonic();
		now = clock_usec();
		after = monotonic();
		cr_assert(before <= now && now <= after);
	}
}

Test(clock, shows_what_a_test_sets)
{
	clock_set_source(turned_now);
	turned = 5;
	cr_assert_eq(clock_usec(), 5);
	turned = USEC_NEVER - 1;
	cr_assert_eq(clock_usec(), USEC_NEVER - 1);
	turned = 0;
	cr_assert_eq(clock_usec(), 0);
}

Test(clock, goes_on_by_itself_when_given_back)
{
	uint64_t before = monotonic();

	clock_set_source(turned_now);
	turned = 1;
	clock_set_source(NULL);
	cr_assert_geq(clock_usec(), before);
	cr_assert_leq(clock_usec(), monotonic());
}

Test(clock, tells_poll_how_long_to_wait)
{
	const uint64_t now = 7 * USEC_PER_SEC;

	cr_expect_eq(clock_poll_msec(USEC_NEVER, now), -1);
	cr_expect_eq(clock_poll_msec(0, now), 0);
	cr_expect_eq(clock_poll_msec(now, now), 0);
	cr_expect_eq(clock_poll_msec(now + 1, now), 1);
	cr_expect_eq(clock_poll_msec(now + 1000, now), 1);
	cr_expect_eq(clock_poll_msec(now + 1001, now), 2);
	/* What a module may ask for is more than poll() can. */
	cr_expect_eq(clock_poll_msec(now + UINT32_MAX * USEC_PER_MSEC, now), INT_MAX);
	cr_expect_eq(clock_poll_msec(USEC_NEVER - 1, 0), INT_MAX);
}
