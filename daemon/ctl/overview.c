/*
 * overview.c - the daemon in a line, its services in a table, and why some fail.
 */
#include "config.h"

#include "ctl/overview.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/advice.h"
#include "ctl/display.h"
#include "ctl/table.h"
#include "ctl/words.h"

static const struct column columns[] = {
	{ .title = "SERVICE" },
	{ .title = "ADDRESS", .elastic = true },
	{ .title = "STATE" },
	{ .title = "WORKERS", .right = true },
	{ .title = "BUSY", .right = true },
	{ .title = "QUEUE", .right = true },
	{ .title = "CONN/S", .right = true },
	{ .title = "FAILED", .right = true },
};

enum paint
overview_paint(const char *state)
{
	if (strcmp(state, "failing") == 0)
		return PAINT_BAD;
	if (strcmp(state, "serving") == 0)
		return PAINT_GOOD;
	return PAINT_WARN;
}

char *
overview_join(char *const *list, const char *separator)
{
	size_t size = 1;
	char *text;
	char *end;
	size_t i;

	for (i = 0; list && list[i]; i++)
		size += strlen(list[i]) + strlen(separator);
	text = malloc(size);
	if (!text)
		return NULL;
	*text = '\0';
	end = text;
	for (i = 0; list && list[i]; i++) {
		end = stpcpy(end, i > 0 ? separator : "");
		end = stpcpy(end, list[i]);
	}
	return text;
}

void
overview_print_daemon(const struct daemon_facts *d, FILE *out,
                      const struct style *style)
{
	char uptime[32];
	char *line;
	size_t taken;

	if (asprintf(&line, " for %s, pid %" PRIu32 ", %s",
	             duration_describe(d->uptime_usec, uptime, sizeof(uptime)), d->pid,
	             *d->config_file ? d->config_file : "no configuration file") < 0)
		return;
	(void)fputs(paint_begin(style, PAINT_TITLE), out);
	taken = display_put(out, "preforkd ", style->width);
	taken += display_put(out, d->version, style->width - taken);
	(void)fputs(paint_end(style, PAINT_TITLE), out);
	taken += display_put(out, " ", style->width - taken);
	(void)fputs(paint_begin(style, overview_paint(d->state)), out);
	taken += display_put(out, d->state, style->width - taken);
	(void)fputs(paint_end(style, overview_paint(d->state)), out);
	(void)display_put(out, line, style->width - taken);
	(void)fputc('\n', out);
	free(line);
}

static bool
add_row(struct table *t, const struct service_facts *s)
{
	char *addresses = overview_join(s->addresses, ", ");
	char rate[32];

	if (!addresses)
		return false;
	table_cell(t, PAINT_NONE, "%s", s->name);
	table_cell(t, PAINT_NONE, "%s", addresses);
	free(addresses);
	table_cell(t, overview_paint(s->state), "%s", s->state);
	if (s->ready < s->workers)
		table_cell(t, PAINT_WARN, "%" PRIu32 "/%" PRIu32, s->ready, s->workers);
	else
		table_cell(t, PAINT_NONE, "%" PRIu32, s->ready);
	if (service_is_program(s)) /* nobody knows */
		table_cell(t, PAINT_NONE, "-");
	else
		table_cell(
		    t, s->busy >= s->workers && s->busy > 0 ? PAINT_WARN : PAINT_NONE,
		    "%" PRIu32, s->busy);
	table_cell(
	    t, s->queue > 0 && s->queue >= s->queue_limit / 2 ? PAINT_BAD : PAINT_NONE,
	    "%" PRIu32 "/%" PRIu32, s->queue, s->queue_limit);
	if (service_is_program(s)) {
		table_cell(t, PAINT_NONE, "-");
		table_cell(t, PAINT_NONE, "-");
	} else {
		table_cell(t, PAINT_NONE, "%s",
		           words_rate(s->rate_milli, rate, sizeof(rate)));
		table_cell(t, PAINT_NONE, "%" PRIu64, s->failed);
	}
	return true;
}

static bool
print_table(const struct snapshot *s, FILE *out, const struct style *style)
{
	struct table *t = table_new(columns, countof(columns));
	bool good = t != NULL;
	size_t i;

	for (i = 0; good && i < s->n_services; i++)
		good = add_row(t, s->services + i);
	good = good && table_print(t, out, style);
	(void)table_free(t);
	return good;
}

/* The configuration on disk is not the one that runs: who looks here ought to know. */
static void
print_failed_reload(const struct daemon_facts *d, FILE *out, const struct style *style)
{
	if (!d->last_reload_failed)
		return;
	(void)fputs(paint_begin(style, PAINT_BAD), out);
	(void)fputs("\nthe last reload failed", out);
	(void)fputs(paint_end(style, PAINT_BAD), out);
	(void)fputs(": ", out);
	(void)display_put(out, d->last_reload, DISPLAY_WIDE);
	(void)fputc('\n', out);
}

/* Under the table, in full: a reason that is cut is none. */
static void
print_reasons(const struct snapshot *s, uint64_t somaxconn, FILE *out,
              const struct style *style)
{
	struct advice advice;
	enum paint paint;
	bool first = true;
	size_t i;
	size_t j;

	for (i = 0; i < s->n_services; i++) {
		advice_for(s->services + i, somaxconn, &advice);
		for (j = 0; j < advice.n; j++) {
			if (first)
				(void)fputc('\n', out);
			first = false;
			paint =
			    j == 0 ? overview_paint(s->services[i].state) : PAINT_NONE;
			(void)fputs(paint_begin(style, paint), out);
			(void)display_put(out, s->services[i].name, DISPLAY_WIDE);
			(void)fputs(paint_end(style, paint), out);
			(void)fputs(": ", out);
			(void)display_put(out, advice.text[j], DISPLAY_WIDE);
			(void)fputc('\n', out);
		}
	}
}

bool
overview_print(const struct snapshot *s, uint64_t somaxconn, FILE *out,
               const struct style *style)
{
	overview_print_daemon(&s->daemon, out, style);
	if (s->n_services == 0) {
		(void)fputs(
		    "\nno service is enabled; add one to the configuration, see "
		    "preforkd.conf(5)\n",
		    out);
		print_failed_reload(&s->daemon, out, style);
		return true;
	}
	(void)fputc('\n', out);
	if (!print_table(s, out, style))
		return false;
	print_failed_reload(&s->daemon, out, style);
	print_reasons(s, somaxconn, out, style);
	return true;
}
