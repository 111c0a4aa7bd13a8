/*
 * saturation.c - how long all workers were busy, within the last hour and ever.
 */
#include "config.h"

#include "pool/saturation.h"

#define MINUTE_USEC (60 * USEC_PER_SEC)

/* Who comes back so late was frozen, and knows nothing of the time between. */
#define GAP_USEC (10 * SATURATION_TICK_USEC)

/* What is older than an hour is forgotten. */
static void
move_on(struct saturation *s, uint64_t minute)
{
	uint64_t n = minute - s->minute;

	if (n > SATURATION_MINUTES)
		n = SATURATION_MINUTES;
	for (; n > 0; n--)
		s->busy_usec[(minute - n + 1) % SATURATION_MINUTES] = 0;
	s->minute = minute;
}

void
saturation_look(struct saturation *s, uint64_t now_usec, bool all_busy)
{
	uint64_t minute = now_usec / MINUTE_USEC;
	uint64_t since = now_usec - s->look_usec;

	move_on(s, minute);
	if (s->busy && all_busy && since <= GAP_USEC) {
		s->busy_usec[minute % SATURATION_MINUTES] += (uint32_t)since;
		s->total_usec += since;
	}
	s->busy = all_busy;
	s->look_usec = now_usec;
}

uint64_t
saturation_hour(const struct saturation *s, uint64_t now_usec)
{
	uint64_t age = now_usec / MINUTE_USEC - s->minute;
	uint64_t sum = 0;
	unsigned i;

	/* The oldest minutes have left the hour since the last look. */
	for (i = 0; i < SATURATION_MINUTES; i++) {
		if (i + age < SATURATION_MINUTES)
			sum += s->busy_usec[(s->minute + SATURATION_MINUTES - i) %
			                    SATURATION_MINUTES];
	}
	return sum;
}
