/*
 * pool.c - one pool: its life, and the one function that every event ends in.
 *
 * pool_settle() compares what is with what is wanted, and has the other files of
 * this room do what plan_make() says; handlers of events only record.
 */
#include "config.h"

#include "pool/pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/nofork.h"
#include "handler/command.h"
#include "pool/hint.h"
#include "pool/parts.h"
#include "pool/plan.h"

bool
pool_is_up(const struct pool *p)
{
	return p->slots.count[SLOT_READY] >= p->wanted;
}

bool
pool_has_started(const struct pool *p)
{
	if (pool_is_program(p) && p->settings->ready == READY_EXEC)
		return p->slots.proven >= p->wanted;
	return pool_is_up(p);
}

unsigned
pool_alive(const struct pool *p)
{
	return slots_alive(&p->slots) - p->given_up;
}

bool
pool_is_failing(const struct pool *p)
{
	return p->failure[0] != '\0';
}

static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pool *p = userdata;

	(void)source;
	(void)usec;
	pool_touch(p);
	return 0;
}

static void
arm_timer(struct pool *p, uint64_t at)
{
	int r;

	if (at == USEC_NEVER) {
		(void)sd_event_source_set_enabled(p->timer, SD_EVENT_OFF);
		return;
	}
	r = sd_event_source_set_time(p->timer, at);
	if (r >= 0)
		r = sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		(void)log_event_errno(LOG_ERR, pool_about(p, NULL), r,
		                      "%s: cannot set the timer", p->name);
}

static void
obey(struct pool *p, const struct plan *plan, uint64_t now)
{
	if (plan->retire > 0)
		pool_retire_some(p, plan->retire, now);
	if (plan->spawn > 0)
		pool_start_some(p, plan->spawn, now);
}

static struct plan
make_plan(const struct pool *p, uint64_t now)
{
	const struct slots *s = &p->slots;
	unsigned stale = pool_replaceable(p, now);
	struct plan_facts facts = {
		.now_usec = now,
		.proven = s->proven,
		.unproven = s->count[SLOT_STARTING] + s->count[SLOT_READY] - s->proven,
		.failures = p->start_backoff.failures,
		.retry_usec = pool_retry_usec(p),
		.hold_usec = p->hold_usec,
		.stale = stale,
		.fresh = stale > 0 ? pool_fresh(p) : 0,
		.listening = pool_is_listening(p),
		.draining = p->draining || p->held,
	};
	struct plan_settings settings = { .workers = p->wanted };

	return plan_make(&facts, &settings);
}

void
pool_settle(struct pool *p)
{
	uint64_t now = clock_usec();
	uint64_t at = USEC_NEVER;
	struct slot *slot;
	struct plan plan;

	if (pool_finds_room(p)) {
		pool_resize_soon(p, now);
		p->dirty = true;
	}
	if (!p->dirty)
		return;
	p->dirty = false;

	/* A generation that leaves opens nothing any more. */
	if (!p->draining && p->stage != POOL_LEAVING && !pool_is_listening(p))
		at = pool_listen(p, now);
	pool_mend(p, now);
	at = clock_earlier(at, p->mending.at_usec);
	if (p->fading)
		at = clock_earlier(at, pool_fade(p, now));

	SLOT_FOREACH (slot, &p->slots) {
		if (slot->deadline_usec <= now)
			pool_on_overdue(p, slot, now);
	}
	pool_watch_overruns(p, now);
	if (pool_should_resize(p, now))
		pool_resize(p, now);
	at = clock_earlier(at, pool_continue(p, now));
	at = clock_earlier(at, pool_wear(p, false, now));
	at = clock_earlier(at, copies_settle(p, now));
	plan = make_plan(p, now);
	obey(p, &plan, now);
	/* What could not be done now has its time: back-off, spawn_rate. */
	if (plan.spawn > 0)
		plan.look_usec =
		    clock_earlier(plan.look_usec, make_plan(p, now).look_usec);
	if (p->client_suspect && plan.look_usec > now + USEC_PER_SEC)
		plan.look_usec = now + USEC_PER_SEC;

	pool_settle_reports(p);
	if (p->restart_usec != 0 && pool_is_restarted(p))
		pool_end_restart(p, NULL);
	if (p->busy_look_usec <= now)
		pool_look(p, now);
	pool_watch_clients(p);
	at = clock_earlier(at, clock_earlier(plan.look_usec, p->busy_look_usec));
	if (!p->draining && !p->held)
		at = clock_earlier(at, p->size_look_usec);
	SLOT_FOREACH (slot, &p->slots)
		at = clock_earlier(at, slot->deadline_usec);
	arm_timer(p, at);
	if (pool_has_started(p) || (p->held && pool_is_listening(p)))
		p->settled = true;
	p->dirty = false;
}

/* --- life ------------------------------------------------------------------------ */

static unsigned
kin_alive(const struct pool *p)
{
	const struct pool *k;
	unsigned n = 0;

	for (k = p->kin; k != p; k = k->kin)
		n += slots_alive(&k->slots);
	return n;
}

static void
join_kin(struct pool *p, struct pool *kin)
{
	p->kin = p;
	if (!kin)
		return;
	p->kin = kin->kin;
	kin->kin = p;
}

static void
leave_kin(struct pool *p)
{
	struct pool *k = p->kin;

	while (k->kin != p)
		k = k->kin;
	k->kin = p->kin;
	p->kin = p;
}

/* stderr of foreign code, under the name of the service. */
static void
open_stream(struct pool *p)
{
	const struct service_settings *set = p->settings;
	char identifier[96];
	int r;

	if (set->handler == HANDLER_BUILTIN || set->stderr_to != STDERR_LOG ||
	    log_destination() != LOG_TO_JOURNAL)
		return;
	(void)snprintf(identifier, sizeof(identifier), "preforkd-%s", set->name);
	r = sd_journal_stream_fd(identifier, LOG_INFO, 1);
	if (r < 0)
		(void)log_event_errno(LOG_WARNING, pool_about(p, NULL), r,
		                      "%s: stderr goes to the master's, ignoring",
		                      p->name);
	else
		p->stream_fd = r;
}

static int
init_tables(struct pool *p)
{
	/* Twice: while a worker is replaced, its successor has a slot too.  And what
	 * the other generations have taken is no number for us. */
	unsigned capacity = service_settings_max(p->settings) * 2 + kin_alive(p);
	int r;

	r = slots_init(&p->slots, p, capacity);
	if (r < 0)
		return r;
	r = registry_reserve(p->context->registry, capacity);
	if (r < 0)
		return r;
	p->reserved = capacity;
	r = copies_init(p);
	if (r < 0)
		return r;
	p->believed = nofork_alloc(capacity * sizeof(*p->believed));
	if (!p->believed)
		return -ENOMEM;
	return scoreboard_init(&p->scoreboard, capacity);
}

int
pool_new(const struct pool_context *context, const struct pool_args *args,
         struct pool **ret)
{
	struct pool *p = calloc(1, sizeof(*p));
	size_t i;
	int r = -ENOMEM;

	if (!p) {
		for (i = 0; i < args->n_listeners; i++)
			listener_close(&args->listeners[i]);
		free(args->listeners);
		return log_event_errno(LOG_ERR, service_about(args->settings, NULL), r,
		                       "%s", args->name);
	}
	p->context = context;
	p->settings = args->settings;
	(void)settings_ref(args->settings->owner);
	(void)snprintf(p->name, sizeof(p->name), "%s", args->name);
	p->generation = args->generation;
	p->stage = args->stage;
	p->listeners = args->listeners;
	p->n_listeners = args->n_listeners;
	p->stream_fd = -1;
	p->wake_fd = -1;
	p->report_fd = -1;
	p->worker_report_fd = -1;
	p->busy_look_usec = USEC_NEVER;
	pool_size_init(p);
	p->dirty = true;
	join_kin(p, args->kin);

	r = pool_mend_init(p);
	if (r < 0)
		goto fail;
	r = -ENOMEM;
	p->environment = command_environment(p->settings);
	if (!p->environment)
		goto fail;
	r = init_tables(p);
	if (r < 0)
		goto fail;
	r = sd_event_add_time(context->event, &p->timer, CLOCK_MONOTONIC, 0, 1,
	                      on_timer, p);
	if (r < 0)
		goto fail;
	arm_timer(p, USEC_NEVER);
	r = pool_open_wake(p);
	if (r < 0)
		goto fail;
	pool_watch_hangups(p);
	open_stream(p);
	for (i = 0; i < p->n_listeners && p->stage == POOL_CURRENT; i++) {
		if (p->listeners[i].fd >= 0)
			pool_tell_listening(p, &p->listeners[i]);
	}
	*ret = p;
	return 0;

fail:
	(void)pool_free(p);
	return log_event_errno(LOG_ERR, service_about(args->settings, NULL), r,
	                       "%s: cannot set up the pool%s", args->name,
	                       hint_shortage(r));
}

/* Of processes that are left as they are: they do not die, or we end without them. */
static void
forget_slots(struct pool *p)
{
	struct slot *slot;

	if (!p->slots.table)
		return;
	SLOT_FOREACH (slot, &p->slots) {
		if (slot->state != SLOT_FREE)
			registry_remove(p->context->registry, slot);
	}
}

struct pool *
pool_free(struct pool *p)
{
	size_t i;

	if (!p)
		return NULL;
	leave_kin(p);
	pool_ignore_clients(p);
	pool_ignore_hangups(p);
	free(p->mending.watched);
	forget_slots(p);
	registry_unreserve(p->context->registry, p->reserved);
	copies_done(p);
	if (p->believed)
		nofork_free(p->believed, p->slots.capacity * sizeof(*p->believed));
	if (p->slots.table)
		slots_done(&p->slots);
	for (i = 0; i < p->n_listeners; i++)
		listener_close(&p->listeners[i]);
	free(p->listeners);
	(void)sd_event_source_disable_unref(p->timer);
	(void)sd_event_source_disable_unref(p->wake_source);
	pool_close_reports(p);
	fd_close(&p->wake_fd);
	fd_close(&p->stream_fd);
	scoreboard_done(&p->scoreboard);
	(void)command_environment_free(p->environment);
	(void)settings_free(p->settings->owner);
	free(p);
	return NULL;
}

void
pool_move_settings(struct pool *p, const struct service_settings *settings)
{
	struct settings *before = p->settings->owner;

	(void)settings_ref(settings->owner);
	p->settings = settings;
	(void)settings_free(before);
}
