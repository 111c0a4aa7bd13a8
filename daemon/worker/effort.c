/*
 * effort.c - what connections have taken: time, bytes, and how their times are spread.
 *
 * The numbers come from workers, which may lie: sums may wrap, and nothing here is an
 * index or a divisor that they choose.
 */
#include "config.h"

#include "worker/effort.h"

#include "base/macros.h"

void
effort_note(struct effort *e, uint64_t usec, uint64_t in, uint64_t out)
{
	unsigned bits = usec == 0 ? 0 : 64 - (unsigned)__builtin_clzll(usec);

	e->busy_usec += usec;
	e->in += in;
	e->out += out;
	e->times[bits < EFFORT_TIMES ? bits : EFFORT_TIMES - 1]++;
}

void
effort_add(struct effort *sum, const struct effort *more)
{
	int i;

	sum->busy_usec += more->busy_usec;
	sum->in += more->in;
	sum->out += more->out;
	for (i = 0; i < EFFORT_TIMES; i++)
		sum->times[i] += more->times[i];
}

/* The power of two, and how far into it that one stands, from 0 to 1. */
static unsigned
find(const uint64_t times[EFFORT_TIMES], unsigned permille, double *ret_part)
{
	double total = 0;
	double before = 0;
	double rank;
	unsigned i;

	for (i = 0; i < EFFORT_TIMES; i++)
		total += (double)times[i];
	rank = total * permille / 1000;
	for (i = 0; i + 1 < EFFORT_TIMES; i++) {
		if (times[i] > 0 && before + (double)times[i] >= rank)
			break;
		before += (double)times[i];
	}
	*ret_part = times[i] > 0 ? (rank - before) / (double)times[i] : 0;
	if (total <= 0)
		i = 0;
	return i;
}

uint64_t
effort_quantile(const uint64_t times[EFFORT_TIMES], unsigned permille)
{
	double part;
	unsigned i = find(times, permille, &part);
	uint64_t from = i < 2 ? i : UINT64_C(1) << (i - 1);

	if (i == 0)
		return 0;
	if (part < 0 || part > 1)
		part = 1;
	return from + (uint64_t)(part * (double)from);
}

uint64_t
effort_bound(const uint64_t times[EFFORT_TIMES], unsigned permille)
{
	double part;
	unsigned i = find(times, permille, &part);

	return i == EFFORT_TIMES - 1 ? USEC_NEVER : UINT64_C(1) << i;
}
