/*
 * test_tick.c - a deadline for a process that blocks in system calls.
 */
#include "config.h"

#include "base/tick.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

/* read() on a pipe to which nobody writes: what a worker without a deadline does. */
static int
block_until_interrupted(void)
{
	int pair[2];
	char byte;

	cr_assert_eq(pipe(pair), 0);
	cr_assert_eq(read(pair[0], &byte, 1), -1);
	cr_assert_eq(errno, EINTR);
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

Test(tick, interrupts_at_the_deadline_and_again_and_again, .timeout = 30)
{
	uint64_t begin = clock_usec();
	int i;

	tick_init();
	tick_start(100 * USEC_PER_MSEC);
	(void)block_until_interrupted();
	cr_assert_geq(clock_usec() - begin, 99 * USEC_PER_MSEC);
	for (i = 0; i < 5; i++)
		(void)block_until_interrupted();
}

Test(tick, begins_at_once_when_told_zero, .timeout = 30)
{
	tick_init();
	tick_start(0);
	(void)block_until_interrupted();
	(void)block_until_interrupted();
}

Test(tick, ends_when_stopped_and_takes_the_last_deadline, .timeout = 30)
{
	struct itimerval it;
	uint64_t begin;

	tick_init();
	tick_start(0);
	tick_stop();
	cr_assert_eq(getitimer(ITIMER_REAL, &it), 0);
	cr_assert_eq(it.it_value.tv_sec, 0);
	cr_assert_eq(it.it_value.tv_usec, 0);

	tick_start(3600 * USEC_PER_SEC);
	begin = clock_usec();
	tick_start(50 * USEC_PER_MSEC);
	(void)block_until_interrupted();
	cr_assert_geq(clock_usec() - begin, 49 * USEC_PER_MSEC);
}
