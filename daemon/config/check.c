/*
 * check.c - what services mean to each other.
 *
 * Every service here is fine by itself.  A service that is not enabled takes part in
 * no comparison but that of names: it may be the replacement of another.
 */
#include "config.h"

#include "config/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "config/memory.h"

static void
check_names(const struct settings *s, struct messages *m, struct written *w)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n_services; i++) {
		for (j = 0; j < i; j++) {
			const struct written_section *first = &w->services[j];

			if (strcmp(s->services[i].name, s->services[j].name) != 0)
				continue;
			messages_error(
			    m, &w->services[i].at, "service",
			    "'%s' is given twice, first in %s:%d; names must be unique",
			    s->services[i].name, first->at.file, first->at.line);
			break;
		}
	}
}

/* The kernel makes every port 0 another one. */
static bool
collide(const struct address *a, const struct address *b)
{
	return address_port(a) != 0 && address_equal(a, b);
}

static bool
check_within(const struct service_settings *ss, struct messages *m,
             const struct written_value *v)
{
	size_t i;
	size_t j;

	for (i = 0; i < ss->n_listen; i++) {
		for (j = 0; j < i; j++) {
			if (!collide(&ss->listen[i], &ss->listen[j]))
				continue;
			messages_error(
			    m, &v->at, v->label != NULL ? v->label : "listen",
			    "'%s' is given twice, keep one", ss->listen[i].text);
			return false;
		}
	}
	return true;
}

static void
check_between(const struct service_settings *a, const struct service_settings *b,
              struct messages *m, const struct written_value *v,
              const struct written_value *other)
{
	size_t i;
	size_t j;

	for (i = 0; i < a->n_listen; i++) {
		for (j = 0; j < b->n_listen; j++) {
			if (!collide(&a->listen[i], &b->listen[j]))
				continue;
			messages_error(m, &v->at, "listen",
			               "'%s' is taken by service '%s' in %s:%d, an "
			               "address has one service",
			               a->listen[i].text, b->name, other->at.file,
			               other->at.line);
			return;
		}
	}
}

static void
check_addresses(const struct settings *s, struct messages *m, struct written *w)
{
	size_t i;
	size_t j;

	for (i = 0; i < s->n_services; i++) {
		const struct service_settings *ss = &s->services[i];
		const struct written_value *v =
		    written_value(&w->services[i], "listen");

		if (!check_within(ss, m, v) || !ss->enabled)
			continue;
		for (j = 0; j < i; j++) {
			if (s->services[j].enabled)
				check_between(ss, &s->services[j], m, v,
				              written_value(&w->services[j], "listen"));
		}
	}
}

/* Descriptor 0 is one socket. */
static void
check_pass(const struct settings *s, struct messages *m, struct written *w)
{
	size_t i;

	for (i = 0; i < s->n_services; i++) {
		const struct service_settings *ss = &s->services[i];
		const struct written_value *v = written_value(&w->services[i], "pass");

		if (ss->handler != HANDLER_PROGRAM || ss->pass != PASS_STDIN ||
		    ss->n_listen < 2)
			continue;
		if (!v->set)
			v = written_value(&w->defaults, "pass");
		messages_error(
		    m, &v->at, "pass",
		    "'stdin' is one socket, but service '%s' has %zu addresses; "
		    "listen_fds passes them all",
		    ss->name, ss->n_listen);
	}
}

/* A copy that is to reread something would end. */
static void
check_signals(const struct settings *s, struct messages *m, struct written *w)
{
	size_t i;

	for (i = 0; i < s->n_services; i++) {
		const struct service_settings *ss = &s->services[i];
		const struct written_value *v =
		    written_value(&w->services[i], "reload_signal");

		if (ss->reload_signal == 0 || ss->reload_signal != ss->stop_signal)
			continue;
		if (!v->set)
			v = written_value(&w->defaults, "reload_signal");
		messages_error(m, &v->at, "reload_signal",
		               "%s is the stop_signal of service '%s', allowed is "
		               "another one",
		               signal_name(ss->reload_signal), ss->name);
	}
}

/* What it may have whatever the others do. */
static unsigned
guaranteed(const struct service_settings *ss)
{
	if (ss->handler == HANDLER_PROGRAM || ss->n_listen == 0)
		return service_settings_min(ss);
	return service_settings_min(ss) * (unsigned)ss->n_listen;
}

/* "git 2 x 8 = 16" */
static char *
describe(const struct service_settings *ss)
{
	if (ss->n_listen < 2 || ss->handler == HANDLER_PROGRAM)
		return memory_print("%s %u", ss->name, guaranteed(ss));
	return memory_print("%s %zu x %u = %u", ss->name, ss->n_listen,
	                    service_settings_min(ss), guaranteed(ss));
}

static void
check_total(const struct settings *s, struct messages *m, const struct written *w)
{
	unsigned long long sum = 0;
	char *figures;
	size_t i;

	/* With a value missing the sum would be made up. */
	if (m->n_errors > 0 || s->max_workers_total == 0)
		return;
	figures = memory_copy("");
	for (i = 0; i < s->n_services; i++) {
		const struct service_settings *ss = &s->services[i];
		char *one = describe(ss);
		char *more = ss->enabled ? memory_print("%s%s%s", figures,
		                                        *figures ? ", " : "", one)
		                         : memory_copy(figures);

		sum += ss->enabled ? guaranteed(ss) : 0;
		free(one);
		free(figures);
		figures = more;
	}
	if (sum > s->max_workers_total)
		messages_error(m, &w->max_workers_total.at, "max_workers_total",
		               "%u is less than the %llu workers that must always be "
		               "there (%s), allowed is "
		               "0 or at least %llu",
		               s->max_workers_total, sum, figures, sum);
	free(figures);
}

/* Whether connections of a program are in hand, nobody can tell. */
static void
check_idle(const struct settings *s, struct messages *m, const struct written *w)
{
	size_t i;

	for (i = 0; i < s->n_services && s->exit_when_idle_usec > 0; i++) {
		const struct service_settings *ss = &s->services[i];

		if (!ss->enabled || ss->handler != HANDLER_PROGRAM)
			continue;
		messages_error(
		    m, &w->exit_when_idle.at, "exit_when_idle",
		    "service '%s' is a program, which accepts for itself, so that "
		    "nobody else knows whether it is idle; allowed with builtin and "
		    "inetd only",
		    ss->name);
		return;
	}
}

void
check_settings(const struct settings *s, struct messages *m, struct written *w)
{
	check_names(s, m, w);
	check_addresses(s, m, w);
	check_pass(s, m, w);
	check_signals(s, m, w);
	check_total(s, m, w);
	check_idle(s, m, w);
}
