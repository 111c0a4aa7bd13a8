/*
 * test_plan.c - how many to start and to stop: by tables, and by the thousand.
 *
 * The histories are a small pool without processes: it does what the plan says, and
 * then something happens to it.  What must always hold is checked after each step.
 * A failure names the seed and the step; the same seed makes the same history.
 */
#include "config.h"

#include "pool/plan.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"
#include "pool/backoff.h"

#define NOW (1000 * USEC_PER_SEC)
#define HISTORIES 120000
#define STEPS 40

TestSuite(plan, .timeout = 240);

Test(plan, says_what_the_tables_say)
{
	/* clang-format off */
	static const struct {
		const char *when;
		unsigned workers, unproven, proven, failures;
		int64_t retry; /* from now on */
		bool listening, draining;
		unsigned spawn, retire;
		uint64_t look; /* from now on, or never */
	} rows[] = {
		/*                                 want  unpr prov fail retry  listen drain  spawn retire look */
		{ "nothing is there",                 8,   0,   0,  0,     0, true,  false,    8,   0, USEC_NEVER },
		{ "one is wanted",                    1,   0,   0,  0,     0, true,  false,    1,   0, USEC_NEVER },
		{ "all are there",                    8,   0,   8,  0,     0, true,  false,    0,   0, USEC_NEVER },
		{ "all are on their way",             8,   8,   0,  0,     0, true,  false,    0,   0, USEC_NEVER },
		{ "one has died",                     8,   0,   7,  0,     0, true,  false,    1,   0, USEC_NEVER },
		{ "one has died while others start",  8,   5,   2,  0,     0, true,  false,    1,   0, USEC_NEVER },
		{ "one too many",                     8,   0,   9,  0,     0, true,  false,    0,   1, USEC_NEVER },
		{ "many too many, some unproven",     2,   5,   5,  0,     0, true,  false,    0,   8, USEC_NEVER },
		{ "too many, deaf",                   2,   0,   5,  0,     0, false, false,    0,   3, USEC_NEVER },
		{ "none is wanted",                   0,   0,   3,  0,     0, true,  false,    0,   3, USEC_NEVER },
		{ "a batch",                        128,   0,   0,  0,     0, true,  false,  128,   0, USEC_NEVER },
		{ "more than a batch",              129,   0,   0,  0,     0, true,  false,  128,   0, 0 },
		{ "the second batch",              1000, 128,   0,  0,     0, true,  false,  128,   0, 0 },
		{ "the last batch",                1000, 896,   0,  0,     0, true,  false,  104,   0, USEC_NEVER },
		{ "nothing to accept from",           8,   0,   0,  0,     0, false, false,    0,   0, USEC_NEVER },
		{ "deaf, with back-off",              8,   0,   0,  3,     5, false, false,    0,   0, USEC_NEVER },
		{ "failed, too early",                8,   0,   0,  1,     5, true,  false,    0,   0, 5 },
		{ "failed, one microsecond early",    8,   0,   0,  1,     1, true,  false,    0,   0, 1 },
		{ "failed, in time",                  8,   0,   0,  1,     0, true,  false,    1,   0, USEC_NEVER },
		{ "failed, late",                     8,   0,   0,  9,   -50, true,  false,    1,   0, USEC_NEVER },
		{ "failed, one goes ahead",           8,   1,   0,  1,   -50, true,  false,    0,   0, USEC_NEVER },
		{ "failed, the wave is not over",     8,   7,   0,  1,     5, true,  false,    0,   0, USEC_NEVER },
		{ "failed, some work, one missing",   8,   0,   7,  1,     5, true,  false,    0,   0, 5 },
		{ "failed, some work, in time",       8,   0,   5,  2,     0, true,  false,    1,   0, USEC_NEVER },
		{ "failed, but complete",             8,   0,   8,  2,     5, true,  false,    0,   0, USEC_NEVER },
		{ "failed, of very many",          4000,   0,   0,  1,     0, true,  false,    1,   0, USEC_NEVER },
		{ "draining",                         8,   1,   7,  0,     0, true,  true,     0,   8, USEC_NEVER },
		{ "draining, incomplete",             8,   0,   3,  0,     0, true,  true,     0,   3, USEC_NEVER },
		{ "draining, empty",                  8,   0,   0,  0,     0, true,  true,     0,   0, USEC_NEVER },
		{ "draining, failed",                 8,   0,   2,  4,     5, true,  true,     0,   2, USEC_NEVER },
		{ "draining, deaf",                   8,   3,   2,  0,     0, false, true,     0,   5, USEC_NEVER },
	};
	/* clang-format on */
	struct plan_settings settings;
	struct plan_facts facts;
	struct plan plan;
	uint64_t look;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		settings.workers = rows[i].workers;
		facts = (struct plan_facts){
			.now_usec = NOW,
			.unproven = rows[i].unproven,
			.proven = rows[i].proven,
			.failures = rows[i].failures,
			.retry_usec = NOW + (uint64_t)rows[i].retry,
			.listening = rows[i].listening,
			.draining = rows[i].draining,
		};
		look = rows[i].look == USEC_NEVER ? USEC_NEVER : NOW + rows[i].look;
		plan = plan_make(&facts, &settings);
		cr_expect_eq(plan.spawn, rows[i].spawn, "%s: spawn %u", rows[i].when,
		             plan.spawn);
		cr_expect_eq(plan.retire, rows[i].retire, "%s: retire %u", rows[i].when,
		             plan.retire);
		cr_expect_eq(plan.look_usec, look, "%s: look %" PRIu64, rows[i].when,
		             plan.look_usec);
	}
}

/* --- histories ------------------------------------------------------------------- */

struct life {
	unsigned seed, step;
	uint64_t state; /* of the random numbers */
	uint64_t now;
	unsigned workers;
	/* When each of the unproven was started: a queue that loses any of them. */
	uint64_t started[512];
	unsigned unproven, proven, retiring;
	struct backoff backoff;
	bool listening, draining;
};

/* xorshift64*: the same everywhere. */
static unsigned
chance(struct life *l, unsigned n)
{
	l->state ^= l->state >> 12;
	l->state ^= l->state << 25;
	l->state ^= l->state >> 27;
	return (unsigned)((l->state * UINT64_C(2685821657736338717)) >> 33) % n;
}

#define HOLDS(l, what)                                                                 \
	do {                                                                           \
		if (!(what))                                                           \
			cr_assert_fail("seed %u, step %u: not %s (want %u, unproven "  \
			               "%u, proven %u, failures %u)",                  \
			               (l)->seed, (l)->step, #what, (l)->workers,      \
			               (l)->unproven, (l)->proven,                     \
			               (l)->backoff.failures);                         \
	} while (0)

static unsigned
live(const struct life *l)
{
	return l->unproven + l->proven;
}

static struct plan
look(const struct life *l)
{
	const struct plan_facts facts = {
		.now_usec = l->now,
		.unproven = l->unproven,
		.proven = l->proven,
		.failures = l->backoff.failures,
		.retry_usec = l->backoff.retry_usec,
		.listening = l->listening,
		.draining = l->draining,
	};
	const struct plan_settings settings = { l->workers };

	return plan_make(&facts, &settings);
}

static void
check(const struct life *l, const struct plan *p)
{
	HOLDS(l, p->spawn == 0 || p->retire == 0);
	HOLDS(l, p->spawn <= PLAN_BATCH);
	HOLDS(l, p->spawn == 0 || live(l) + p->spawn <= l->workers);
	HOLDS(l, p->spawn == 0 || !l->draining);
	HOLDS(l, p->spawn == 0 || l->listening);
	HOLDS(l, !l->draining || p->retire == live(l));
	HOLDS(l, l->draining || live(l) <= l->workers ||
	             p->retire == live(l) - l->workers);
	HOLDS(l, l->draining || live(l) > l->workers || p->retire == 0);
	/* After a failure one goes ahead, alone, and not too early. */
	if (l->backoff.failures > 0 && p->spawn > 0) {
		HOLDS(l, p->spawn == 1);
		HOLDS(l, l->unproven == 0);
		HOLDS(l, l->now >= l->backoff.retry_usec);
	}
	HOLDS(l, p->look_usec >= l->now);
	HOLDS(l,
	      p->look_usec <= l->now + BACKOFF_MAX_USEC || p->look_usec == USEC_NEVER);
}

/* Does it, and checks that what is still missing will be looked at again: at a time,
 * or because something is on its way. */
static struct plan
obey(struct life *l)
{
	struct plan p = look(l);
	unsigned i;

	check(l, &p);
	for (i = 0; i < p.spawn; i++)
		l->started[l->unproven++] = l->now;
	for (i = 0; i < p.retire; i++) {
		if (l->unproven > 0)
			l->unproven--;
		else
			l->proven--;
		l->retiring++;
	}
	if (l->listening && !l->draining && live(l) < l->workers)
		HOLDS(l, p.look_usec != USEC_NEVER || l->unproven > 0);
	return p;
}

static void
fail_one(struct life *l)
{
	unsigned i = chance(l, l->unproven);

	(void)backoff_fail(&l->backoff, l->started[i], l->now);
	l->started[i] = l->started[--l->unproven];
}

static void
prove_one(struct life *l)
{
	unsigned i = chance(l, l->unproven);

	l->started[i] = l->started[--l->unproven];
	l->proven++;
	(void)backoff_succeed(&l->backoff);
}

static void
happen(struct life *l, const struct plan *p)
{
	unsigned n;

	l->now += chance(l, 3) ? chance(l, 2000) : chance(l, 40000000);
	switch (chance(l, 12)) {
	case 0:
	case 1:
	case 2: /* some begin to work */
		for (n = chance(l, 9); n > 0 && l->unproven > 0; n--)
			prove_one(l);
		return;
	case 3:
	case 4: /* some cannot start */
		for (n = chance(l, 9); n > 0 && l->unproven > 0; n--)
			fail_one(l);
		return;
	case 5: /* a wave fails as one */
		while (l->unproven > 0)
			fail_one(l);
		return;
	case 6: /* some that worked are killed */
		for (n = chance(l, 9); n > 0 && l->proven > 0; n--)
			l->proven--;
		return;
	case 7:
		l->retiring -= chance(l, l->retiring + 1);
		return;
	case 8: /* the socket is lost, or back */
		l->listening = chance(l, 4) > 0;
		return;
	case 9: /* other settings */
		if (chance(l, 4) == 0)
			l->workers = chance(l, 8) ? chance(l, 20) : chance(l, 400);
		return;
	case 10:
		if (chance(l, 12) == 0)
			l->draining = true;
		return;
	default: /* exactly when it wanted to look again, or a moment before */
		if (p->look_usec != USEC_NEVER && p->look_usec > l->now)
			l->now = p->look_usec - chance(l, 2);
		return;
	}
}

/* When all that is started works, it comes to rest: in how many looks? */
static void
rest(struct life *l)
{
	unsigned most = 2 + l->workers / PLAN_BATCH + 1 + l->unproven;
	struct plan p;
	unsigned n;

	l->listening = true;
	for (n = 0;; n++) {
		p = obey(l);
		if (p.spawn == 0 && p.retire == 0 && p.look_usec == USEC_NEVER &&
		    l->unproven == 0)
			break;
		HOLDS(l, n <= most);
		while (l->unproven > 0)
			prove_one(l);
		if (p.look_usec != USEC_NEVER)
			l->now = p.look_usec;
	}
	HOLDS(l, live(l) == (l->draining ? 0 : l->workers));
}

Test(plan, keeps_its_promises_in_a_hundred_thousand_histories)
{
	unsigned seed, drained = 0, failed = 0;
	struct plan p;

	for (seed = 1; seed <= HISTORIES; seed++) {
		struct life l = {
			.seed = seed,
			.state = seed * UINT64_C(0x9E3779B97F4A7C15),
			.now = NOW,
			.listening = true,
		};

		l.workers = seed % 50 ? 1 + chance(&l, 20) : chance(&l, 400);
		for (l.step = 0; l.step < STEPS; l.step++) {
			p = obey(&l);
			happen(&l, &p);
		}
		drained += l.draining;
		failed += l.backoff.failures > 0;
		rest(&l);
	}
	/* They were not all of one kind. */
	cr_assert(drained > HISTORIES / 20 && drained < HISTORIES / 2, "%u drained",
	          drained);
	cr_assert(failed > HISTORIES / 20, "%u ended in back-off", failed);
}

Test(plan, of_a_pool_that_never_starts_tries_twice_a_minute)
{
	struct life l = { .state = 7, .now = NOW, .listening = true, .workers = 8 };
	uint64_t first, last = 0;
	unsigned tries = 0;
	struct plan p;

	p = obey(&l);
	cr_assert_eq(l.unproven, 8);
	l.now += 3 * USEC_PER_MSEC;
	while (l.unproven > 0)
		fail_one(&l);
	first = l.now;
	/* Six hours. */
	while (l.now < first + 6 * 3600 * USEC_PER_SEC) {
		p = obey(&l);
		if (p.spawn > 0) {
			HOLDS(&l, tries < 9 || l.now - last == BACKOFF_MAX_USEC);
			last = l.now;
			tries++;
			fail_one(&l);
			continue;
		}
		HOLDS(&l, p.look_usec != USEC_NEVER && p.look_usec > l.now);
		l.now = p.look_usec;
	}
	/* Nine on the way up, for 51.1 s; one every 30 s from then on. */
	cr_assert_eq(tries, 9 + (6 * 3600 - 51) / 30, "%u tries", tries);
}

Test(plan, starts_all_the_others_after_the_first_that_works)
{
	struct life l = { .state = 7, .now = NOW, .listening = true, .workers = 64 };
	struct plan p;

	(void)obey(&l);
	l.now += 3 * USEC_PER_MSEC;
	while (l.unproven > 0)
		fail_one(&l);
	l.now = l.backoff.retry_usec;
	p = obey(&l);
	cr_assert_eq(p.spawn, 1);
	prove_one(&l);
	p = obey(&l);
	cr_assert_eq(p.spawn, 63);
}

/* --- replacing workers ------------------------------------------------------------ */

Test(plan, replaces_by_the_table)
{
	/* clang-format off */
	static const struct {
		const char *when;
		unsigned workers, unproven, proven, stale, fresh, failures;
		bool listening, draining;
		unsigned spawn, retire;
	} rows[] = {
		/*                                 want  unpr prov stale fresh fail  listen drain  spawn retire */
		{ "all are stale",                    4,   0,   4,    4,    0,    0, true,  false,    1,   0 },
		{ "the successor is on its way",      4,   1,   4,    4,    1,    0, true,  false,    0,   0 },
		{ "the successor is up",              4,   1,   4,    4,    0,    0, true,  false,    0,   1 },
		{ "half are replaced",                4,   2,   2,    2,    0,    0, true,  false,    1,   0 },
		{ "the last",                         4,   3,   1,    1,    0,    0, true,  false,    1,   0 },
		{ "the last successor is up",         4,   4,   1,    1,    0,    0, true,  false,    0,   1 },
		{ "all are replaced",                 4,   0,   4,    0,    0,    0, true,  false,    0,   0 },
		{ "one of one",                       1,   0,   1,    1,    0,    0, true,  false,    1,   0 },
		{ "a stale one has died",             4,   0,   3,    3,    0,    0, true,  false,    1,   0 },
		{ "all have died",                    4,   0,   0,    0,    0,    0, true,  false,    4,   0 },
		{ "a stale one has died meanwhile",   4,   1,   3,    3,    1,    0, true,  false,    0,   0 },
		{ "two too many, none up",            4,   2,   4,    4,    2,    0, true,  false,    0,   2 },
		{ "deaf",                             4,   0,   4,    4,    0,    0, false, false,    0,   0 },
		{ "draining",                         4,   1,   4,    4,    1,    0, true,  true,     0,   5 },
	};
	/* clang-format on */
	struct plan plan;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const struct plan_facts facts = {
			.now_usec = NOW,
			.unproven = rows[i].unproven,
			.proven = rows[i].proven,
			.stale = rows[i].stale,
			.fresh = rows[i].fresh,
			.failures = rows[i].failures,
			.listening = rows[i].listening,
			.draining = rows[i].draining,
		};
		const struct plan_settings settings = { rows[i].workers };

		plan = plan_make(&facts, &settings);
		cr_expect_eq(plan.spawn, rows[i].spawn, "%s: spawn %u", rows[i].when,
		             plan.spawn);
		cr_expect_eq(plan.retire, rows[i].retire, "%s: retire %u", rows[i].when,
		             plan.retire);
	}
}

/* A pool that is being restarted: the stale, those on their way, those that are up. */
struct turn {
	unsigned workers, stale, fresh, up;
};

static struct plan
look_at_turn(const struct turn *t)
{
	const struct plan_facts facts = {
		.now_usec = NOW,
		.unproven = t->fresh,
		.proven = t->stale + t->up,
		.stale = t->stale,
		.fresh = t->fresh,
		.listening = true,
	};
	const struct plan_settings settings = { t->workers };

	return plan_make(&facts, &settings);
}

/* Stale ones go first, as pool_retire_some() has it. */
static void
obey_turn(struct turn *t, const struct plan *p)
{
	unsigned n;

	t->fresh += p->spawn;
	for (n = p->retire; n > 0; n--) {
		if (t->stale > 0)
			t->stale--;
		else if (t->fresh > 0)
			t->fresh--;
		else
			t->up--;
	}
}

/* Whatever dies or comes up meanwhile: never more than one too many, never one fewer
 * asked to end than there are successors, and it comes to an end. */
Test(plan, restarts_come_to_an_end_and_never_have_two_too_many)
{
	unsigned seed;
	unsigned step;

	for (seed = 1; seed <= 20000; seed++) {
		struct life l = { .seed = seed,
			          .state = seed * UINT64_C(0x9E3779B97F4A7C15) };
		struct turn t = { .workers = 1 + chance(&l, 20) };
		struct plan p;

		t.stale = t.workers;
		for (step = 0; t.stale + t.fresh > 0 || t.up < t.workers; step++) {
			unsigned before = t.stale + t.up;

			cr_assert_lt(step, 400, "seed %u does not end", seed);
			p = look_at_turn(&t);
			obey_turn(&t, &p);
			cr_assert_leq(t.stale + t.fresh + t.up, t.workers + 1,
			              "seed %u, step %u", seed, step);
			if (p.retire > 0)
				cr_assert_geq(t.stale + t.up, t.workers,
				              "seed %u, step %u: %u served, %u do",
				              seed, step, before, t.stale + t.up);
			/* Now and then one dies, in the first hundred steps. */
			if (step < 100 && chance(&l, 10) == 0) {
				if (t.stale > 0 && chance(&l, 2))
					t.stale--;
				else if (t.up > 0)
					t.up--;
			}
			if (t.fresh > 0 && chance(&l, 3) > 0) {
				t.fresh--;
				t.up++;
			}
		}
		p = look_at_turn(&t);
		cr_assert(p.spawn == 0 && p.retire == 0, "seed %u", seed);
	}
}
