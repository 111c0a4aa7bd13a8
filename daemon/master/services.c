/*
 * services.c - the services that run, and the generations of their pools.
 *
 * Tables and no policy: who comes and who goes is decided at the start (here) and by
 * reload.c.
 */
#include "config.h"

#include "master/services.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macros.h"
#include "master/fdstore.h"
#include "master/gather.h"
#include "master/idle.h"
#include "pool/about.h"

/* What check.c of config/ could not know: how many sockets were passed. */
static int
check_total(const struct services *s, unsigned max)
{
	unsigned long long sum = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		sum += (unsigned long long)s->table[i]->n_pools *
		       service_settings_min(s->table[i]->settings);
	if (max == 0 || sum <= max)
		return 0;
	log_error(
	    "max_workers_total: %u is less than the %llu workers that must always be "
	    "there with the sockets that were passed, allowed is 0 or at least %llu",
	    max, sum, sum);
	return -EINVAL;
}

static struct service *
find(const struct services *s, const char *name, bool removed)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->table[i]->removed == removed &&
		    strcmp(s->table[i]->settings->name, name) == 0)
			return s->table[i];
	}
	return NULL;
}

struct service *
services_find(const struct services *s, const char *name)
{
	return find(s, name, false);
}

struct service *
services_find_removed(const struct services *s, const char *name)
{
	return find(s, name, true);
}

struct service *
services_add(struct services *s, const struct service_settings *set)
{
	struct service **table;
	struct service *service;

	if (s->n == s->room) {
		table = realloc(s->table, (s->room + 16) * sizeof(*table));
		if (!table)
			return NULL;
		s->table = table;
		s->room += 16;
	}
	service = calloc(1, sizeof(*service));
	if (!service)
		return NULL;
	service->settings = set;
	(void)settings_ref(set->owner);
	s->table[s->n++] = service;
	return service;
}

void
service_move_settings(struct service *s, const struct service_settings *set)
{
	struct settings *before = s->settings->owner;

	(void)settings_ref(set->owner);
	s->settings = set;
	(void)settings_free(before);
}

static struct service *
service_free(struct service *s)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++)
		(void)pool_free(s->pools[i]);
	free(s->pools);
	(void)settings_free(s->settings->owner);
	free(s);
	return NULL;
}

unsigned
service_count_workers(const struct service *s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (s->pools[i]->stage == POOL_CURRENT)
			n += service_settings_min(s->pools[i]->settings);
	}
	return n;
}

unsigned
services_room(const struct services *s, unsigned total, const struct pool *p)
{
	const struct pool *q;
	unsigned taken = 0;
	unsigned least;
	unsigned own;

	if (total == 0)
		return UINT_MAX / 2;
	SERVICES_FOREACH_POOL (q, s) {
		own = slots_alive(&q->slots);
		least = service_settings_min(q->settings);
		if (q != p && q->stage != POOL_LEAVING && own < least)
			own = least;
		taken += own;
	}
	return taken < total ? total - taken : 0;
}

size_t
service_count_pools(const struct service_settings *set, size_t n_listeners)
{
	return set->handler == HANDLER_PROGRAM ? 1 : n_listeners;
}

static struct pool *
find_kin(const struct service *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (strcmp(s->pools[i]->name, name) == 0)
			return s->pools[i];
	}
	return NULL;
}

static int
add_pool(struct service *s, const struct pool_context *context, struct pool_args *args,
         size_t nth)
{
	char name[sizeof(((struct pool *)0)->name)];
	struct pool *p;
	int r;

	/* The first keeps the plain name: adding an address renames nobody. */
	if (nth == 0)
		(void)snprintf(name, sizeof(name), "%s", args->settings->name);
	else
		(void)snprintf(name, sizeof(name), "%s/%zu", args->settings->name,
		               nth + 1);
	args->name = name;
	args->kin = find_kin(s, name);
	r = pool_new(context, args, &p);
	if (r < 0)
		return r;
	p->held = s->held;
	s->pools[s->n_pools++] = p;
	return 0;
}

static int
make_room(struct service *s, size_t n)
{
	struct pool **pools;

	if (s->n_pools + n <= s->room)
		return 0;
	pools = realloc(s->pools, (s->n_pools + n) * sizeof(*pools));
	if (!pools)
		return -ENOMEM;
	s->pools = pools;
	s->room = s->n_pools + n;
	return 0;
}

int
service_add_pools(struct service *s, const struct service_settings *set,
                  const struct pool_context *context, enum pool_stage stage,
                  struct listener *list, size_t n)
{
	struct pool_args args = {
		.settings = set,
		.generation = ++s->generation,
		.stage = stage,
	};
	size_t n_pools = service_count_pools(set, n);
	size_t i;
	int r;

	r = make_room(s, n_pools);
	for (i = 0; i < n_pools && r == 0; i++) {
		args.n_listeners = n / n_pools;
		args.listeners = calloc(args.n_listeners, sizeof(*list));
		if (!args.listeners) {
			r = -ENOMEM;
			break;
		}
		memcpy(args.listeners, list + i * args.n_listeners,
		       args.n_listeners * sizeof(*list));
		r = add_pool(s, context, &args, i);
		if (r < 0)
			i++; /* it has closed what it got */
	}
	for (i *= n / n_pools; r < 0 && i < n; i++)
		listener_close(&list[i]);
	free(list);
	return r < 0 ? log_event_errno(LOG_ERR, service_about(set, NULL), r,
	                               "%s: cannot set up its pools", set->name)
	             : 0;
}

int
services_init(struct services *s, const struct settings *settings,
              struct activation *activation, const struct pool_context *context)
{
	struct sources from = { .activation = activation };
	const struct service_settings *set;
	struct listener *list;
	struct service *service;
	size_t n_enabled = 0;
	size_t n;
	size_t i;
	int r;

	memset(s, 0, sizeof(*s));
	r = gather_check_unfit(activation);
	if (r < 0)
		return r;
	for (i = 0; i < settings->n_services; i++)
		n_enabled += settings->services[i].enabled;
	from.only_one = n_enabled == 1;

	for (i = 0; i < settings->n_services; i++) {
		set = &settings->services[i];
		if (!set->enabled)
			continue;
		r = service_listeners(set, &from, &list, &n);
		if (r < 0)
			return r;
		r = idle_check(settings, set->name, list, n);
		if (r < 0) {
			service_listeners_free(list, n, &from);
			return r;
		}
		service = services_add(s, set);
		if (!service) {
			service_listeners_free(list, n, &from);
			return log_event_errno(LOG_ERR, service_about(set, NULL),
			                       ENOMEM, "%s", set->name);
		}
		r = service_add_pools(service, set, context, POOL_CURRENT, list, n);
		if (r < 0)
			return r;
	}
	fdstore_drop_rest(activation);
	r = gather_check_leftover(activation);
	return r < 0 ? r : check_total(s, settings->max_workers_total);
}

void
services_done(struct services *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		(void)service_free(s->table[i]);
	free(s->table);
	memset(s, 0, sizeof(*s));
}

/* --- leaving -----------------------------------------------------------------------
 */

static void
remember(struct service_past *past, const struct pool *p)
{
	size_t i;

	past->connections += p->dead.connections;
	past->failed += p->dead.failed;
	past->timed_out += p->dead.timed_out;
	refused_add(past->refused, p->dead.refused);
	effort_add(&past->effort, &p->dead.effort);
	past->starts += p->starts;
	past->saturated_usec += p->saturation.total_usec;
	for (i = 0; i < CAUSE_N; i++)
		past->ends[i] += p->ends[i];
	if (p->last_failure_usec > past->last_failure_usec) {
		past->last_failure_usec = p->last_failure_usec;
		memcpy(past->last_failure, p->last_failure, sizeof(past->last_failure));
	}
}

static bool
service_reap(struct service *s)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		struct pool *p = s->pools[i];

		if (p->stage == POOL_LEAVING && p->draining &&
		    slots_alive(&p->slots) == 0) {
			remember(&s->past, p);
			(void)pool_free(p);
		} else {
			s->pools[kept++] = p;
		}
	}
	if (kept == s->n_pools)
		return false;
	s->n_pools = kept;
	return true;
}

bool
services_reap(struct services *s)
{
	bool some = false;
	size_t kept = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (service_reap(s->table[i]))
			some = true;
		if (s->table[i]->removed && s->table[i]->n_pools == 0 &&
		    !s->table[i]->changing && !s->table[i]->restart &&
		    !s->table[i]->rereaders)
			s->table[i] = service_free(s->table[i]);
		else
			s->table[kept++] = s->table[i];
	}
	s->n = kept;
	return some;
}

struct listener *
services_listen_on(const struct services *s, const struct address *at,
                   const struct pool *but, struct pool **ret_pool)
{
	struct pool *p;
	size_t i;

	SERVICES_FOREACH_POOL (p, s) {
		for (i = 0; p != but && p->stage == POOL_CURRENT && i < p->n_listeners;
		     i++) {
			if (p->listeners[i].fd < 0 ||
			    !address_equal(&p->listeners[i].bound, at))
				continue;
			if (ret_pool)
				*ret_pool = p;
			return &p->listeners[i];
		}
	}
	return NULL;
}

/* Where it stands in the configuration; the removed come last. */
static size_t
find_place(const struct settings *settings, const struct service *s)
{
	size_t i;

	for (i = 0; i < settings->n_services && !s->removed; i++) {
		if (strcmp(settings->services[i].name, s->settings->name) == 0)
			return i;
	}
	return settings->n_services;
}

void
services_sort(struct services *s, const struct settings *settings)
{
	struct service *moved;
	size_t i;
	size_t j;

	for (i = 0; i < s->n; i++)
		s->table[i]->place = find_place(settings, s->table[i]);
	/* By insertion: they are nearly sorted, and equals keep their order. */
	for (i = 1; i < s->n; i++) {
		moved = s->table[i];
		for (j = i; j > 0 && s->table[j - 1]->place > moved->place; j--)
			s->table[j] = s->table[j - 1];
		s->table[j] = moved;
	}
}

/* --- by an administrator -----------------------------------------------------------
 */

void
service_hold(struct service *s)
{
	size_t i;

	if (!s->held)
		log_event(LOG_INFO, service_about(s->settings, MESSAGE_DRAINED),
		          "%s: draining, new clients wait until it is resumed",
		          s->settings->name);
	s->held = true;
	for (i = 0; i < s->n_pools; i++)
		pool_hold(s->pools[i]);
}

void
service_resume(struct service *s)
{
	size_t i;

	if (s->held)
		log_event(LOG_INFO, service_about(s->settings, MESSAGE_RESUMED),
		          "%s: resumed", s->settings->name);
	s->held = false;
	for (i = 0; i < s->n_pools; i++)
		pool_resume(s->pools[i]);
}
