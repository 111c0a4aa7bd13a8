/*
 * test_demand.c - how many workers a pool wants: by tables, and by histories.
 *
 * The histories are a pool without processes: clients come and go, workers start, take,
 * finish and die, whoever leaves too few idle wakes the master, and the master does
 * what demand and plan say together.  What must always hold is checked after each
 * step.  A failure names the seed and the step; the same seed makes the same history.
 */
#include "config.h"

#include "pool/demand.h"

#include <criterion/criterion.h>
#include <inttypes.h>

#include "base/macros.h"
#include "pool/plan.h"

#define NOW (1000 * USEC_PER_SEC)
#define HISTORIES 110000
#define STEPS 60

TestSuite(demand, .timeout = 300);

static const struct demand_settings usual = {
	.min_spare = 2,
	.max_spare = 8,
	.max = 64,
	.idle_retire_usec = 60 * USEC_PER_SEC,
};

static unsigned
make(const struct demand_facts *f, const struct demand_settings *s,
     struct demand_memory *m)
{
	uint64_t look;

	return demand_make(f, s, m, &look);
}

/* What is asked first, and what one event makes of it. */
Test(demand, says_what_the_tables_say)
{
	/* clang-format off */
	static const struct {
		const char *when;
		unsigned fixed, min_spare, max_spare, max, start;
		unsigned before; /* wanted */
		unsigned live, starting, idle, queued;
		unsigned wanted;
	} rows[] = {
		/*                                 fix  min  max  most start   was  live strt idle queue  wanted */
		{ "a fixed number",                  8,   2,   8,   64,    0,    8,    3,   0,   0,   50,      8 },
		{ "nothing is there",                0,   2,   8,   64,    0,    0,    0,   0,   0,    0,      2 },
		{ "more at the start",               0,   2,   8,   64,   20,    0,    0,   0,   0,    0,     20 },
		{ "start within the most",           0,   2,   8,   10,   20,    0,    0,   0,   0,    0,     10 },
		{ "the minimum within the most",     0,   8,   8,    3,    0,    0,    0,   0,   0,    0,      3 },
		{ "enough are idle",                 0,   2,   8,   64,    0,    4,    4,   0,   2,    0,      4 },
		{ "one too few",                     0,   2,   8,   64,    0,    4,    4,   0,   1,    0,      5 },
		{ "nobody is idle",                  0,   2,   8,   64,    0,    4,    4,   0,   0,    0,      6 },
		{ "nobody is idle, many wait",       0,   2,   8,   64,    0,    4,    4,   0,   0,   30,     36 },
		{ "who starts is counted",           0,   2,   8,   64,    0,   36,   36,  32,   0,   30,     36 },
		{ "who starts is not enough",        0,   2,   8,   64,    0,   36,   36,  10,   0,   20,     48 },
		{ "as many as there may be",         0,   2,   8,   64,    0,   60,   60,   0,   0,  100,     64 },
		{ "from zero, nobody comes",         0,   0,   8,   64,    0,    0,    0,   0,   0,    0,      0 },
		{ "from zero, one comes",            0,   0,   8,   64,    0,    0,    0,   0,   0,    1,      1 },
		{ "from zero, many come",            0,   0,   8,   64,    0,    0,    0,   0,   0,   12,     12 },
		{ "from zero, on its way",           0,   0,   8,   64,    0,    1,    1,   1,   0,    1,      1 },
		{ "from zero, one is busy",          0,   0,   8,   64,    0,    1,    1,   0,   0,    0,      2 },
		{ "from zero, one busy, one idle",   0,   0,   8,   64,    0,    2,    2,   0,   1,    0,      2 },
		{ "from zero, one alone",            0,   0,   8,    1,    0,    1,    1,   0,   0,    5,      1 },
		{ "one died that was spare",         0,   2,   8,   64,    0,   10,    9,   0,   5,    0,     10 },
	};
	/* clang-format on */
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const struct demand_settings s = {
			.fixed = rows[i].fixed,
			.min_spare = rows[i].min_spare,
			.max_spare = rows[i].max_spare,
			.max = rows[i].max,
			.start = rows[i].start,
			.idle_retire_usec = 60 * USEC_PER_SEC,
		};
		const struct demand_facts f = {
			.now_usec = NOW,
			.live = rows[i].live,
			.starting = rows[i].starting,
			.idle = rows[i].idle,
			.queued = rows[i].queued,
			.low = rows[i].idle,
		};
		struct demand_memory m = {
			.begun = rows[i].live > 0,
			.wanted = rows[i].before,
			.window_end_usec = USEC_NEVER,
		};

		cr_expect_eq(make(&f, &s, &m), rows[i].wanted, "%s: %u", rows[i].when,
		             m.wanted);
	}
}

/* One window after the other, with what was idle all through each. */
Test(demand, goes_down_to_what_was_needed)
{
	struct demand_facts f = { .now_usec = NOW, .live = 40, .idle = 30, .low = 30 };
	struct demand_memory m = { .begun = true,
		                   .wanted = 40,
		                   .window_end_usec = USEC_NEVER };
	uint64_t look;

	cr_expect_eq(demand_make(&f, &usual, &m, &look), 40, "a window begins");
	cr_expect(m.new_window);
	cr_expect_eq(look, NOW + DEMAND_WINDOW_USEC);
	f.now_usec = look - 1;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 40, "it is not over");
	cr_expect_not(m.new_window);
	f.now_usec = look;
	f.low = 12;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 36, "8 of the 12 stay");
	cr_expect(m.new_window);
	f.now_usec = look;
	f.live = 36;
	f.idle = 1;
	f.low = 20;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 37, "who is missing is first");
	f.now_usec = look;
	f.live = 37;
	f.idle = 37;
	f.low = 37;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 8, "all were idle");
	f.now_usec = look;
	f.live = f.idle = f.low = 8;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 8);
	cr_expect_eq(look, USEC_NEVER, "smaller it does not get, and nobody looks");
}

Test(demand, goes_to_zero_after_idle_retire)
{
	struct demand_settings s = usual;
	struct demand_facts f = { .now_usec = NOW, .live = 20, .idle = 19, .low = 19 };
	struct demand_memory m = { .begun = true,
		                   .wanted = 20,
		                   .window_end_usec = USEC_NEVER };
	uint64_t look;
	unsigned steps;

	s.min_spare = 0;
	(void)demand_make(&f, &s, &m, &look);
	f.now_usec = look;
	cr_expect_eq(demand_make(&f, &s, &m, &look), 9, "max_spare holds before");
	f.live = 9;
	f.idle = f.low = 8;
	while (look < NOW + s.idle_retire_usec) {
		f.now_usec = look;
		cr_expect_eq(demand_make(&f, &s, &m, &look), 9, "not yet");
	}
	f.now_usec = look;
	cr_expect_eq(demand_make(&f, &s, &m, &look), 2,
	             "while one is busy, one is spare");
	f.live = 2;
	f.idle = f.low = 1;
	for (steps = 0; steps < 5; steps++) {
		f.now_usec = look;
		cr_expect_eq(demand_make(&f, &s, &m, &look), 2, "and stays");
	}
	f.idle = 2;
	f.low = 1;
	f.now_usec = look;
	(void)demand_make(&f, &s, &m, &look);
	f.live = m.wanted;
	f.idle = f.low = f.live;
	f.now_usec = look;
	cr_expect_eq(demand_make(&f, &s, &m, &look), 0);
	f.live = f.idle = f.low = 0;
	f.now_usec += USEC_PER_SEC;
	cr_expect_eq(demand_make(&f, &s, &m, &look), 0);
	cr_expect_eq(look, USEC_NEVER);
}

/* Fifty were wanted and could not be started; the need is over. */
Test(demand, forgets_who_never_came)
{
	struct demand_facts f = { .now_usec = NOW, .live = 5, .idle = 3, .low = 3 };
	struct demand_memory m = { .begun = true,
		                   .wanted = 55,
		                   .window_end_usec = USEC_NEVER };
	uint64_t look;

	(void)demand_make(&f, &usual, &m, &look);
	cr_expect_neq(look, USEC_NEVER);
	f.now_usec = look;
	cr_expect_eq(demand_make(&f, &usual, &m, &look), 5);
}

/* Whatever they claim to have counted: it stays within bounds. */
Test(demand, survives_lies_about_the_low_mark)
{
	static const unsigned lies[] = { 0, 1, 8, 63, 64, 1000000, UINT32_MAX };
	size_t i;

	for (i = 0; i < countof(lies); i++) {
		struct demand_facts f = {
			.now_usec = NOW, .live = 64, .idle = 10, .low = lies[i]
		};
		struct demand_memory m = { .begun = true,
			                   .wanted = 64,
			                   .window_end_usec = NOW };

		cr_expect_geq(make(&f, &usual, &m), 62, "low %u", lies[i]);
	}
}

/* --- histories ------------------------------------------------------------------- */

struct life {
	unsigned seed, step;
	uint64_t state; /* of the random numbers */
	uint64_t now;
	struct demand_settings set;
	struct demand_memory memory;
	uint64_t look;
	unsigned starting, idle, busy, retiring, queued;
	unsigned low;
	bool armed, awake;
	unsigned spawned, retired; /* in this step */
	bool fails;                /* no start works */
	unsigned failures;
};

static unsigned
chance(struct life *l, unsigned n)
{
	l->state ^= l->state >> 12;
	l->state ^= l->state << 25;
	l->state ^= l->state >> 27;
	return (unsigned)((l->state * UINT64_C(2685821657736338717)) >> 33) % n;
}

static unsigned
live(const struct life *l)
{
	return l->starting + l->idle + l->busy;
}

/* As a worker does. */
static void
serve_the_queue(struct life *l)
{
	unsigned below = l->set.min_spare > 0 ? l->set.min_spare : 1;

	while (l->queued > 0 && l->idle > 0) {
		l->queued--;
		l->idle--;
		l->busy++;
		if (l->idle < l->low)
			l->low = l->idle;
		if (l->idle < below && l->armed) {
			l->armed = false;
			l->awake = true;
		}
	}
	/* The listener itself. */
	if (l->queued > 0 && live(l) == 0)
		l->awake = true;
}

static void
obey(struct life *l)
{
	const struct plan_settings ps = { .workers = l->memory.wanted };
	const struct plan_facts pf = {
		.now_usec = l->now,
		.unproven = l->starting,
		.proven = l->idle + l->busy,
		.failures = l->failures,
		.listening = true,
	};
	struct plan plan = plan_make(&pf, &ps);
	unsigned n = plan.retire;

	l->spawned += plan.spawn;
	l->retired += plan.retire;
	l->starting += plan.spawn;
	cr_assert(n == 0 || plan.spawn == 0, "seed %u step %u: both", l->seed, l->step);
	while (n > 0 && l->starting > 0)
		l->starting--, n--;
	while (n > 0 && l->idle > 0)
		l->idle--, n--;
	while (n > 0 && l->busy > 0)
		l->busy--, l->retiring++, n--;
}

static void
settle(struct life *l)
{
	const struct demand_facts f = {
		.now_usec = l->now,
		.live = live(l),
		.starting = l->starting,
		.idle = l->idle,
		.queued = l->queued,
		.low = l->low,
	};

	if (l->awake || l->now >= l->look) {
		l->awake = false;
		(void)demand_make(&f, &l->set, &l->memory, &l->look);
		l->armed = true;
		if (l->memory.new_window)
			l->low = l->idle;
	}
	obey(l);
	serve_the_queue(l);
}

static void
happen(struct life *l)
{
	unsigned n;

	switch (chance(l, 8)) {
	case 0:
		l->queued += 1 + chance(l, chance(l, 6) ? 4 : 100);
		serve_the_queue(l);
		break;
	case 1:
	case 2:
		n = l->busy ? 1 + chance(l, l->busy) : 0;
		l->busy -= n;
		l->idle += n;
		serve_the_queue(l);
		break;
	case 3:
		l->retiring -= l->retiring ? 1 + chance(l, l->retiring) : 0;
		break;
	case 4: /* one dies, whatever it does */
		if (l->idle > 0 && chance(l, 2))
			l->idle--;
		else if (l->busy > 0)
			l->busy--;
		l->awake = true;
		break;
	case 5:
		n = l->starting ? 1 + chance(l, l->starting) : 0;
		l->starting -= n;
		if (l->fails) {
			l->failures += n > 0;
		} else {
			l->failures = 0;
			l->idle += n;
		}
		serve_the_queue(l);
		break;
	case 6:
		l->fails = chance(l, 10) == 0;
		break;
	default:
		l->now += chance(l, 3) ? chance(l, 1000) : chance(l, 40) * USEC_PER_SEC;
		break;
	}
}

static void
check(const struct life *l)
{
	const struct demand_settings *s = &l->set;
	unsigned least = s->min_spare < s->max ? s->min_spare : s->max;

	cr_assert_leq(live(l), s->max, "seed %u step %u: %u live", l->seed, l->step,
	              live(l));
	cr_assert(l->memory.wanted >= least && l->memory.wanted <= s->max,
	          "seed %u step %u: wants %u", l->seed, l->step, l->memory.wanted);
	cr_assert(l->failures > 0 || live(l) >= least, "seed %u step %u: %u of %u",
	          l->seed, l->step, live(l), least);
	cr_assert(l->look > l->now || l->awake, "seed %u step %u: looks at once again",
	          l->seed, l->step);
}

/* Who starts succeeds, and everybody who can be served is. */
static unsigned
come_to_rest(struct life *l)
{
	unsigned n;

	l->failures = 0;
	l->fails = false;
	for (n = 0; n < 20; n++) {
		l->spawned = l->retired = 0;
		l->idle += l->starting;
		l->starting = 0;
		serve_the_queue(l);
		settle(l);
		if (l->spawned + l->retired == 0 && !l->awake)
			break;
	}
	return n;
}

static void
begin(struct life *l, unsigned seed)
{
	*l = (struct life){ .seed = seed,
		            .state = UINT64_C(88172645463325252) + seed,
		            .now = NOW,
		            .look = 0,
		            .armed = true };
	l->set.min_spare = chance(l, 3) ? chance(l, 6) : 0;
	l->set.max_spare = l->set.min_spare + chance(l, 10);
	l->set.max = 1 + chance(l, chance(l, 2) ? 8 : 200);
	l->set.start = chance(l, 3) ? 0 : chance(l, 20);
	l->set.idle_retire_usec = (1 + chance(l, 100)) * USEC_PER_SEC;
	(void)chance(l, 2);
}

/* The same load again and again: after the second window nothing moves. */
static void
check_rest(struct life *l)
{
	/* Of what min_spare = 0 leaves it is sure after twice idle_retire. */
	unsigned steady =
	    4 + (l->set.min_spare > 0
	             ? 0
	             : (unsigned)(2 * l->set.idle_retire_usec / DEMAND_WINDOW_USEC));
	unsigned busy = l->busy;
	unsigned window;
	unsigned moved;
	unsigned n;

	n = come_to_rest(l);
	cr_assert_lt(n, 20, "seed %u: does not settle", l->seed);
	cr_assert(l->queued == 0 || live(l) == l->set.max, "seed %u: %u are left",
	          l->seed, l->queued);
	busy = l->busy;
	for (window = 0; window < steady + 4; window++) {
		l->now += l->look != USEC_NEVER ? l->look - l->now : USEC_PER_SEC;
		l->spawned = l->retired = 0;
		settle(l);
		moved = l->spawned + l->retired;
		n = come_to_rest(l);
		moved += l->spawned + l->retired;
		cr_assert_lt(n, 20, "seed %u: does not settle", l->seed);
		cr_assert(window < steady || moved == 0,
		          "seed %u: flaps, %u in window %u of %u, spare %u to %u of "
		          "%u, %u busy, %u idle",
		          l->seed, moved, window, steady, l->set.min_spare,
		          l->set.max_spare, l->set.max, l->busy, l->idle);
		check(l);
	}
	cr_assert_eq(l->busy, busy, "seed %u: somebody was disturbed", l->seed);
	cr_assert_leq(l->idle,
	              l->set.min_spare == 0                 ? 1
	              : l->set.max_spare > l->set.min_spare ? l->set.max_spare
	                                                    : l->set.min_spare,
	              "seed %u: %u stay idle", l->seed, l->idle);
	/* … and once nobody comes any more. */
	l->idle += l->busy;
	l->busy = l->queued = 0;
	for (window = 0; window < steady + 4; window++) {
		l->now += l->look != USEC_NEVER ? l->look - l->now : USEC_PER_SEC;
		settle(l);
		(void)come_to_rest(l);
	}
	cr_assert(l->set.min_spare > 0 || live(l) == 0, "seed %u: %u stay", l->seed,
	          live(l));
	cr_assert(l->look == USEC_NEVER, "seed %u: looks for nothing", l->seed);
}

Test(demand, holds_through_random_histories)
{
	struct life l;
	unsigned seed;

	for (seed = 1; seed <= HISTORIES; seed++) {
		begin(&l, seed);
		for (l.step = 0; l.step < STEPS; l.step++) {
			settle(&l);
			check(&l);
			happen(&l);
		}
		if (l.queued > 300)
			l.queued = 300;
		check_rest(&l);
	}
}
