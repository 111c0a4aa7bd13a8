/*
 * test_saturation.c - how long all workers were busy, within the last hour.
 */
#include "config.h"

#include "pool/saturation.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/macros.h"

#define SEC USEC_PER_SEC
#define MIN (60 * SEC)
#define START (1000 * MIN)

TestSuite(saturation, .timeout = 30);

/* Busy from `from` for `seconds`, looked at each second, and once more at the end. */
static uint64_t
be_busy(struct saturation *s, uint64_t from, unsigned seconds)
{
	unsigned i;

	for (i = 0; i <= seconds; i++)
		saturation_look(s, from + i * SEC, true);
	saturation_look(s, from + i * SEC, false);
	return from + i * SEC;
}

static void
expect(const struct saturation *s, uint64_t now, uint64_t seconds)
{
	uint64_t sum = saturation_hour(s, now);

	cr_expect_eq(sum, seconds * SEC, "%" PRIu64 " us, not %" PRIu64 " s", sum,
	             seconds);
}

Test(saturation, is_nothing_where_nobody_has_looked)
{
	struct saturation s = { 0 };

	expect(&s, START, 0);
}

Test(saturation, never_forgets_the_sum)
{
	struct saturation s = { 0 };
	uint64_t now = be_busy(&s, START, 12);

	now = be_busy(&s, now + 90 * MIN, 3);
	expect(&s, now, 3);
	cr_expect_eq(s.total_usec, 15 * SEC);
}

Test(saturation, counts_between_looks_that_both_found_all_busy)
{
	struct saturation s = { 0 };
	uint64_t now;

	now = be_busy(&s, START, 12);
	expect(&s, now, 12);
	/* Two looks far apart that were not busy in between, as far as one knows. */
	saturation_look(&s, now + 30 * SEC, false);
	now = be_busy(&s, now + 40 * SEC, 3);
	expect(&s, now, 15);
}

Test(saturation, does_not_count_a_time_it_did_not_see)
{
	struct saturation s = { 0 };

	saturation_look(&s, START, true);
	saturation_look(&s, START + 20 * MIN, true);
	expect(&s, START + 20 * MIN, 0);
}

Test(saturation, forgets_after_an_hour)
{
	struct saturation s = { 0 };
	uint64_t now;

	now = be_busy(&s, START, 30);
	expect(&s, now + 58 * MIN, 30);
	expect(&s, now + 60 * MIN, 0);
	expect(&s, now + 1000 * MIN, 0);
	/* Whether somebody looks or not. */
	saturation_look(&s, now + 60 * MIN, false);
	expect(&s, now + 60 * MIN, 0);
	now = be_busy(&s, now + 90 * MIN, 5);
	expect(&s, now, 5);
}

Test(saturation, is_never_more_than_an_hour)
{
	struct saturation s = { 0 };
	uint64_t now;

	now = be_busy(&s, START + 17 * SEC, 3 * 3600);
	cr_expect_leq(saturation_hour(&s, now), 60 * MIN);
	cr_expect_geq(saturation_hour(&s, now), 59 * MIN);
}

/* Against a list of every second. */
Test(saturation, agrees_with_the_simplest_way_to_count)
{
	enum { SECONDS = 20000 };
	static bool busy[SECONDS];
	struct saturation s = { 0 };
	unsigned first;
	uint64_t sum;
	unsigned i;
	unsigned j;

	srandom(2);
	for (i = 0; i < SECONDS; i++) {
		busy[i] = i > 0 && random() % 50 ? busy[i - 1] : random() % 2;
		saturation_look(&s, START + i * SEC, busy[i]);
		if (i % 97)
			continue;
		/* Whole minutes leave at once: the window begins with one. */
		first = i / 60 >= 59 ? (i / 60 - 59) * 60 : 0;
		sum = 0;
		for (j = first ? first : 1; j <= i; j++)
			sum += busy[j] && busy[j - 1] ? SEC : 0;
		cr_assert_eq(saturation_hour(&s, START + i * SEC), sum, "second %u", i);
	}
}
