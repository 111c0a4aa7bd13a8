/*
 * demand.c - how many workers a pool wants now.
 */
#include "config.h"

#include "pool/demand.h"

static unsigned
min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* Never fewer: what start_workers and min_spare say is there while nothing happens. */
static unsigned
floor_of(const struct demand_settings *s)
{
	return min(s->min_spare, s->max);
}

static uint64_t
window_of(const struct demand_settings *s)
{
	return s->min_spare == 0 ? s->idle_retire_usec : DEMAND_WINDOW_USEC;
}

/* How many of those that were idle all the time may stay. */
static unsigned
keep_idle(const struct demand_settings *s)
{
	return s->min_spare == 0 ? 0 : max(s->max_spare, s->min_spare);
}

/* Who will be free when everybody that waits has been taken; negative: who is missing.
 */
static unsigned
count_missing(const struct demand_facts *f, const struct demand_settings *s)
{
	unsigned there = f->idle + f->starting;
	unsigned needed = s->min_spare + f->queued;

	return needed > there ? needed - there : 0;
}

static void
open_window(const struct demand_facts *f, const struct demand_settings *s,
            struct demand_memory *m)
{
	m->window_end_usec =
	    f->live > floor_of(s) ? f->now_usec + window_of(s) : USEC_NEVER;
	m->new_window = true;
}

unsigned
demand_make(const struct demand_facts *f, const struct demand_settings *s,
            struct demand_memory *m, uint64_t *ret_look_usec)
{
	unsigned missing = count_missing(f, s);
	unsigned surplus = 0;

	*ret_look_usec = USEC_NEVER;
	m->new_window = false;
	if (s->fixed > 0) {
		m->begun = true;
		return m->wanted = s->fixed;
	}
	if (!m->begun) {
		m->begun = true;
		m->wanted = min(max(s->start, floor_of(s)), s->max);
		m->window_end_usec = USEC_NEVER;
	}
	if (m->window_end_usec == USEC_NEVER && f->live > floor_of(s)) {
		open_window(f, s, m);
	} else if (f->now_usec >= m->window_end_usec) {
		/* `low` is what the workers themselves have counted: they may lie, and
		 * then it is their own pool that gets too small or too large. */
		surplus = min(f->low, f->idle);
		surplus -= min(surplus, keep_idle(s));
		open_window(f, s, m);
	}
	/* Those who are missing come first: a window that saw them idle is over. */
	if (missing > 0)
		m->wanted = max(m->wanted, f->live + missing);
	else if (surplus > 0)
		m->wanted = f->live - min(surplus, f->live);
	m->wanted = min(max(m->wanted, floor_of(s)), s->max);
	*ret_look_usec = m->window_end_usec;
	return m->wanted;
}
