/*
 * rate.c - how many connections a second, lately.
 */
#include "config.h"

#include "pool/rate.h"

/* Over less, one connection would look like a thousand a second. */
#define LEAST_USEC USEC_PER_SEC

/* A timer may be so early that two of its ticks are not quite a window apart. */
#define SLACK_USEC (USEC_PER_SEC / 2)

void
rate_sample(struct rate *r, uint64_t now_usec, uint64_t count)
{
	struct rate_sample now = { now_usec, count };

	if (r->older.usec == 0) {
		r->older = now;
		r->newer = now;
	} else if (now_usec >= r->newer.usec + RATE_WINDOW_USEC - SLACK_USEC) {
		r->older = r->newer;
		r->newer = now;
	}
}

uint64_t
rate_milli(const struct rate *r, uint64_t now_usec, uint64_t count)
{
	uint64_t usec = now_usec - r->older.usec;

	if (r->older.usec == 0 || now_usec < r->older.usec || count < r->older.count)
		return 0;
	if (usec < LEAST_USEC)
		usec = LEAST_USEC;
	return (count - r->older.count) * 1000 * USEC_PER_SEC / usec;
}
