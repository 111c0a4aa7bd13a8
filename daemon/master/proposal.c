/*
 * proposal.c - what a reload would change: read, checked, compared, nothing begun.
 *
 * All that can be known beforehand is known here, so that a bad file, or an address
 * that is not to be had, costs nothing.  What was said on the way is kept, for whoever
 * has asked for the reload.
 */
#include "config.h"

#include "master/proposal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "config/load.h"
#include "master/gather.h"
#include "master/idle.h"
#include "master/parts.h"

static void
on_line(void *userdata, int level, const char *line)
{
	if (level <= LOG_WARNING)
		(void)fprintf(userdata, "%s\n", line);
}

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	log_at(level, "%s", text);
}

static int
gather(struct master *m, struct proposal *p)
{
	unsigned long long workers = 0;
	unsigned max = p->settings->max_workers_total;
	size_t n_enabled = 0;
	struct change *c;
	size_t i;
	int e;

	for (i = 0; i < p->changes.n; i++)
		n_enabled += p->changes.list[i].to != NULL;
	for (i = 0; i < p->changes.n; i++) {
		struct sources from = { .activation = m->activation,
			                .only_one = n_enabled == 1,
			                .running = &m->services };

		c = &p->changes.list[i];
		from.predecessor = c->service;
		if (!c->to)
			continue;
		if (c->kind == CHANGE_NONE) {
			workers += service_count_workers(c->service);
			e = idle_check_running(p->settings, c->service);
			if (e < 0)
				return e;
			continue;
		}
		e = service_listeners(c->to, &from, &c->list, &c->n_list);
		if (e >= 0)
			e = idle_check(p->settings, c->name, c->list, c->n_list);
		if (e < 0)
			return e;
		workers += (unsigned long long)service_count_pools(c->to, c->n_list) *
		           service_settings_min(c->to);
	}
	if (max == 0 || workers <= max)
		return 0;
	log_error("max_workers_total: %u is less than the %llu workers that must "
	          "always be there, "
	          "allowed is 0 or at least %llu",
	          max, workers, workers);
	return -EINVAL;
}

static void
set_changing(struct proposal *p, bool changing)
{
	size_t i;

	for (i = 0; i < p->changes.n; i++) {
		if (p->changes.list[i].service &&
		    p->changes.list[i].kind != CHANGE_NONE)
			p->changes.list[i].service->changing = changing;
	}
}

/* Nothing of it has been begun. */
static void
undo(struct master *m, struct proposal *p)
{
	const struct sources from = { .activation = m->activation,
		                      .running = &m->services };
	size_t i;

	set_changing(p, false);
	for (i = 0; i < p->changes.n; i++) {
		service_listeners_free(p->changes.list[i].list,
		                       p->changes.list[i].n_list, &from);
		p->changes.list[i].list = NULL;
		p->changes.list[i].n_list = 0;
	}
	p->settings = settings_free(p->settings);
}

/* All that can be known from files.  Logs. */
static int
read_files(struct master *m, struct proposal *p)
{
	const struct message_sink sink = { on_message, NULL };
	int e;

	if (!m->settings->file) {
		log_error("there is no configuration file that could be loaded again");
		return -EINVAL;
	}
	e = settings_load(m->settings->file, &sink, &p->settings);
	if (e < 0)
		return e;
	e = changes_find(&m->services, p->settings, &p->changes);
	if (e < 0)
		return log_errno(e, "cannot compare the configurations");
	return 0;
}

/* And what can be known only by asking for the sockets. */
static int
read_all(struct master *m, struct proposal *p)
{
	int e = read_files(m, p);

	if (e < 0)
		return e;
	set_changing(p, true);
	return gather(m, p);
}

static int
aloud(struct master *m, struct proposal *p,
      int (*what)(struct master *m, struct proposal *p))
{
	FILE *text = open_memstream(&p->text, &p->text_size);
	int e;

	if (!text)
		return log_errno(errno, "cannot load the configuration");
	log_copy_to(on_line, text);
	e = what(m, p);
	log_copy_to(NULL, NULL);
	(void)fclose(text);
	if (e < 0)
		undo(m, p);
	return e;
}

int
proposal_read(struct master *m, struct proposal *ret)
{
	return aloud(m, ret, read_files);
}

int
proposal_prepare(struct master *m, struct proposal *ret)
{
	return aloud(m, ret, read_all);
}

void
proposal_done(struct proposal *p)
{
	changes_done(&p->changes);
	p->settings = settings_free(p->settings);
	free(p->text);
}
