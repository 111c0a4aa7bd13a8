/*
 * changes.c - what a new configuration changes, service by service.
 *
 * Looks and touches nothing.
 */
#include "config.h"

#include "master/changes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "config/equal.h"

static const char *const kind_name[] = {
	[CHANGE_NONE] = "unchanged",
	[CHANGE_RELOADED] = "reloaded",
	[CHANGE_ADDED] = "added",
	[CHANGE_REMOVED] = "removed",
	[CHANGE_ROLLED_BACK] = "rolled back",
};
_Static_assert(countof(kind_name) == CHANGE_N, "name every kind of change");

const char *
change_kind_name(enum change_kind kind)
{
	return kind_name[kind];
}

static int
add(struct changes *c, enum change_kind kind, const struct service_settings *to,
    struct service *service)
{
	struct change *new = &c->list[c->n];

	new->kind = kind;
	new->was_there = kind != CHANGE_ADDED;
	new->to = to;
	new->service = service;
	new->decided = kind == CHANGE_NONE;
	new->group = c->n;
	new->name = strdup(to ? to->name : service->settings->name);
	if (!new->name)
		return -ENOMEM;
	c->n++;
	return 0;
}

static int
compare(struct changes *c, const struct services *running,
        const struct service_settings *to)
{
	struct service *service = services_find(running, to->name);
	struct service *removed = services_find_removed(running, to->name);
	const char *key = NULL;
	int r;

	if (!service)
		return add(c, CHANGE_ADDED, to, removed);
	if (service_settings_equal(service->settings, to, &key))
		return add(c, CHANGE_NONE, to, service);
	r = add(c, CHANGE_RELOADED, to, service);
	if (r == 0)
		(void)snprintf(c->list[c->n - 1].detail,
		               sizeof(c->list[c->n - 1].detail), "%s", key);
	return r;
}

static bool
is_wanted(const struct settings *settings, const char *name)
{
	size_t i;

	for (i = 0; i < settings->n_services; i++) {
		if (settings->services[i].enabled &&
		    strcmp(settings->services[i].name, name) == 0)
			return true;
	}
	return false;
}

int
changes_find(const struct services *running, const struct settings *to,
             struct changes *ret)
{
	struct changes c = { 0 };
	const struct service_settings *set;
	size_t i;
	int r = 0;

	c.list = calloc(running->n + to->n_services + 1, sizeof(*c.list));
	if (!c.list)
		return -ENOMEM;
	for (i = 0; i < to->n_services && r == 0; i++) {
		set = &to->services[i];
		if (set->enabled)
			r = compare(&c, running, set);
	}
	for (i = 0; i < running->n && r == 0; i++) {
		if (!running->table[i]->removed &&
		    !is_wanted(to, running->table[i]->settings->name))
			r = add(&c, CHANGE_REMOVED, NULL, running->table[i]);
	}
	if (r < 0) {
		changes_done(&c);
		return r;
	}
	*ret = c;
	return 0;
}

/* Whose pool listens there now, other than this one? */
static size_t
find_giver(const struct changes *c, size_t taker, const struct address *at)
{
	const struct service *s;
	size_t i;
	size_t j;
	size_t k;

	for (i = 0; i < c->n; i++) {
		s = c->list[i].service;
		if (!s || c->list[i].decided)
			continue;
		for (j = 0; j < s->n_pools; j++) {
			for (k = 0; k < s->pools[j]->n_listeners; k++) {
				if (s->pools[j]->stage == POOL_CURRENT &&
				    s->pools[j]->listeners[k].fd >= 0 &&
				    address_equal(&s->pools[j]->listeners[k].bound, at))
					return i;
			}
		}
	}
	return taker;
}

static void
unite(struct changes *c, size_t a, size_t b)
{
	size_t from = c->list[a].group;
	size_t to = c->list[b].group;
	size_t i;

	for (i = 0; i < c->n && from != to; i++) {
		if (c->list[i].group == from)
			c->list[i].group = to;
	}
}

void
changes_group(struct changes *c)
{
	const struct change *taker;
	size_t i;
	size_t j;

	for (i = 0; i < c->n; i++) {
		taker = &c->list[i];
		for (j = 0; j < taker->n_list; j++) {
			if (taker->list[j].fd >= 0)
				unite(c, i, find_giver(c, i, &taker->list[j].bound));
		}
	}
}

char *
change_describe(const struct change *c, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s: %s%s%s%s", c->name, kind_name[c->kind],
	               c->detail[0] ? " (" : "", c->detail, c->detail[0] ? ")" : "");
	return buf;
}

void
changes_done(struct changes *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		free(c->list[i].name);
	free(c->list);
	memset(c, 0, sizeof(*c));
}
