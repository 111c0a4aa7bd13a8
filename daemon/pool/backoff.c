/*
 * backoff.c - how long to wait before starting what has failed to start.
 */
#include "config.h"

#include "pool/backoff.h"

uint64_t
backoff_delay(unsigned failures)
{
	uint64_t delay = BACKOFF_MIN_USEC;
	unsigned i;

	if (failures == 0)
		return 0;
	for (i = 1; i < failures && delay < BACKOFF_MAX_USEC; i++)
		delay *= 2;
	return delay < BACKOFF_MAX_USEC ? delay : BACKOFF_MAX_USEC;
}

bool
backoff_fail(struct backoff *b, uint64_t started_usec, uint64_t now_usec)
{
	if (b->failures > 0 && started_usec < b->failed_usec)
		return false;
	if (b->failures < UINT32_MAX)
		b->failures++;
	b->failed_usec = now_usec;
	b->retry_usec = now_usec + backoff_delay(b->failures);
	return true;
}

unsigned
backoff_succeed(struct backoff *b)
{
	unsigned forgotten = b->failures;

	*b = (struct backoff){ 0 };
	return forgotten;
}
