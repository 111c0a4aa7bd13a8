/*
 * detail.c - one service: settings in brief, figures, its processes, and what to do.
 */
#include "config.h"

#include "ctl/detail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/advice.h"
#include "ctl/display.h"
#include "ctl/overview.h"
#include "ctl/table.h"
#include "ctl/words.h"

#define LABEL_WIDTH 11
#define IDLE_SHOWN 4 /* so few are not worth folding */

static const struct column columns[] = {
	{ .title = "SLOT", .right = true },   { .title = "GEN", .right = true },
	{ .title = "PID", .right = true },    { .title = "STATE" },
	{ .title = "PEER", .elastic = true }, { .title = "FOR", .right = true },
	{ .title = "AGE", .right = true },    { .title = "SERVED", .right = true },
	{ .title = "FAILED", .right = true }, { .title = "RSS", .right = true },
};

/* What a program does for whom, nobody knows; but it may say something of itself. */
static const struct column program_columns[] = {
	{ .title = "SLOT", .right = true }, { .title = "GEN", .right = true },
	{ .title = "PID", .right = true },  { .title = "STATE" },
	{ .title = "FOR", .right = true },  { .title = "AGE", .right = true },
	{ .title = "RSS", .right = true },  { .title = "STATUS", .elastic = true },
};

/* "    Workers: 8, 8 ready" */
static void PRINTF_LIKE(4, 5) line(FILE *out, const struct style *style,
                                   const char *label, const char *format, ...)
{
	va_list ap;
	char *text;
	int r;

	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	if (r < 0)
		return;
	(void)fprintf(out, "%*s%s ", LABEL_WIDTH, label, *label ? ":" : " ");
	(void)display_put(
	    out, text,
	    style->width > LABEL_WIDTH + 2 ? style->width - (LABEL_WIDTH + 2) : 0);
	(void)fputc('\n', out);
	free(text);
}

static void
print_settings(const struct service_facts *s, FILE *out, const struct style *style)
{
	char *command = overview_join(s->command, " ");
	size_t i;

	(void)fputs(paint_begin(style, PAINT_TITLE), out);
	(void)display_put(out, s->name, style->width);
	(void)fputs(paint_end(style, PAINT_TITLE), out);
	if (*s->file)
		(void)fprintf(out, " (%s:%" PRIu32 ")", s->file, s->line);
	(void)fprintf(out, "\n%*s: %s%s%s", LABEL_WIDTH, "State",
	              paint_begin(style, overview_paint(s->state)), s->state,
	              paint_end(style, overview_paint(s->state)));
	(void)fprintf(out, ", generation %" PRIu32 "\n", s->generation);
	line(out, style, "Runs", "%s %s%s%s", s->handler, command ? command : "",
	     *s->user ? ", as " : "", s->user);
	for (i = 0; s->addresses && s->addresses[i]; i++)
		line(out, style, i == 0 ? "Listens on" : "", "%s", s->addresses[i]);
	free(command);
}

/* Clients that nobody served, by what kept them out. */
static void
print_refused(const struct service_facts *s, FILE *out, const struct style *style)
{
	const struct {
		uint64_t n;
		const char *by;
	} kinds[] = {
		{ s->refused_by_rule, "by allow and deny" },
		{ s->refused_by_source, "by max_connections_per_source" },
		{ s->refused_by_proxy,
		  "without the header that proxy_protocol asks for" },
	};
	char text[256] = "";
	size_t len = 0;
	size_t i;

	for (i = 0; i < countof(kinds); i++) {
		if (kinds[i].n > 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			                        "%s%" PRIu64 " %s", len > 0 ? ", " : "",
			                        kinds[i].n, kinds[i].by);
	}
	if (len > 0)
		line(out, style, "Refused", "%s", text);
}

/* Less than a second is no shortage. */
static void
print_saturation(const struct service_facts *s, FILE *out, const struct style *style)
{
	char lasted[32];

	if (s->busy_hour_usec >= USEC_PER_SEC)
		line(out, style, "All busy", "%s of the last hour",
		     words_age(s->busy_hour_usec, lasted, sizeof(lasted)));
}

static void
print_ends(const struct service_facts *s, FILE *out, const struct style *style)
{
	char *text = NULL;
	size_t size;
	size_t i;
	FILE *all = open_memstream(&text, &size);

	if (!all)
		return;
	for (i = 0; i < s->n_ends; i++) {
		if (s->ends[i].n > 0)
			(void)fprintf(all, "%s%s %" PRIu64, ftell(all) > 0 ? ", " : "",
			              s->ends[i].cause, s->ends[i].n);
	}
	if (fclose(all) == 0 && *text)
		line(out, style, "Ends", "%s", text);
	free(text);
}

/* " of at most 64"; "" if the number is fixed. */
static const char *
of_max(const struct service_facts *s, char *buf, size_t size)
{
	buf[0] = '\0';
	if (strcmp(s->limit_key, "max_workers") == 0)
		(void)snprintf(buf, size, " of at most %" PRIu32, s->max_workers);
	return buf;
}

/* "0.863 ms", "16.4 ms", then as any other duration. */
static char *
describe_time(uint64_t usec, char *buf, size_t size)
{
	if (usec >= USEC_PER_SEC)
		return duration_describe(usec, buf, size);
	(void)snprintf(buf, size, "%.3g ms", (double)usec / 1000);
	return buf;
}

static void
print_times(const struct service_facts *s, FILE *out, const struct style *style)
{
	uint64_t bound = effort_bound(s->times, 990);
	char median[32];
	char most[32];

	if (service_is_program(s) || s->connections == 0)
		return;
	(void)describe_time(effort_quantile(s->times, 500), median, sizeof(median));
	if (bound == USEC_NEVER)
		line(out, style, "Times", "median %s", median);
	else
		line(out, style, "Times", "median %s, 99 %% below %s", median,
		     describe_time(bound, most, sizeof(most)));
	if (s->bytes_in > 0 || s->bytes_out > 0)
		line(out, style, "Bytes", "%s in, %s out",
		     words_bytes(s->bytes_in, median, sizeof(median)),
		     words_bytes(s->bytes_out, most, sizeof(most)));
}

static void
print_figures(const struct service_facts *s, FILE *out, const struct style *style)
{
	char rate[32];
	char age[32];
	char most[32];

	if (service_is_program(s))
		line(out, style, "Workers", "%" PRIu32 ", %" PRIu32 " running",
		     s->workers, s->ready);
	else
		line(out, style, "Workers",
		     "%" PRIu32 "%s, %" PRIu32 " ready, %" PRIu32 " busy", s->workers,
		     of_max(s, most, sizeof(most)), s->ready, s->busy);
	if (s->stale > 0)
		line(out, style, "Restart", "%" PRIu32 " still to be replaced",
		     s->stale);
	if (s->leaving > 0)
		line(out, style, "Leaving", "%" PRIu32 " of earlier generations",
		     s->leaving);
	line(out, style, "Queue", "%" PRIu32 " of %" PRIu32, s->queue, s->queue_limit);
	if (!service_is_program(s))
		line(out, style, "Connections",
		     "%" PRIu64 ", %s/s, %" PRIu64 " failed, %" PRIu64 " timed out",
		     s->connections, words_rate(s->rate_milli, rate, sizeof(rate)),
		     s->failed, s->timed_out);
	print_refused(s, out, style);
	print_saturation(s, out, style);
	print_times(s, out, style);
	print_ends(s, out, style);
	if (*s->last_failure)
		line(out, style, "Failed", "%s ago: %s",
		     words_age(s->last_failure_usec, age, sizeof(age)),
		     s->last_failure);
}

static bool
is_idle(const struct service_facts *s, const struct slot_facts *slot)
{
	return strcmp(slot->state, "idle") == 0 && slot->generation == s->generation;
}

static void
add_ages(struct table *t, const struct slot_facts *s)
{
	char text[32];

	table_cell(t, PAINT_NONE, "%s", words_age(s->state_usec, text, sizeof(text)));
	table_cell(t, PAINT_NONE, "%s", words_age(s->age_usec, text, sizeof(text)));
}

static void
add_size(struct table *t, const struct slot_facts *s)
{
	char text[32];

	table_cell(t, PAINT_NONE, "%s",
	           s->rss == RSS_UNKNOWN ? "-"
	                                 : words_bytes(s->rss, text, sizeof(text)));
}

static void
add_slot(struct table *t, const struct slot_facts *s, bool program, bool pools)
{
	bool busy = strcmp(s->state, "busy") == 0;
	bool usual =
	    busy || strcmp(s->state, "idle") == 0 || strcmp(s->state, "running") == 0;

	if (pools)
		table_cell(t, PAINT_NONE, "%s[%" PRIu32 "]", s->pool, s->slot);
	else
		table_cell(t, PAINT_NONE, "%" PRIu32, s->slot);
	table_cell(t, PAINT_NONE, "%" PRIu32, s->generation);
	table_cell(t, PAINT_NONE, "%" PRIu32, s->pid);
	table_cell(t, usual ? PAINT_NONE : PAINT_WARN, "%s", s->state);
	if (program) {
		add_ages(t, s);
		add_size(t, s);
		table_cell(t, PAINT_NONE, "%s", *s->status ? s->status : "-");
		return;
	}
	table_cell(t, PAINT_NONE, "%s", *s->peer ? s->peer : "-");
	add_ages(t, s);
	table_cell(t, PAINT_NONE, "%" PRIu64, s->connections);
	table_cell(t, PAINT_NONE, "%" PRIu64, s->failed);
	add_size(t, s);
}

/* A number says which worker it is, unless there are several pools. */
static bool
has_many_pools(const struct service_facts *s)
{
	size_t i;

	for (i = 0; i < s->n_slots; i++) {
		if (strcmp(s->slots[i].pool, s->slots[0].pool) != 0)
			return true;
	}
	return false;
}

static bool
print_slots(const struct service_facts *s, bool all, FILE *out,
            const struct style *style)
{
	struct table *t = service_is_program(s)
	                      ? table_new(program_columns, countof(program_columns))
	                      : table_new(columns, countof(columns));
	bool pools = has_many_pools(s);
	size_t idle = 0;
	bool good;
	size_t i;

	if (!t)
		return false;
	for (i = 0; i < s->n_slots; i++)
		idle += is_idle(s, s->slots + i);
	if (all || !style->terminal || idle <= IDLE_SHOWN)
		idle = 0;
	for (i = 0; i < s->n_slots; i++) {
		if (idle == 0 || !is_idle(s, s->slots + i))
			add_slot(t, s->slots + i, service_is_program(s), pools);
	}
	(void)fputc('\n', out);
	good = idle == s->n_slots || table_print(t, out, style);
	if (idle > 0)
		(void)fprintf(out, "+ %zu idle\n", idle);
	(void)table_free(t);
	return good;
}

bool
detail_print(const struct service_facts *s, uint64_t somaxconn, bool all, FILE *out,
             const struct style *style)
{
	struct advice advice;
	size_t i;

	print_settings(s, out, style);
	print_figures(s, out, style);
	if (s->n_slots > 0 && !print_slots(s, all, out, style))
		return false;
	advice_for(s, somaxconn, &advice);
	for (i = 0; i < advice.n; i++) {
		if (i == 0)
			(void)fputc('\n', out);
		(void)display_put(out, advice.text[i], DISPLAY_WIDE);
		(void)fputc('\n', out);
	}
	return true;
}
