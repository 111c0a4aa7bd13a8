/*
 * read.c - from the daemon's answers to a snapshot.
 *
 * A table of properties says which goes where; its types are D-Bus signatures.
 */
#include "config.h"

#include "ctl/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/resident.h"

#define POOL_TYPE "(ssuuuuuuus)"
#define POOLS_TYPE "a" POOL_TYPE

struct property {
	const char *name;
	const char *type;
	size_t offset;
};

#define DAEMON(member) offsetof(struct daemon_facts, member)
#define SERVICE(member) offsetof(struct service_facts, member)

static const struct property daemon_properties[] = {
	{ "Version", "s", DAEMON(version) },
	{ "Pid", "u", DAEMON(pid) },
	{ "ConfigFile", "s", DAEMON(config_file) },
	{ "State", "s", DAEMON(state) },
	{ "Status", "s", DAEMON(status) },
	{ "UptimeUsec", "t", DAEMON(uptime_usec) },
	{ "StartedUsec", "t", DAEMON(started_usec) },
	{ "Reloads", "u", DAEMON(reloads) },
	{ "LastReload", "s", DAEMON(last_reload) },
	{ "LastReloadFailed", "b", DAEMON(last_reload_failed) },
	{ "MaxWorkersTotal", "u", DAEMON(max_workers_total) },
	{ "LogLevel", "s", DAEMON(log_level) },
};

static const struct property service_properties[] = {
	{ "Name", "s", SERVICE(name) },
	{ "File", "s", SERVICE(file) },
	{ "Line", "u", SERVICE(line) },
	{ "Handler", "s", SERVICE(handler) },
	{ "Command", "as", SERVICE(command) },
	{ "Addresses", "as", SERVICE(addresses) },
	{ "State", "s", SERVICE(state) },
	{ "User", "s", SERVICE(user) },
	{ "Workers", "u", SERVICE(workers) },
	{ "MaxWorkers", "u", SERVICE(max_workers) },
	{ "LimitKey", "s", SERVICE(limit_key) },
	{ "Ready", "u", SERVICE(ready) },
	{ "Busy", "u", SERVICE(busy) },
	{ "Queue", "u", SERVICE(queue) },
	{ "QueueLimit", "u", SERVICE(queue_limit) },
	{ "Connections", "t", SERVICE(connections) },
	{ "ConnectionsFailed", "t", SERVICE(failed) },
	{ "ConnectionsTimedOut", "t", SERVICE(timed_out) },
	{ "RefusedByRule", "t", SERVICE(refused_by_rule) },
	{ "RefusedBySource", "t", SERVICE(refused_by_source) },
	{ "RefusedByProxy", "t", SERVICE(refused_by_proxy) },
	{ "BusyUsec", "t", SERVICE(busy_usec) },
	{ "BytesIn", "t", SERVICE(bytes_in) },
	{ "BytesOut", "t", SERVICE(bytes_out) },
	{ "ServiceTimes", "at", SERVICE(times) },
	{ "RateMilli", "t", SERVICE(rate_milli) },
	{ "Failure", "s", SERVICE(failure) },
	{ "FailedStarts", "u", SERVICE(failed_starts) },
	{ "LastFailure", "s", SERVICE(last_failure) },
	{ "LastFailureUsec", "t", SERVICE(last_failure_usec) },
	{ "Generation", "u", SERVICE(generation) },
	{ "Leaving", "u", SERVICE(leaving) },
	{ "Stale", "u", SERVICE(stale) },
	{ "Starts", "t", SERVICE(starts) },
	{ "Ends", "a{st}", SERVICE(ends) },
	{ "BusyHourUsec", "t", SERVICE(busy_hour_usec) },
	{ "SaturatedUsec", "t", SERVICE(saturated_usec) },
	{ "Pools", POOLS_TYPE, SERVICE(pools) },
};

static const struct property *
find(const struct property *table, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(table[i].name, name) == 0)
			return table + i;
	}
	return NULL;
}

static int
read_string(sd_bus_message *m, char **ret)
{
	const char *text;
	char *copy;
	int r;

	r = sd_bus_message_read_basic(m, 's', &text);
	if (r < 0)
		return r;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*ret); /* a property given twice */
	*ret = copy;
	return 0;
}

static int
read_ends(sd_bus_message *m, struct service_facts *s)
{
	struct end_count *ends;
	struct end_count *end;
	int r;

	if (s->ends)
		return -EBADMSG;
	r = sd_bus_message_enter_container(m, 'a', "{st}");
	if (r < 0)
		return r;
	for (;;) {
		r = sd_bus_message_enter_container(m, 'e', "st");
		if (r <= 0)
			break;
		ends = reallocarray(s->ends, s->n_ends + 1, sizeof(*ends));
		if (!ends)
			return -ENOMEM;
		s->ends = ends;
		end = ends + s->n_ends++;
		end->cause = NULL;
		r = read_string(m, &end->cause);
		if (r >= 0)
			r = sd_bus_message_read_basic(m, 't', &end->n);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int
read_pool(sd_bus_message *m, struct pool_facts *p)
{
	const char *name;
	const char *stage;
	const char *slots;
	int r;

	r = sd_bus_message_read(m, POOL_TYPE, &name, &stage, &p->generation,
	                        &p->workers, &p->max_workers, &p->ready, &p->busy,
	                        &p->queue, &p->queue_limit, &slots);
	if (r <= 0)
		return r;
	p->name = strdup(name);
	p->stage = strdup(stage);
	p->slots = strdup(slots);
	return p->name && p->stage && p->slots ? 1 : -ENOMEM;
}

static int
read_pools(sd_bus_message *m, struct service_facts *s)
{
	struct pool_facts *pools;
	int r;

	if (s->pools)
		return -EBADMSG;
	r = sd_bus_message_enter_container(m, 'a', POOL_TYPE);
	if (r < 0)
		return r;
	for (;;) {
		pools = reallocarray(s->pools, s->n_pools + 1, sizeof(*pools));
		if (!pools)
			return -ENOMEM;
		s->pools = pools;
		memset(pools + s->n_pools, 0, sizeof(*pools));
		r = read_pool(m, pools + s->n_pools);
		if (r == 0)
			return sd_bus_message_exit_container(m);
		s->n_pools++; /* what it has is freed with the rest */
		if (r < 0)
			return r;
	}
}

/* A daemon of another version may count by more or fewer. */
static int
read_times(sd_bus_message *m, uint64_t times[EFFORT_TIMES])
{
	const void *list;
	size_t size;
	int r = sd_bus_message_read_array(m, 't', &list, &size);

	if (r < 0)
		return r;
	if (size == EFFORT_TIMES * sizeof(*times))
		memcpy(times, list, size);
	return 0;
}

/* The value of one property, into the struct at `base`. */
static int
read_value(sd_bus_message *m, const struct property *p, void *base)
{
	void *field = (char *)base + p->offset;
	char **list = NULL;
	int r;

	if (strcmp(p->type, "s") == 0)
		return read_string(m, field);
	if (strcmp(p->type, "a{st}") == 0)
		return read_ends(m, base);
	if (strcmp(p->type, POOLS_TYPE) == 0)
		return read_pools(m, base);
	if (strcmp(p->type, "at") == 0)
		return read_times(m, field);
	if (strcmp(p->type, "as") == 0) {
		if (*(char ***)field)
			return -EBADMSG;
		r = sd_bus_message_read_strv(m, &list);
		*(char ***)field = list;
		return r;
	}
	return sd_bus_message_read_basic(m, p->type[0], field);
}

/* An a{sv} by the table. */
static int
read_properties(sd_bus_message *m, const struct property *table, size_t n, void *base)
{
	const struct property *p;
	const char *name;
	const char *type;
	int r;

	r = sd_bus_message_enter_container(m, 'a', "{sv}");
	if (r < 0)
		return r;
	for (;;) {
		r = sd_bus_message_enter_container(m, 'e', "sv");
		if (r <= 0)
			break;
		r = sd_bus_message_read_basic(m, 's', &name);
		if (r < 0)
			return r;
		r = sd_bus_message_peek_type(m, NULL, &type);
		if (r < 0)
			return r;
		p = find(table, n, name);
		if (!p || strcmp(p->type, type) != 0) {
			r = sd_bus_message_skip(m, "v");
		} else {
			r = sd_bus_message_enter_container(m, 'v', type);
			if (r >= 0)
				r = read_value(m, p, base);
			if (r >= 0)
				r = sd_bus_message_exit_container(m);
		}
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* No string stays NULL. */
static int
complete(const struct property *table, size_t n, void *base)
{
	char **field;
	size_t i;

	for (i = 0; i < n; i++) {
		field = (char **)(void *)((char *)base + table[i].offset);
		if (strcmp(table[i].type, "s") != 0 || *field)
			continue;
		*field = strdup("");
		if (!*field)
			return -ENOMEM;
	}
	return 0;
}

static int
read_part(sd_bus_message *m, const struct property *table, size_t n, void *base)
{
	int r = read_properties(m, table, n, base);
	int s = complete(table, n, base);

	return r < 0 ? r : s;
}

static int
read_all(sd_bus_message *m, struct snapshot *s)
{
	struct service_facts *service;
	int r;

	r = read_part(m, daemon_properties, countof(daemon_properties), &s->daemon);
	if (r < 0)
		return r;
	r = sd_bus_message_enter_container(m, 'a', "a{sv}");
	if (r < 0)
		return r;
	for (;;) {
		r = sd_bus_message_at_end(m, 0);
		if (r != 0)
			return r < 0 ? r : 0;
		service = snapshot_add(s);
		if (!service)
			return -ENOMEM;
		r = read_part(m, service_properties, countof(service_properties),
		              service);
		if (r < 0)
			return r;
	}
}

int
read_snapshot(sd_bus_message *reply, struct snapshot **ret)
{
	struct snapshot *s = snapshot_new();
	int r;

	if (!s)
		return -ENOMEM;
	r = read_all(reply, s);
	if (r < 0) {
		(void)snapshot_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

static int
read_slot(sd_bus_message *m, struct slot_facts *s)
{
	const char *pool;
	const char *state;
	const char *peer;
	const char *status;
	int r;

	r = sd_bus_message_read(m, "(suuissttttts)", &pool, &s->slot, &s->generation,
	                        &s->pid, &state, &peer, &s->state_usec, &s->age_usec,
	                        &s->connections, &s->failed, &s->timed_out, &status);
	if (r <= 0)
		return r;
	s->rss = RSS_UNKNOWN;
	s->pool = strdup(pool);
	s->state = strdup(state);
	s->peer = strdup(peer);
	s->status = strdup(status);
	return s->pool && s->state && s->peer && s->status ? 1 : -ENOMEM;
}

int
read_slots(sd_bus_message *reply, struct service_facts *s)
{
	struct slot_facts *slots;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "(suuissttttts)");
	if (r < 0)
		return r;
	for (;;) {
		slots = reallocarray(s->slots, s->n_slots + 1, sizeof(*slots));
		if (!slots)
			return -ENOMEM;
		s->slots = slots;
		memset(slots + s->n_slots, 0, sizeof(*slots));
		r = read_slot(reply, slots + s->n_slots);
		if (r == 0)
			return 0;
		s->n_slots++; /* what it has is freed with the rest */
		if (r < 0)
			return r;
	}
}

void
read_memory(struct service_facts *s)
{
	size_t i;

	for (i = 0; i < s->n_slots; i++) {
		if (!resident_read((pid_t)s->slots[i].pid, &s->slots[i].rss))
			s->slots[i].rss = RSS_UNKNOWN;
	}
}
