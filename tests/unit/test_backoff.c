/*
 * test_backoff.c - the law of waiting: 0.1 s, doubled up to 30 s, for ever.
 */
#include "config.h"

#include "pool/backoff.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdint.h>

#include "base/macros.h"

#define MSEC USEC_PER_MSEC
#define SEC USEC_PER_SEC

/* An arbitrary time that is not zero. */
#define START (1000 * SEC)

TestSuite(backoff, .timeout = 30);

Test(backoff, doubles_from_a_tenth_of_a_second_to_thirty_seconds)
{
	static const struct {
		unsigned failures;
		uint64_t delay;
	} rows[] = {
		{ 0, 0 },
		{ 1, 100 * MSEC },
		{ 2, 200 * MSEC },
		{ 3, 400 * MSEC },
		{ 4, 800 * MSEC },
		{ 5, 1600 * MSEC },
		{ 6, 3200 * MSEC },
		{ 7, 6400 * MSEC },
		{ 8, 12800 * MSEC },
		{ 9, 25600 * MSEC },
		{ 10, 30 * SEC },
		{ 11, 30 * SEC },
		{ 64, 30 * SEC },
		{ 65, 30 * SEC },
		{ 1000000, 30 * SEC },
		{ UINT32_MAX, 30 * SEC },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_eq(backoff_delay(rows[i].failures), rows[i].delay,
		             "after %u failures: %" PRIu64, rows[i].failures,
		             backoff_delay(rows[i].failures));
}

Test(backoff, settles_at_one_try_in_thirty_seconds_and_never_gives_up)
{
	struct backoff b = { 0 };
	uint64_t now = START, waited = 0;
	unsigned i;

	/* A day of trying as soon as allowed, each try failing after 5 ms. */
	for (i = 1; i <= 2880; i++) {
		cr_assert(backoff_fail(&b, now, now + 5 * MSEC), "try %u", i);
		now += 5 * MSEC;
		cr_assert_eq(b.failures, i);
		cr_assert_eq(b.failed_usec, now);
		cr_assert_eq(b.retry_usec, now + backoff_delay(i));
		if (i >= 10)
			cr_assert_eq(b.retry_usec - now, 30 * SEC, "try %u", i);
		waited += b.retry_usec - now;
		now = b.retry_usec;
	}
	/* 51.1 s on the way up, then 2871 times 30 s. */
	cr_assert_eq(waited, 51100 * MSEC + 2871 * 30 * SEC);
}

Test(backoff, counts_those_that_were_started_together_once)
{
	struct backoff b = { 0 };
	uint64_t retry;
	unsigned i;

	cr_assert(backoff_fail(&b, START, START + 3 * MSEC));
	retry = b.retry_usec;
	for (i = 1; i < 64; i++)
		cr_assert_not(
		    backoff_fail(&b, START + i % 3 * MSEC, START + (3 + i) * MSEC),
		    "number %u of the wave", i);
	cr_assert_eq(b.failures, 1);
	cr_assert_eq(b.failed_usec, START + 3 * MSEC);
	cr_assert_eq(b.retry_usec, retry, "the wave does not put the next try off");

	/* What was started after the failure is a try of its own. */
	cr_assert(backoff_fail(&b, retry, retry + MSEC));
	cr_assert_eq(b.failures, 2);
	cr_assert_eq(b.retry_usec, retry + MSEC + 200 * MSEC);
	/* A straggler of the first wave is still old news. */
	cr_assert_not(backoff_fail(&b, START, retry + 50 * MSEC));
	cr_assert_eq(b.failures, 2);
}

Test(backoff, counts_a_failure_at_the_very_moment_of_its_start)
{
	struct backoff b = { 0 };

	/* fork() says EAGAIN: no time passes between start and failure, and the next
	 * try may come in the same microsecond as the last failure was noticed. */
	cr_assert(backoff_fail(&b, START, START));
	cr_assert(backoff_fail(&b, START, START));
	cr_assert_eq(b.failures, 2);
}

Test(backoff, is_forgotten_after_one_success)
{
	struct backoff b = { 0 };
	unsigned failures, i;

	cr_assert_eq(backoff_succeed(&b), 0);
	for (failures = 1; failures < 40; failures++) {
		for (i = 0; i < failures; i++)
			(void)backoff_fail(&b, START + i * SEC, START + i * SEC);
		cr_assert_eq(backoff_succeed(&b), failures);
		cr_assert_eq(b.failures, 0);
		cr_assert_eq(b.retry_usec, 0, "the next start need not wait");
		cr_assert_eq(backoff_succeed(&b), 0);
		/* Even one that was started before counts anew, from 0.1 s. */
		cr_assert(backoff_fail(&b, START - SEC, START));
		cr_assert_eq(b.retry_usec, START + 100 * MSEC);
		(void)backoff_succeed(&b);
	}
}

Test(backoff, does_not_wrap_when_the_count_is_full)
{
	struct backoff b = { .failures = UINT32_MAX, .failed_usec = START };

	cr_assert(backoff_fail(&b, START, START));
	cr_assert_eq(b.failures, UINT32_MAX);
	cr_assert_eq(b.retry_usec, START + 30 * SEC);
}
