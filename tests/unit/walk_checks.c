/*
 * walk_checks.c - what doc/design.md promises of pools.
 */
#include "config.h"

#include "walk.h"

#include <string.h>

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

void
check_always(void)
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

/* Whoever waits has somebody who serves him, or there may be no more. */
void
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
void
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
void
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

/* Nobody serves for longer than max_duration, what its worker then has to end it, and
 * the time until the master looks and a timer of a tenth of a second. */
void
check_overruns(void)
{
	const struct service_settings *set;
	const struct process *it;
	uint64_t most;

	for (it = process; it < process + w.n_processes; it++) {
		set = &w.settings->services[it->service];
		most = set->max_duration_usec + set->kill_usec + set->linger_usec +
		       20 * USEC_PER_SEC;
		must(it->life != BUSY || set->max_duration_usec == 0 ||
		         it->since + most > w.now,
		     "%s[%u]: max_duration is over", w.seed, w.step, it->pool,
		     it->slot);
	}
}
