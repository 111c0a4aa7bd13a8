/*
 * snapshot.c - what the daemon said of itself and its services.
 */
#include "config.h"

#include "ctl/snapshot.h"

#include <stdlib.h>
#include <string.h>

struct snapshot *
snapshot_new(void)
{
	return calloc(1, sizeof(struct snapshot));
}

static void
free_strings(char **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static void
service_done(struct service_facts *s)
{
	size_t i;

	for (i = 0; i < s->n_slots; i++) {
		free(s->slots[i].pool);
		free(s->slots[i].state);
		free(s->slots[i].peer);
		free(s->slots[i].status);
	}
	free(s->slots);
	for (i = 0; i < s->n_pools; i++) {
		free(s->pools[i].name);
		free(s->pools[i].stage);
		free(s->pools[i].slots);
	}
	free(s->pools);
	for (i = 0; i < s->n_ends; i++)
		free(s->ends[i].cause);
	free(s->ends);
	free_strings(s->command);
	free_strings(s->addresses);
	free(s->name);
	free(s->file);
	free(s->handler);
	free(s->limit_key);
	free(s->state);
	free(s->user);
	free(s->failure);
	free(s->last_failure);
}

struct snapshot *
snapshot_free(struct snapshot *s)
{
	size_t i;

	if (!s)
		return NULL;
	for (i = 0; i < s->n_services; i++)
		service_done(s->services + i);
	free(s->services);
	free(s->daemon.version);
	free(s->daemon.config_file);
	free(s->daemon.state);
	free(s->daemon.status);
	free(s->daemon.last_reload);
	free(s->daemon.log_level);
	free(s);
	return NULL;
}

struct service_facts *
snapshot_add(struct snapshot *s)
{
	struct service_facts *services;

	services = reallocarray(s->services, s->n_services + 1, sizeof(*s->services));
	if (!services)
		return NULL;
	s->services = services;
	memset(services + s->n_services, 0, sizeof(*services));
	return services + s->n_services++;
}

struct service_facts *
snapshot_find(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_services; i++) {
		if (strcmp(s->services[i].name, name) == 0)
			return s->services + i;
	}
	return NULL;
}

bool
service_is(const struct service_facts *s, const char *state)
{
	return strcmp(s->state, state) == 0;
}

bool
service_is_program(const struct service_facts *s)
{
	return strcmp(s->handler, "program") == 0;
}

bool
service_takes_nobody(const struct daemon_facts *d, const struct service_facts *s)
{
	return strcmp(d->state, "draining") == 0 || service_is(s, "draining") ||
	       service_is(s, "drained") || service_is(s, "closing");
}

bool
snapshot_any_failing(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->n_services; i++) {
		if (*s->services[i].failure)
			return true;
	}
	return false;
}

size_t
strings_count(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}
