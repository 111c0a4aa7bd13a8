/*
 * document.c - a snapshot as JSON, for programs.
 */
#include "config.h"

#include "ctl/document.h"

#include <string.h>

#include "ctl/advice.h"
#include "ctl/json.h"

static void
put_daemon(struct json *j, const struct daemon_facts *d)
{
	json_begin(j, '{');
	json_add_string(j, "version", d->version);
	json_add_number(j, "pid", d->pid);
	json_add_string(j, "config_file", d->config_file);
	json_add_string(j, "state", d->state);
	json_add_string(j, "status", d->status);
	json_add_number(j, "uptime_usec", d->uptime_usec);
	json_add_number(j, "reloads", d->reloads);
	json_add_string(j, "last_reload", d->last_reload);
	json_key(j, "last_reload_failed");
	json_boolean(j, d->last_reload_failed);
	json_add_number(j, "started_usec", d->started_usec);
	json_add_number(j, "max_workers_total", d->max_workers_total);
	json_add_string(j, "log_level", d->log_level);
	json_end(j, '}');
}

static void
put_list(struct json *j, const char *name, char *const *list)
{
	size_t i;

	json_key(j, name);
	json_begin(j, '[');
	for (i = 0; list && list[i]; i++)
		json_string(j, list[i]);
	json_end(j, ']');
}

static void
put_slot(struct json *j, const struct slot_facts *s)
{
	json_begin(j, '{');
	json_add_string(j, "pool", s->pool);
	json_add_number(j, "slot", s->slot);
	json_add_number(j, "generation", s->generation);
	json_add_number(j, "pid", s->pid);
	json_add_string(j, "state", s->state);
	json_add_string(j, "peer", *s->peer ? s->peer : NULL);
	json_add_string(j, "status", *s->status ? s->status : NULL);
	json_add_number(j, "state_usec", s->state_usec);
	json_add_number(j, "age_usec", s->age_usec);
	json_add_number(j, "connections", s->connections);
	json_add_number(j, "connections_failed", s->failed);
	json_add_number(j, "connections_timed_out", s->timed_out);
	json_key(j, "rss_bytes");
	if (s->rss == RSS_UNKNOWN)
		json_null(j);
	else
		json_number(j, s->rss);
	json_end(j, '}');
}

static void
put_slots(struct json *j, const struct service_facts *s)
{
	size_t i;

	json_key(j, "slots");
	json_begin(j, '[');
	for (i = 0; i < s->n_slots; i++)
		put_slot(j, s->slots + i);
	json_end(j, ']');
}

static void
put_pools(struct json *j, const struct service_facts *s)
{
	const struct pool_facts *p;

	json_key(j, "pools");
	json_begin(j, '[');
	for (p = s->pools; p < s->pools + s->n_pools; p++) {
		json_begin(j, '{');
		json_add_string(j, "name", p->name);
		json_add_string(j, "stage", p->stage);
		json_add_number(j, "generation", p->generation);
		json_add_number(j, "workers", p->workers);
		json_add_number(j, "max_workers", p->max_workers);
		json_add_number(j, "ready", p->ready);
		json_key(j, "busy");
		if (service_is_program(s))
			json_null(j);
		else
			json_number(j, p->busy);
		json_add_number(j, "queue", p->queue);
		json_add_number(j, "queue_limit", p->queue_limit);
		json_add_string(j, "slot_states", p->slots);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
put_ends(struct json *j, const struct service_facts *s)
{
	size_t i;

	json_key(j, "ends");
	json_begin(j, '{');
	for (i = 0; i < s->n_ends; i++)
		json_add_number(j, s->ends[i].cause, s->ends[i].n);
	json_end(j, '}');
}

static void
put_advice(struct json *j, const struct service_facts *s, uint64_t somaxconn)
{
	struct advice advice;
	size_t i;

	advice_for(s, somaxconn, &advice);
	json_key(j, "advice");
	json_begin(j, '[');
	for (i = 0; i < advice.n; i++)
		json_string(j, advice.text[i]);
	json_end(j, ']');
}

static void
put_failures(struct json *j, const struct service_facts *s)
{
	json_add_string(j, "failure", *s->failure ? s->failure : NULL);
	json_add_number(j, "failed_starts", s->failed_starts);
	json_add_string(j, "last_failure", *s->last_failure ? s->last_failure : NULL);
	json_key(j, "last_failure_age_usec");
	if (*s->last_failure)
		json_number(j, s->last_failure_usec);
	else
		json_null(j);
}

/* All that is known: how many took less than 1, 2, 4, ... microseconds. */
static void
put_effort(struct json *j, const struct service_facts *s)
{
	size_t i;

	json_add_number(j, "busy_usec", s->busy_usec);
	json_add_number(j, "bytes_in", s->bytes_in);
	json_add_number(j, "bytes_out", s->bytes_out);
	json_key(j, "service_times");
	json_begin(j, '[');
	for (i = 0; i < EFFORT_TIMES; i++)
		json_number(j, s->times[i]);
	json_end(j, ']');
}

static void
put_service(struct json *j, const struct service_facts *s, bool slots,
            uint64_t somaxconn)
{
	json_begin(j, '{');
	json_add_string(j, "name", s->name);
	json_add_string(j, "file", s->file);
	json_add_number(j, "line", s->line);
	json_add_string(j, "handler", s->handler);
	put_list(j, "command", s->command);
	json_add_string(j, "user", s->user);
	put_list(j, "addresses", s->addresses);
	json_add_string(j, "state", s->state);
	json_add_number(j, "workers", s->workers);
	json_add_number(j, "max_workers", s->max_workers);
	json_add_number(j, "ready", s->ready);
	json_key(j, "busy");
	if (service_is_program(s))
		json_null(j);
	else
		json_number(j, s->busy);
	json_add_number(j, "queue", s->queue);
	json_add_number(j, "queue_limit", s->queue_limit);
	json_add_number(j, "connections", s->connections);
	json_add_number(j, "connections_failed", s->failed);
	json_add_number(j, "connections_timed_out", s->timed_out);
	json_add_number(j, "refused_by_rule", s->refused_by_rule);
	json_add_number(j, "refused_by_source", s->refused_by_source);
	json_add_number(j, "refused_by_proxy", s->refused_by_proxy);
	put_effort(j, s);
	json_key(j, "connections_per_second");
	json_thousandths(j, s->rate_milli);
	put_failures(j, s);
	json_add_number(j, "generation", s->generation);
	json_add_number(j, "leaving", s->leaving);
	json_add_number(j, "stale", s->stale);
	json_add_number(j, "starts", s->starts);
	put_ends(j, s);
	json_add_number(j, "all_busy_last_hour_usec", s->busy_hour_usec);
	json_add_number(j, "all_busy_usec", s->saturated_usec);
	put_advice(j, s, somaxconn);
	put_pools(j, s);
	if (slots)
		put_slots(j, s);
	json_end(j, '}');
}

void
document_print(const struct snapshot *s, const struct service_facts *only,
               uint64_t somaxconn, FILE *out)
{
	struct json j = { out, false };
	size_t i;

	json_begin(&j, '{');
	json_key(&j, "manager");
	if (s)
		put_daemon(&j, &s->daemon);
	else
		json_null(&j);
	json_key(&j, "services");
	json_begin(&j, '[');
	for (i = 0; s && i < s->n_services; i++) {
		if (!only || only == s->services + i)
			put_service(&j, s->services + i, only != NULL, somaxconn);
	}
	json_end(&j, ']');
	json_end(&j, '}');
	(void)fputc('\n', out);
}
