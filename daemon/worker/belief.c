/*
 * belief.c - what a page may claim.
 *
 * A connection takes a worker five system calls, and more than a microsecond; it has
 * one at a time, so that all of them together last no longer than it has lived.
 */
#include "config.h"

#include "worker/belief.h"

/* More than any memory moves. */
#define BYTES_PER_USEC 100000

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* `claim`, but not above `most`, and above all not below what it was. */
static uint64_t
within(uint64_t before, uint64_t claim, uint64_t most)
{
	claim = least(claim, most);
	return claim > before ? claim : before;
}

/* No more times than connections. */
static void
bound_times(const struct effort *before, uint64_t connections, struct effort *e)
{
	uint64_t room = connections;
	uint64_t more;
	int i;

	for (i = 0; i < EFFORT_TIMES; i++)
		room -= least(room, before->times[i]);
	for (i = 0; i < EFFORT_TIMES; i++) {
		more =
		    e->times[i] > before->times[i] ? e->times[i] - before->times[i] : 0;
		more = least(more, room);
		room -= more;
		e->times[i] = before->times[i] + more;
	}
}

void
belief_update(struct score *before, uint64_t life_usec, struct score *s)
{
	uint64_t bytes = life_usec < UINT64_MAX / BYTES_PER_USEC
	                     ? life_usec * BYTES_PER_USEC
	                     : UINT64_MAX;
	const struct effort *e = &before->effort;
	int how;

	s->connections = within(before->connections, s->connections, life_usec);
	s->failed = within(before->failed, s->failed, s->connections);
	s->timed_out = within(before->timed_out, s->timed_out, s->failed);
	for (how = 0; how < REFUSED_N; how++)
		s->refused[how] =
		    within(before->refused[how], s->refused[how], life_usec);
	s->effort.busy_usec = within(e->busy_usec, s->effort.busy_usec, life_usec);
	s->effort.in = within(e->in, s->effort.in, bytes);
	s->effort.out = within(e->out, s->effort.out, bytes);
	bound_times(e, s->connections, &s->effort);
	*before = *s;
}
