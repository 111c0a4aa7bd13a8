/*
 * test_pool_walk.c - pools that walk at random, under a clock of their own.
 *
 * The pools, their plans, slots, timers and boards are the real ones.  The world around
 * them is not: processes are entries in a table that do to the scoreboard what workers
 * do, kill() finds them there, the queue is a number, and time is what we say.  So a
 * minute of accepting, crashing, stopping and reloading takes a millisecond, and what
 * doc/design.md promises is checked after each step.  A failure names the seed and the
 * step; the same seed makes the same walk.
 */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "master/services.h"
#include "pool/parts.h"
#include "pool/spawn.h"
#include "test_load_fixture.h"
#include "worker/worker.h"

#define WALKS 400
#define STEPS 300
#define PROCESSES 4096
#define FIRST_PID 100000000 /* no pid of this kernel's */
#define TOTAL 24
#define FDS 4096

/* Far ahead of the real clock: no timer of the loop ever fires by itself. */
#define BEGINNING (UINT64_C(1) << 50)

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
    "  spawn_rate = 5 max_connections_per_worker = 10 }\n";
#define SERVICES 4

enum life { GONE, BORN, IDLE, BUSY, ZOMBIE };

static struct process {
	enum life life;
	struct scoreboard board;
	unsigned slot;
	unsigned service;
	int wake_fd;
	unsigned served;
	uint64_t limit;
	bool asked, stubborn;
	int status; /* of a zombie: an exit code, or minus a signal */
	char pool[80];
} process[PROCESSES];

static struct world {
	unsigned seed, step;
	uint64_t random, now;
	unsigned queue[SERVICES];
	int ready_fd[SERVICES]; /* readable while somebody is queued */
	unsigned char owner[FDS];
	struct services services;
	struct settings *settings;
	struct registry registry;
	struct pool_context context;
	unsigned n_processes; /* ever */
	unsigned deaths;
	bool no_forks, no_starts, quiet;
	unsigned crashed;
	uint64_t timers; /* that have fired */
} w;

static unsigned
chance(unsigned n)
{
	w.random ^= w.random >> 12;
	w.random ^= w.random << 25;
	w.random ^= w.random >> 27;
	return (unsigned)((w.random * UINT64_C(2685821657736338717)) >> 33) % n;
}

#define must(what, ...)                                                                \
	do {                                                                           \
		if (!(what))                                                           \
			cr_assert_fail("seed %u step %u: " __VA_ARGS__);               \
	} while (0)

static uint64_t
now(void)
{
	return w.now;
}

/* --- workers -----------------------------------------------------------------------
 */

static void
die(struct process *p, int status)
{
	p->life = ZOMBIE;
	p->status = status;
	w.deaths++;
}

static void
leave(struct process *p)
{
	score_set_leaving(&p->board, p->slot, w.now);
	die(p, WORKER_EXIT_RETIRED);
}

static void
wake(const struct process *p)
{
	const uint64_t one = 1;

	cr_assert_eq(write(p->wake_fd, &one, sizeof(one)), 8);
}

static void
set_queue(unsigned service, unsigned n)
{
	uint64_t count = 1;
	ssize_t r = 0;

	if (n > 0 && w.queue[service] == 0)
		r = write(w.ready_fd[service], &count, sizeof(count));
	if (n == 0 && w.queue[service] > 0)
		r = read(w.ready_fd[service], &count, sizeof(count));
	cr_assert_geq(r, 0);
	w.queue[service] = n;
}

static void
accept_one(struct process *p)
{
	const struct peer peer = { 0 };
	bool wanted = board_take_idle(&p->board);

	set_queue(p->service, w.queue[p->service] - 1);
	p->life = BUSY;
	score_set_busy(&p->board, p->slot, w.now, &peer);
	if (wanted)
		wake(p);
}

static void
become_idle(struct process *p)
{
	score_set_idle(&p->board, p->slot, w.now);
	board_give_idle(&p->board);
	p->life = IDLE;
}

static void
end_idle(struct process *p)
{
	if (board_take_idle(&p->board))
		wake(p);
	leave(p);
}

static void
finish_one(struct process *p)
{
	const struct connection c = { .since_usec = w.now };

	score_count(&p->board, p->slot, &c, SERVE_DONE, w.now);
	if (p->asked) {
		leave(p);
		return;
	}
	if (++p->served == p->limit)
		wake(p);
	become_idle(p);
}

static struct process *
any(enum life life, int service)
{
	unsigned i, at = chance(w.n_processes + 1);
	struct process *p;

	for (i = 0; i < w.n_processes; i++) {
		p = &process[(at + i) % w.n_processes];
		if (p->life == life && (service < 0 || (int)p->service == service))
			return p;
	}
	return NULL;
}

/* Everybody who can take somebody does. */
static void
serve_queues(void)
{
	struct process *p;
	unsigned i;

	for (i = 0; i < w.n_processes; i++) {
		p = &process[i];
		if (p->life == IDLE && w.queue[p->service] > 0)
			accept_one(p);
	}
}

/* --- what the pools call ------------------------------------------------------------
 */

int
spawn_worker(const struct worker_args *args, pid_t *ret_pid)
{
	struct process *p;
	unsigned i;

	if (w.no_forks)
		return -EAGAIN;
	for (i = 0; i < w.n_processes; i++)
		must(process[i].life == GONE || process[i].slot != args->slot ||
		         strcmp(process[i].pool, args->pool) != 0,
		     "%s[%u] is there twice", w.seed, w.step, args->pool, args->slot);
	cr_assert_lt(w.n_processes, PROCESSES);
	p = &process[w.n_processes];
	*p = (struct process){ .life = BORN,
		               .board = args->scoreboard,
		               .slot = args->slot,
		               .wake_fd = args->wake_fd,
		               .limit = args->max_connections,
		               .service = w.owner[args->listeners[0].fd],
		               .stubborn = chance(30) == 0 };
	(void)snprintf(p->pool, sizeof(p->pool), "%s", args->pool);
	*ret_pid = FIRST_PID + (pid_t)w.n_processes++;
	return 0;
}

static void
check_asked(pid_t pid)
{
	const struct slot *slot = registry_find(&w.registry, pid);
	const struct pool *p = slot->pool;

	/* To replace: the successor is there first. */
	if (p->settings->workers > 0 && p->stage == POOL_CURRENT && !p->draining &&
	    !p->held && slot->state == SLOT_READY)
		must(p->slots.count[SLOT_READY] > p->settings->workers,
		     "%s: retired before its successor", w.seed, w.step, p->name);
}

/* Of the pools; and of everybody else, who means the real one. */
int
kill(pid_t pid, int signo)
{
	struct process *p;

	if (pid < FIRST_PID)
		return (int)syscall(SYS_kill, pid, signo);
	p = &process[pid - FIRST_PID];
	must(pid - FIRST_PID < (int)w.n_processes && p->life != GONE,
	     "a signal to a stranger", w.seed, w.step);
	if (p->life == ZOMBIE)
		return 0;
	if (signo == SIGKILL) {
		die(p, -SIGKILL);
	} else if (signo == SIGTERM) {
		if (!p->stubborn)
			leave(p);
	} else {
		check_asked(pid);
		p->asked = true;
	}
	return 0;
}

/* Somebody may take a place in this very moment. */
int
queue_read(int listener_fd, struct queue *ret)
{
	unsigned service = w.owner[listener_fd];
	struct process *p = w.quiet ? NULL : any(IDLE, (int)service);

	ret->length = w.queue[service];
	ret->limit = 4096;
	if (p && chance(4) == 0) {
		set_queue(service, w.queue[service] + 1);
		accept_one(p);
	}
	return 0;
}

/* Nobody harms a socket here: tests/e2e/t9203_sabotage.sh. */
void
listener_mend(struct listener *l, const struct listener_options *o, unsigned only,
              struct mended *ret)
{
	(void)l;
	(void)o;
	(void)only;
	memset(ret, 0, sizeof(*ret));
}

int
listener_reopen(struct listener *l, const struct listener_options *o,
                struct listener_error *ret_error)
{
	(void)l;
	(void)o;
	(void)ret_error;
	return -ENOTSUP;
}

static unsigned
room(void *userdata, const struct pool *p)
{
	(void)userdata;
	return services_room(&w.services, TOTAL, p);
}

static void
on_nothing(void *userdata)
{
	(void)userdata;
}

static void
on_open(void *userdata, const struct listener *l)
{
	(void)userdata;
	(void)l;
}

/* --- the master ---------------------------------------------------------------------
 */

static void
bury(void)
{
	struct slot *slot;
	siginfo_t si;
	unsigned i;

	for (i = 0; i < w.n_processes; i++) {
		if (process[i].life != ZOMBIE)
			continue;
		memset(&si, 0, sizeof(si));
		si.si_pid = FIRST_PID + (pid_t)i;
		si.si_code = process[i].status < 0 ? CLD_KILLED : CLD_EXITED;
		si.si_status = abs(process[i].status);
		slot = registry_find(&w.registry, si.si_pid);
		must(slot != NULL, "an end nobody waits for", w.seed, w.step);
		process[i].life = GONE;
		pool_on_end(slot->pool, slot, &si);
	}
}

static int
add_generation(struct service *s, unsigned number, enum pool_stage stage)
{
	struct listener *l = calloc(1, sizeof(*l));

	l->fd = dup(w.ready_fd[number]);
	cr_assert(l->fd >= 0 && l->fd < FDS);
	w.owner[l->fd] = (unsigned char)number;
	return service_add_pools(s, s->settings, &w.context, stage, l, 1);
}

/* As reload.c: who comes takes over when it is up, and lets go if it cannot start. */
static void
settle_generations(void)
{
	struct pool *coming, *current;
	struct service *s;
	size_t i, j;

	for (i = 0; i < w.services.n; i++) {
		s = w.services.table[i];
		coming = current = NULL;
		for (j = 0; j < s->n_pools; j++) {
			if (s->pools[j]->stage == POOL_COMING)
				coming = s->pools[j];
			if (s->pools[j]->stage == POOL_CURRENT)
				current = s->pools[j];
		}
		if (!coming)
			continue;
		if (pool_is_failing(coming)) {
			pool_leave(coming, NULL);
		} else if (pool_has_started(coming)) {
			coming->stage = POOL_CURRENT;
			pool_leave(current, NULL);
			pool_touch(coming);
		}
	}
}

static void
check_slots(struct pool *p)
{
	unsigned count[SLOT_N_STATES] = { 0 };
	const struct process *it;
	struct slot *slot;

	SLOT_FOREACH (slot, &p->slots) {
		count[slot->state]++;
		must((slot->pid > 0) == (slot->state != SLOT_FREE), "%s[%u]", w.seed,
		     w.step, p->name, slot->index);
		if (slot->pid == 0)
			continue;
		it = &process[slot->pid - FIRST_PID];
		must(it->life != GONE && it->slot == slot->index,
		     "%s[%u] has no process", w.seed, w.step, p->name, slot->index);
	}
	must(memcmp(count, p->slots.count, sizeof(count)) == 0, "%s: counts", w.seed,
	     w.step, p->name);
}

static void
check(void)
{
	unsigned live, most, all = 0, surge = 0;
	struct pool *p;

	SERVICES_FOREACH_POOL (p, &w.services) {
		check_slots(p);
		live = p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY];
		most = service_settings_max(p->settings);
		must(live <= most + 1, "%s: %u of %u", w.seed, w.step, p->name, live,
		     most);
		must(live <= most || pool_can_wear(p) || p->restart_usec,
		     "%s: one too many", w.seed, w.step, p->name);
		if (p->stage != POOL_CURRENT)
			continue;
		all += live;
		surge += pool_stale(p) > 0;
	}
	must(all <= TOTAL + surge, "%u workers in all", w.seed, w.step, all);
}

static void
settle(void)
{
	struct pool *p;
	uint64_t at;
	int on, i;

	for (i = 0; i < 12; i++) {
		while (sd_event_run(w.context.event, 0) > 0)
			;
		bury();
		SERVICES_FOREACH_POOL (p, &w.services) {
			on = SD_EVENT_OFF;
			cr_assert_geq(sd_event_source_get_enabled(p->timer, &on), 0);
			cr_assert_geq(sd_event_source_get_time(p->timer, &at), 0);
			if (on != SD_EVENT_OFF && at <= w.now) {
				w.timers++;
				pool_touch(p);
			}
			pool_settle(p);
		}
		settle_generations();
		(void)services_reap(&w.services);
	}
	check();
}

/* When the next timer is due; `until`: not before. */
static uint64_t
next_timer(uint64_t until)
{
	struct pool *p;
	uint64_t at;
	int on;

	SERVICES_FOREACH_POOL (p, &w.services) {
		on = SD_EVENT_OFF;
		cr_assert_geq(sd_event_source_get_enabled(p->timer, &on), 0);
		cr_assert_geq(sd_event_source_get_time(p->timer, &at), 0);
		if (on != SD_EVENT_OFF && at < until)
			until = at;
	}
	return until > w.now ? until : w.now;
}

/* --- the walk -----------------------------------------------------------------------
 */

static void
get_ready(struct process *p)
{
	struct slot *slot =
	    registry_find(&w.registry, (pid_t)(FIRST_PID + (p - process)));
	struct report report = { .kind = REPORT_READY };

	if (w.no_starts) {
		report.kind = REPORT_FAILED;
		(void)strcpy(report.what, "start");
		pool_on_report(slot->pool, slot, &report);
		die(p, WORKER_EXIT_FAILED_START);
		return;
	}
	pool_on_report(slot->pool, slot, &report);
	become_idle(p);
}

/* Who has been told to end, and has nothing in hand, does. */
static void
obey_signals(void)
{
	unsigned i;

	for (i = 0; i < w.n_processes; i++) {
		if (!process[i].asked || process[i].stubborn)
			continue;
		if (process[i].life == IDLE)
			end_idle(&process[i]);
		else if (process[i].life == BORN)
			leave(&process[i]);
	}
}

/* About how many are idle; the pool is none the worse for it a few looks later. */
static void
lie(struct process *p)
{
	static const int64_t lies[] = { -1, 1, 30, -30, INT32_MAX, INT32_MIN };

	board_correct(&p->board, lies[chance(countof(lies))]);
	p->board.board->low = (int32_t)chance(100) - 50;
}

static void
crash(struct process *p)
{
	w.crashed++;
	die(p, -SIGSEGV);
}

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
		cr_assert_eq(add_generation(s, number, POOL_COMING), 0);
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
		set_queue(service, w.queue[service] + 1 + (chance(5) ? 0 : chance(12)));
		break;
	case 4:
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
		p = any(BORN, -1);
		if (p)
			get_ready(p);
		break;
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
		p = any(BUSY, -1);
		if (p)
			finish_one(p);
		break;
	case 15:
		p = any(chance(2) ? IDLE : BUSY, -1);
		if (p && chance(3) == 0)
			crash(p);
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
		obey_signals();
		p = any(IDLE, -1);
		if (p && chance(8) == 0)
			lie(p);
		break;
	default:
		w.now =
		    chance(3) ? w.now + chance(3000) : next_timer(w.now + USEC_PER_SEC);
		break;
	}
	if (chance(2))
		serve_queues();
}

/* So much time, in which everything works and nobody finishes or comes. */
static void
rest(uint64_t usec)
{
	uint64_t until = w.now + usec;
	struct process *p;

	while (w.now < until) {
		do {
			obey_signals();
			for (p = any(BORN, -1); p; p = any(BORN, -1))
				get_ready(p);
			serve_queues();
			settle();
		} while (any(BORN, -1));
		w.now = next_timer(until) + 1;
	}
}

/* Whoever waits has somebody who serves him, or there may be no more. */
static void
check_served(void)
{
	struct pool *p;
	unsigned number, live;

	SERVICES_FOREACH_POOL (p, &w.services) {
		if (p->stage != POOL_CURRENT || p->held)
			continue;
		number = w.owner[p->listeners[0].fd];
		live = p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY];
		must(live >= service_settings_min(p->settings), "%s: only %u", w.seed,
		     w.step, p->name, live);
		must(w.queue[number] == 0 ||
		         live >= service_settings_max(p->settings) ||
		         services_room(&w.services, TOTAL, p) == 0 ||
		         /* spawn_rate */ (p->wanted > live && p->hold_usec > w.now),
		     "%s: %u wait, and %u are there", w.seed, w.step, p->name,
		     w.queue[number], live);
	}
}

static unsigned
count_idle(const struct pool *p)
{
	const struct process *it;
	unsigned n = 0;

	for (it = process; it < process + w.n_processes; it++)
		n += it->life == IDLE && !it->asked && strcmp(it->pool, p->name) == 0;
	return n;
}

/* Somebody is idle for the next client. */
static void
check_spare(void)
{
	struct pool *p;
	unsigned live;

	SERVICES_FOREACH_POOL (p, &w.services) {
		live = p->slots.count[SLOT_STARTING] + p->slots.count[SLOT_READY];
		if (p->stage != POOL_CURRENT || p->settings->workers > 0 ||
		    live >= p->settings->max_workers || p->hold_usec > w.now ||
		    services_room(&w.services, TOTAL, p) == 0)
			continue;
		must(count_idle(p) >= p->settings->min_spare, "%s: only %u idle",
		     w.seed, w.step, p->name, count_idle(p));
	}
}

/* … and, after a while in which nobody came, not too many; some successors of busy
 * workers may wait for the end of a window. */
static void
check_surplus(void)
{
	struct pool *p;

	SERVICES_FOREACH_POOL (p, &w.services) {
		if (p->stage != POOL_CURRENT || p->settings->workers > 0)
			continue;
		must(count_idle(p) <= 2 * p->settings->max_spare + 1,
		     "%s: %u stay idle", w.seed, w.step, p->name, count_idle(p));
	}
}

static void
begin(unsigned seed)
{
	unsigned i;

	memset(&w, 0, sizeof(w));
	memset(process, 0, sizeof(process));
	w.seed = seed;
	w.random = UINT64_C(88172645463325252) + seed;
	w.now = BEGINNING;
	clock_set_source(now);
	w.settings = load_text(configuration);
	cr_assert_not_null(w.settings, "%s", errors);
	cr_assert_geq(sd_event_new(&w.context.event), 0);
	cr_assert_eq(pool_hear_hangups(&w.context), 0);
	w.context.registry = &w.registry;
	w.context.room = room;
	w.context.on_change = on_nothing;
	w.context.on_listening = on_open;
	w.context.null_fd = w.context.report_fd = -1;
	for (i = 0; i < SERVICES; i++) {
		w.ready_fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		cr_assert_eq(
		    add_generation(services_add(&w.services, &w.settings->services[i]),
		                   i, POOL_CURRENT),
		    0);
	}
	settle();
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
			ends += w.services.table[i]->past.ends[cause];
		for (cause = 0; cause < CAUSE_N && w.services.table[i]->n_pools;
		     cause++)
			ends += w.services.table[i]->pools[0]->ends[cause];
		(void)close(w.ready_fd[i]);
	}
	must(ends == w.deaths, "%u deaths, %u causes", w.seed, w.step, w.deaths,
	     (unsigned)ends);
	services_done(&w.services);
	registry_done(&w.registry);
	(void)sd_event_source_disable_unref(w.context.hangups_source);
	(void)sd_event_unref(w.context.event);
	(void)settings_free(w.settings);
	clock_set_source(NULL);
}

static void
walk(unsigned seed)
{
	struct process *it;
	struct pool *p;
	unsigned rounds;

	begin(seed);
	for (w.step = 0; w.step < STEPS; w.step++) {
		happen();
		settle();
	}
	/* What has failed is tried again after half a minute at most. */
	w.no_forks = w.no_starts = false;
	SERVICES_FOREACH_POOL (p, &w.services) {
		if (p->held)
			pool_resume(p);
	}
	rest(70 * USEC_PER_SEC);
	check_served();
	/* One dies idle, a few come, some of them while the master looks: nobody waits
	 * for a window or a second look. */
	it = any(IDLE, 1);
	if (it && it->served > 0)
		crash(it);
	settle();
	for (rounds = 1 + chance(4); rounds > 0; rounds--) {
		set_queue(1, w.queue[1] + 1);
		set_queue(2, w.queue[2] + chance(3));
		serve_queues();
		settle();
	}
	w.quiet = true;
	rest(300 * USEC_PER_MSEC);
	check_served();
	check_spare();
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

TestSuite(pool_walk, .init = enter, .fini = leave_folder, .timeout = 300);

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
}
