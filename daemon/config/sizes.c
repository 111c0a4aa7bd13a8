/*
 * sizes.c - how many workers: what the keys that say it mean to each other.
 *
 * `workers` is a fixed number, min_spare, max_spare and max_workers are a range, and a
 * pool is one or the other.  What is said nearer to the service wins; said in the same
 * place, it is a contradiction.  What nobody has said gives way to what was said.
 */
#include "config.h"

#include "config/sizes.h"

#include <stdio.h>
#include <string.h>

#include "config/memory.h"

static const char *const ranges[] = { "min_spare",     "max_spare",   "max_workers",
	                              "start_workers", "idle_retire", NULL };

bool
sizes_is_range(const struct knob *k)
{
	size_t i;

	for (i = 0; ranges[i]; i++) {
		if (strcmp(k->key, ranges[i]) == 0)
			return true;
	}
	return false;
}

/* The first key of a range that is set there, or NULL. */
static const char *
find_range(struct written_section *ws, struct written_value **ret)
{
	size_t i;

	for (i = 0; ranges[i]; i++) {
		*ret = written_value(ws, ranges[i]);
		if ((*ret)->set && !(*ret)->bad)
			return ranges[i];
	}
	return NULL;
}

static bool
contradicts(struct written_section *ws, struct messages *m)
{
	const struct written_value *workers = written_value(ws, "workers");
	struct written_value *v;
	const char *key = find_range(ws, &v);

	if (!key || !workers->set || workers->bad)
		return false;
	messages_error(m, &v->at, key,
	               "workers in line %d is a fixed number, which excludes a range; "
	               "keep one of them",
	               workers->at.line);
	v->bad = true;
	return true;
}

void
sizes_check_defaults(struct written *w, struct messages *m)
{
	if (w->defaults.keys)
		(void)contradicts(&w->defaults, m);
}

static enum origin_kind
origin_of(const struct service_settings *s, const char *key)
{
	return s->origins[knob_find(key) - service_knobs].kind;
}

static void
forget(struct service_settings *s, const char *key)
{
	struct origin *o = &s->origins[knob_find(key) - service_knobs];

	*o = (struct origin){ .kind = ORIGIN_DEFAULT };
}

static void
complain(struct messages *m, struct written *w, struct written_section *ws,
         const char *key, const char *than, unsigned value, unsigned limit)
{
	struct written_value *v = written_value(ws, key);

	if (!v->set && w->defaults.keys)
		v = written_value(&w->defaults, key);
	messages_error(m, &v->at, key, "%u is more than %s, which is %u", value, than,
	               limit);
}

/* min_spare <= max_spare <= max_workers, and start_workers. */
static void
order(struct service_settings *s, struct written *w, struct written_section *ws,
      struct messages *m)
{
	bool min = origin_of(s, "min_spare") != ORIGIN_DEFAULT;
	bool max = origin_of(s, "max_spare") != ORIGIN_DEFAULT;
	bool workers = origin_of(s, "max_workers") != ORIGIN_DEFAULT;

	if (!workers && s->max_workers < s->min_spare)
		s->max_workers = s->min_spare;
	if (!workers && s->max_workers < s->start_workers)
		s->max_workers = s->start_workers;
	if (!min && s->min_spare > s->max_workers)
		s->min_spare = s->max_workers;
	if (!min && max && s->min_spare > s->max_spare)
		s->min_spare = s->max_spare;
	if (!max && s->max_spare < 2 * s->min_spare)
		s->max_spare = 2 * s->min_spare;
	if (!max && s->max_spare > s->max_workers)
		s->max_spare = s->max_workers;

	if (s->min_spare > s->max_workers)
		complain(m, w, ws, "min_spare", "max_workers", s->min_spare,
		         s->max_workers);
	else if (s->min_spare > s->max_spare)
		complain(m, w, ws, "min_spare", "max_spare", s->min_spare,
		         s->max_spare);
	if (s->start_workers > s->max_workers)
		complain(m, w, ws, "start_workers", "max_workers", s->start_workers,
		         s->max_workers);
}

void
sizes_settle(struct service_settings *s, struct written *w, struct written_section *ws,
             struct messages *m)
{
	struct written_value *v;

	if (contradicts(ws, m))
		return;
	/* A range of its own against a number from `defaults`. */
	if (s->workers > 0 && s->handler != HANDLER_PROGRAM && find_range(ws, &v) &&
	    origin_of(s, "workers") == ORIGIN_DEFAULTS_SECTION) {
		s->workers = 0;
		forget(s, "workers");
	}
	if (s->workers == 0)
		order(s, w, ws, m);
}
