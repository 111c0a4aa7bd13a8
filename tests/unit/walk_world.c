/*
 * walk_world.c - the master around the pools: time, deaths, generations, the end.
 */
#include "config.h"

#include "quiet_context.h"
#include "walk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

/* Far ahead of the real clock: no timer of the loop ever fires by itself. */
#define BEGINNING (UINT64_C(1) << 50)

/* As master.c. */
#define STATUS_EVERY (15 * USEC_PER_SEC)

struct world w;

unsigned
chance(unsigned n)
{
	w.random ^= w.random >> 12;
	w.random ^= w.random << 25;
	w.random ^= w.random >> 27;
	return (unsigned)((w.random * UINT64_C(2685821657736338717)) >> 33) % n;
}

static uint64_t
now(void)
{
	return w.now;
}

static unsigned
room(void *userdata, const struct pool *p)
{
	(void)userdata;
	return services_room(&w.services, TOTAL, p);
}

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

int
world_add_generation(struct service *s, unsigned number, enum pool_stage stage)
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

void
world_settle(void)
{
	struct pool *p;
	uint64_t at;
	int on, i;

	if (w.status_usec <= w.now) {
		SERVICES_FOREACH_POOL (p, &w.services)
			pool_look(p, w.now);
		w.status_usec = w.now + STATUS_EVERY;
	}
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
	check_always();
}

/* Timers, the status, and the workers that end a connection by themselves. */
uint64_t
world_next_timer(uint64_t until)
{
	const struct process *it;
	struct pool *p;
	uint64_t at;
	int on;

	for (it = process; it < process + w.n_processes; it++) {
		at = it->since + process_max_duration(it);
		if (it->life == BUSY && !it->hung && at > it->since && at < until)
			until = at;
	}
	if (w.status_usec < until)
		until = w.status_usec;
	SERVICES_FOREACH_POOL (p, &w.services) {
		on = SD_EVENT_OFF;
		cr_assert_geq(sd_event_source_get_enabled(p->timer, &on), 0);
		cr_assert_geq(sd_event_source_get_time(p->timer, &at), 0);
		if (on != SD_EVENT_OFF && at < until)
			until = at;
	}
	return until > w.now ? until : w.now;
}

void
world_begin(unsigned seed, struct settings *settings)
{
	unsigned i;

	memset(&w, 0, sizeof(w));
	memset(process, 0, sizeof(process));
	w.seed = seed;
	w.random = UINT64_C(88172645463325252) + seed;
	w.now = BEGINNING;
	clock_set_source(now);
	w.status_usec = BEGINNING + STATUS_EVERY;
	w.settings = settings;
	quiet_context(&w.context, &w.registry);
	cr_assert_eq(pool_hear_hangups(&w.context), 0);
	w.context.room = room;
	for (i = 0; i < SERVICES; i++) {
		w.ready_fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		cr_assert_eq(world_add_generation(
		                 services_add(&w.services, &w.settings->services[i]), i,
		                 POOL_CURRENT),
		             0);
	}
	world_settle();
}

void
world_end(void)
{
	unsigned i;

	for (i = 0; i < SERVICES; i++)
		(void)close(w.ready_fd[i]);
	services_done(&w.services);
	registry_done(&w.registry);
	(void)sd_event_source_disable_unref(w.context.hangups_source);
	(void)sd_event_unref(w.context.event);
	(void)settings_free(w.settings);
	clock_set_source(NULL);
}
