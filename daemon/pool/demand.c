/*
 * demand.c - how many workers a pool wants now.
 */
#include "config.h"

#include "pool/demand.h"

#include <limits.h>

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

static unsigned
less(unsigned a, unsigned b)
{
	return a > b ? a - b : 0;
}

/* Never fewer, whatever happens. */
static unsigned
floor_of(const struct demand_settings *s)
{
	return min(s->min_spare, s->max);
}

/* How many are to be idle, or on their way. */
static unsigned
spare_of(const struct demand_facts *f, const struct demand_settings *s)
{
	unsigned busy = less(f->live, f->idle + f->starting);

	return max(s->min_spare, busy > 0 ? 1 : 0);
}

/* Who is needed to serve those who wait, and to be spare then. */
static unsigned
count_missing(const struct demand_facts *f, const struct demand_settings *s)
{
	return less(spare_of(f, s) + f->queued, f->idle + f->starting);
}

static unsigned
keep_of(const struct demand_facts *f, const struct demand_settings *s)
{
	return max(s->max_spare, spare_of(f, s));
}

/* Nobody looks at a pool that cannot become smaller. */
static void
open_window(const struct demand_facts *f, const struct demand_settings *s,
            struct demand_memory *m)
{
	uint64_t zero = USEC_NEVER;

	m->window_end_usec = USEC_NEVER;
	if (s->min_spare == 0 && m->wanted > 0)
		zero = m->lowest_since_usec + s->idle_retire_usec;
	if (m->wanted > keep_of(f, s))
		m->window_end_usec = f->now_usec + DEMAND_WINDOW_USEC;
	if (zero < m->window_end_usec)
		m->window_end_usec = zero;
	m->new_window = m->window_end_usec != USEC_NEVER;
}

static void
begin_lowest(const struct demand_facts *f, struct demand_memory *m)
{
	m->lowest = UINT_MAX;
	m->lowest_since_usec = f->now_usec;
}

/* How many were idle all the time, and are too many. */
static unsigned
close_window(const struct demand_facts *f, const struct demand_settings *s,
             struct demand_memory *m)
{
	/* `low` is what the workers themselves have counted: they may lie, and then it
	 * is their own pool that gets too small or too large. */
	unsigned low = min(f->low, f->idle);
	unsigned surplus = less(low, keep_of(f, s));

	m->lowest = min(m->lowest, low);
	if (s->min_spare == 0 &&
	    f->now_usec - m->lowest_since_usec >= s->idle_retire_usec) {
		surplus = max(surplus, less(m->lowest, spare_of(f, s)));
		begin_lowest(f, m);
	} else {
		m->lowest = less(m->lowest, surplus);
	}
	return surplus;
}

static void
begin(const struct demand_settings *s, struct demand_memory *m)
{
	m->begun = true;
	m->wanted = min(max(s->start, floor_of(s)), s->max);
	m->window_end_usec = USEC_NEVER;
}

unsigned
demand_make(const struct demand_facts *f, const struct demand_settings *s,
            struct demand_memory *m, uint64_t *ret_look_usec)
{
	unsigned missing = count_missing(f, s);
	bool over;

	*ret_look_usec = USEC_NEVER;
	m->new_window = false;
	m->capped = missing > less(s->max, f->live);
	if (s->fixed > 0)
		return m->wanted = s->fixed;
	if (!m->begun)
		begin(s, m);
	over = f->now_usec >= m->window_end_usec;
	/* Who is missing comes first: a window that saw them idle is over.  Who never
	 * came, and is not missing, is not wanted either. */
	if (missing > 0)
		m->wanted = max(m->wanted, f->live + missing);
	else if (over)
		m->wanted = less(min(m->wanted, f->live), close_window(f, s, m));
	m->wanted = min(max(m->wanted, floor_of(s)), s->max);
	if (m->window_end_usec == USEC_NEVER || (over && missing > 0))
		begin_lowest(f, m);
	if (m->window_end_usec == USEC_NEVER || over)
		open_window(f, s, m);
	*ret_look_usec = m->window_end_usec;
	return m->wanted;
}
