/*
 * test_pool_walk.c - pools that walk at random, under a clock of their own.
 *
 * A minute of accepting, crashing, hanging, stopping and reloading takes a
 * millisecond in the world of walk.h, and what doc/design.md promises is checked after
 * each step.  A failure names the seed and the step; the same seed makes the same walk.
 */
#include "config.h"

#include "walk.h"

#include <stdlib.h>

#include "base/log.h"
#include "test_load_fixture.h"

#define WALKS 400
#define STEPS 300

static const char configuration[] =
    "max_workers_total = 24\n"
    "defaults { stop_timeout = 3s  kill_timeout = 1s  start_timeout = 2s }\n"
    "service fixed { builtin = echo listen = 1 workers = 4\n"
    "  max_connections_per_worker = 30 }\n"
    "service range { builtin = echo listen = 2 min_spare = 2 max_spare = 4\n"
    "  max_workers = 16 max_age = 1min }\n"
    "service zero { builtin = echo listen = 3 min_spare = 0 max_spare = 2\n"
    "  max_workers = 6 idle_retire = 20s }\n"
    "service slow { builtin = echo listen = 4 min_spare = 1 max_workers = 9\n"
    "  spawn_rate = 5 max_connections_per_worker = 10 }\n"
    "service bounded { builtin = echo listen = 5 min_spare = 1 max_spare = 3\n"
    "  max_workers = 7 max_duration = 10s }\n";

/* Of all walks: ended by the master for max_duration. */
static uint64_t overruns;

static struct pool *
any_pool(void)
{
	struct service *s = w.services.table[chance((unsigned)w.services.n)];
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT)
			return s->pools[i];
	}
	return NULL;
}

static void
reload_one(void)
{
	unsigned number = chance(SERVICES);
	struct service *s = w.services.table[number];

	if (s->n_pools == 1 && !s->pools[0]->held)
		cr_assert_eq(world_add_generation(s, number, POOL_COMING), 0);
}

static void
happen(void)
{
	unsigned service = chance(SERVICES);
	struct process *p;
	struct pool *pool;

	switch (chance(24)) {
	case 0:
	case 1:
	case 2:
	case 3:
		queue_fill(service,
		           w.queue[service] + 1 + (chance(5) ? 0 : chance(12)));
		break;
	case 4:
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
		p = process_any(BORN, -1);
		if (p)
			process_get_ready(p);
		break;
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		p = process_any(BUSY, -1);
		if (p)
			process_finish(p);
		break;
	case 15:
		p = process_any(chance(2) ? IDLE : BUSY, -1);
		if (p && chance(3) == 0)
			process_crash(p);
		break;
	case 16:
		if (chance(4) == 0)
			reload_one();
		break;
	case 17:
		pool = any_pool();
		if (pool && chance(4) == 0)
			pool_restart(pool);
		break;
	case 18:
		pool = any_pool();
		if (pool && !pool->held && chance(6) == 0)
			pool_hold(pool);
		else if (pool && pool->held)
			pool_resume(pool);
		break;
	case 19:
		w.no_forks = chance(12) == 0;
		w.no_starts = chance(12) == 0;
		break;
	case 20:
		processes_obey();
		p = process_any(IDLE, -1);
		if (p && chance(8) == 0)
			process_lie(p);
		break;
	default:
		w.now = chance(3) ? w.now + chance(3000)
		                  : world_next_timer(w.now + USEC_PER_SEC);
		break;
	}
	processes_end_overdue();
	if (chance(2))
		processes_serve();
}

/* So much time, in which everything works and nobody finishes or comes. */
static void
rest(uint64_t usec)
{
	uint64_t until = w.now + usec;
	struct process *p;

	while (w.now < until) {
		do {
			processes_end_overdue();
			processes_obey();
			for (p = process_any(BORN, -1); p; p = process_any(BORN, -1))
				process_get_ready(p);
			processes_serve();
			world_settle();
		} while (process_any(BORN, -1));
		w.now = world_next_timer(until) + 1;
	}
}

/* How many workers of a service have ended for that cause. */
static uint64_t
count_ends(const struct service *s, int cause)
{
	uint64_t n = s->past.ends[cause];
	size_t i;

	for (i = 0; i < s->n_pools; i++)
		n += s->pools[i]->ends[cause];
	return n;
}

/* The end: everybody goes, in the time that is set, and is accounted for. */
static void
stop(void)
{
	uint64_t ends = 0;
	struct process *p;
	struct pool *pool;
	unsigned i;
	int cause;

	w.quiet = true;
	SERVICES_FOREACH_POOL (pool, &w.services)
		pool_drain(pool);
	rest(8 * USEC_PER_SEC);
	for (p = process; p < process + w.n_processes; p++)
		must(p->life == GONE, "%s[%u] outlives the stop", w.seed, w.step,
		     p->pool, p->slot);
	(void)services_reap(&w.services);
	for (i = 0; i < SERVICES; i++) {
		for (cause = 0; cause < CAUSE_N; cause++)
			ends += count_ends(w.services.table[i], cause);
		overruns += count_ends(w.services.table[i], CAUSE_OVERRUN);
	}
	must(ends == w.deaths, "%u deaths, %u causes", w.seed, w.step, w.deaths,
	     (unsigned)ends);
	world_end();
}

/* One dies idle, a few come, some of them while the master looks: nobody waits for a
 * window or a second look. */
static void
a_few_come(void)
{
	struct process *it = process_any(IDLE, 1);
	unsigned rounds;

	if (it && it->served > 0)
		process_crash(it);
	world_settle();
	for (rounds = 1 + chance(4); rounds > 0; rounds--) {
		queue_fill(1, w.queue[1] + 1);
		queue_fill(2, w.queue[2] + chance(3));
		processes_serve();
		world_settle();
	}
	w.quiet = true;
	rest(300 * USEC_PER_MSEC);
	check_served();
	check_spare();
}

/* More come, one by one, than spawn_rate lets be started: nobody waits for the status.
 */
static void
a_few_more_come(void)
{
	unsigned rounds;

	for (rounds = 0; rounds < 4; rounds++) {
		queue_fill(3, w.queue[3] + 1);
		rest(10 * USEC_PER_MSEC);
	}
	rest(USEC_PER_SEC);
	check_served();
	check_spare();
}

static void
walk(unsigned seed)
{
	struct settings *settings = load_text(configuration);
	struct pool *p;

	cr_assert_not_null(settings, "%s", errors);
	world_begin(seed, settings);
	for (w.step = 0; w.step < STEPS; w.step++) {
		happen();
		world_settle();
	}
	/* What has failed is tried again after half a minute at most. */
	w.no_forks = w.no_starts = false;
	SERVICES_FOREACH_POOL (p, &w.services) {
		if (p->held)
			pool_resume(p);
	}
	rest(70 * USEC_PER_SEC);
	check_served();
	check_overruns();
	a_few_come();
	a_few_more_come();
	w.timers = 0;
	rest(100 * USEC_PER_SEC);
	check_served();
	check_surplus();
	must(w.timers < 800, "%u timers in 100 quiet seconds", w.seed, w.step,
	     (unsigned)w.timers);
	stop();
}

static void
enter(void)
{
	enter_folder();
	log_set_level(LOG_EMERG);
}

TestSuite(pool_walk, .init = enter, .fini = leave_folder, .timeout = 600);

Test(pool_walk, keeps_what_the_design_promises)
{
	const char *one = getenv("PREFORKD_WALK");
	unsigned seed;

	if (one) {
		walk((unsigned)atoi(one));
		return;
	}
	for (seed = 1; seed <= WALKS; seed++)
		walk(seed);
	cr_assert_gt(overruns, 0);
}
