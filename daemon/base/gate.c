/*
 * gate.c - "at most once in a while", for several processes at once.
 */
#include "config.h"

#include "base/gate.h"

#include <inttypes.h>
#include <stdio.h>

bool
gate_pass(struct gate *g, uint64_t now_usec, uint64_t interval_usec,
          uint32_t *ret_suppressed)
{
	uint64_t next = __atomic_load_n(&g->next_usec, __ATOMIC_RELAXED);

	/* Of several that find it open one wins the exchange.  A time further away
	 * than the interval was never set by us: the clock is the same for all. */
	if ((next <= now_usec || next > now_usec + interval_usec) &&
	    __atomic_compare_exchange_n(&g->next_usec, &next, now_usec + interval_usec,
	                                false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
		*ret_suppressed =
		    __atomic_exchange_n(&g->suppressed, 0, __ATOMIC_RELAXED);
		return true;
	}
	(void)__atomic_fetch_add(&g->suppressed, 1, __ATOMIC_RELAXED);
	return false;
}

char *
gate_describe(uint32_t suppressed, char *buf, size_t size)
{
	buf[0] = '\0';
	if (suppressed > 0)
		(void)snprintf(buf, size,
		               " (and %" PRIu32 " %s more since the last such line)",
		               suppressed, suppressed == 1 ? "time" : "times");
	return buf;
}
