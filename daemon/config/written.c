/*
 * written.c - the end of what was written, and access to it by key.
 */
#include "config.h"

#include "config/written.h"

#include <stdlib.h>
#include <string.h>

#include "config/knobs.h"
#include "config/memory.h"

struct written_value *
written_value(struct written_section *s, const char *key)
{
	return &s->keys[knob_find(key) - service_knobs];
}

struct written_value *
written_in_force(struct written *w, struct written_section *ws, const char *key)
{
	struct written_value *own = written_value(ws, key);

	return own->set || w->defaults.keys == NULL ? own
	                                            : written_value(&w->defaults, key);
}

struct written_value *
written_top(struct written *w, const char *key)
{
	if (strcmp(key, "log_level") == 0)
		return &w->log_level;
	if (strcmp(key, "max_workers_total") == 0)
		return &w->max_workers_total;
	if (strcmp(key, "control") == 0)
		return &w->control;
	if (strcmp(key, "control_group") == 0)
		return &w->control_group;
	if (strcmp(key, "exit_when_idle") == 0)
		return &w->exit_when_idle;
	abort();
}

struct written_section *
written_add_service(struct written *w, const char *name, const struct place *at)
{
	struct written_section *one;

	w->services = memory_grow(w->services, w->n_services, sizeof(*w->services));
	one = &w->services[w->n_services++];
	one->name = memory_copy(name);
	one->at = *at;
	one->keys = memory_zero(n_service_knobs, sizeof(*one->keys));
	return one;
}

static void
section_done(struct written_section *s)
{
	size_t i;

	for (i = 0; s->keys != NULL && i < n_service_knobs; i++)
		memory_free_list(s->keys[i].values);
	free(s->keys);
	free(s->name);
}

void
written_done(struct written *w)
{
	size_t i;

	memory_free_list(w->log_level.values);
	memory_free_list(w->max_workers_total.values);
	memory_free_list(w->control.values);
	memory_free_list(w->control_group.values);
	memory_free_list(w->exit_when_idle.values);
	section_done(&w->defaults);
	for (i = 0; i < w->n_services; i++)
		section_done(&w->services[i]);
	free(w->services);
	for (i = 0; i < w->n_files; i++)
		free(w->files[i]);
	free(w->files);
	memset(w, 0, sizeof(*w));
}
