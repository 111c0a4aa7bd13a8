/*
 * clock.c - now, with a seam for tests.
 */
#include "config.h"

#include "base/clock.h"

#include <limits.h>
#include <stddef.h>
#include <time.h>

#include "base/macros.h"

static uint64_t (*source)(void);

uint64_t
clock_usec(void)
{
	struct timespec ts;

	if (source)
		return source();
	/* Cannot fail: the clock exists and the pointer is good. */
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t
clock_realtime_usec(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

int
clock_poll_msec(uint64_t until, uint64_t now)
{
	uint64_t msec;

	if (until == USEC_NEVER)
		return -1;
	if (until <= now)
		return 0;
	msec = (until - now - 1) / USEC_PER_MSEC + 1;
	return msec < INT_MAX ? (int)msec : INT_MAX;
}

void
clock_set_source(uint64_t (*now)(void))
{
	source = now;
}
