/*
 * clock.h - now.
 */
#ifndef PREFORKD_BASE_CLOCK_H
#define PREFORKD_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC; a vDSO read, no system call. */
uint64_t clock_usec(void);

/* Microseconds since 1970, for people and other programs; never to compare with. */
uint64_t clock_realtime_usec(void);

/* The sooner of two times. */
static inline uint64_t
clock_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What poll(2) takes to wait until then, rounded up: 0 when that is over, -1 for
 * USEC_NEVER.  A time beyond its range comes in pieces: look at the clock again. */
int clock_poll_msec(uint64_t until, uint64_t now);

/* The seam by which tests turn time: from now on clock_usec() returns what
 * `now` returns; NULL gives the real clock back. */
void clock_set_source(uint64_t (*now)(void));

#endif
