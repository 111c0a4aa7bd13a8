/*
 * metrics.c - a snapshot as metrics.
 *
 * A family is said once, with all its samples: so the outer loop is over families,
 * the inner one over services.  No two samples may have the same labels, or nothing of
 * the whole answer is taken: a removed service that finishes gives way to its
 * namesake, and generations of a pool are one.
 */
#include "config.h"

#include "ctl/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/macros.h"
#include "base/utf8.h"

enum kind { GAUGE, COUNTER, HISTOGRAM, INFO };

struct writer {
	const struct snapshot *s;
	FILE *out;
	bool openmetrics;
	const char *name; /* of the family, without a suffix */
	enum kind kind;
};

/* --- the formats ------------------------------------------------------------------ */

/* OpenMetrics names a family of counters without the "_total" of its samples, and has
 * a type for what is constant. */
static void
begin_family(struct writer *w, enum kind kind, const char *name, const char *about)
{
	static const char *const types[] = { "gauge", "counter", "histogram", "info" };
	bool plain = !w->openmetrics;
	const char *suffix = "";

	w->name = name;
	w->kind = kind;
	if (plain && kind == COUNTER)
		suffix = "_total";
	else if (plain && kind == INFO)
		suffix = "_info";
	(void)fprintf(w->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, about,
	              name, suffix, plain && kind == INFO ? "gauge" : types[kind]);
}

static void
put_value(FILE *out, const char *text)
{
	uint32_t c = 0;
	size_t bytes;

	for (; *text; text += bytes ? bytes : 1) {
		bytes = utf8_decode(text, &c);
		if (bytes == 0)
			(void)fputs("\xef\xbf\xbd", out); /* U+FFFD */
		else if (c == '\n')
			(void)fputs("\\n", out);
		else if (c == '"' || c == '\\')
			(void)fprintf(out, "\\%c", (char)c);
		else
			(void)fwrite(text, 1, bytes, out);
	}
}

/* Name and labels: pairs of strings, then NULL. */
static void
begin_sample(const struct writer *w, const char *suffix, va_list ap)
{
	const char *label;
	char before = '{';

	if (w->kind == COUNTER)
		suffix = "_total";
	else if (w->kind == INFO)
		suffix = "_info";
	(void)fprintf(w->out, "%s%s", w->name, suffix);
	for (;;) {
		label = va_arg(ap, const char *);
		if (!label)
			break;
		(void)fprintf(w->out, "%c%s=\"", before, label);
		put_value(w->out, va_arg(ap, const char *));
		(void)fputc('"', w->out);
		before = ',';
	}
	(void)fputs(before == ',' ? "} " : " ", w->out);
}

static void __attribute__((sentinel)) put(const struct writer *w, uint64_t value, ...)
{
	va_list ap;

	va_start(ap, value);
	begin_sample(w, "", ap);
	va_end(ap);
	(void)fprintf(w->out, "%" PRIu64 "\n", value);
}

static char *
seconds(uint64_t usec, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%" PRIu64 ".%06" PRIu64, usec / USEC_PER_SEC,
	               usec % USEC_PER_SEC);
	return buf;
}

static void __attribute__((sentinel))
put_seconds(const struct writer *w, const char *suffix, uint64_t usec, ...)
{
	char text[32];
	va_list ap;

	va_start(ap, usec);
	begin_sample(w, suffix, ap);
	va_end(ap);
	(void)fprintf(w->out, "%s\n", seconds(usec, text, sizeof(text)));
}

/* --- which services, which pools ---------------------------------------------------
 */

static bool
is_hidden(const struct snapshot *s, const struct service_facts *one)
{
	const struct service_facts *other;

	/* No two that live have the same name. */
	if (!service_is(one, "closing"))
		return false;
	for (other = s->services; other < s->services + s->n_services; other++) {
		if (other == one || strcmp(other->name, one->name) != 0)
			continue;
		if (other < one || !service_is(other, "closing"))
			return true;
	}
	return false;
}

static const struct service_facts *
next_service(const struct snapshot *s, const struct service_facts *one)
{
	one = one ? one + 1 : s->services;
	while (one < s->services + s->n_services && is_hidden(s, one))
		one++;
	return one < s->services + s->n_services ? one : NULL;
}

#define EACH_SERVICE(one, s)                                                           \
	for ((one) = next_service(s, NULL); (one); (one) = next_service(s, one))

static bool
is_current(const struct pool_facts *p)
{
	return strcmp(p->stage, "current") == 0;
}

/* --- the daemon --------------------------------------------------------------------
 */

static void
print_daemon(struct writer *w)
{
	static const char *const states[] = { "starting", "serving", "reloading",
		                              "draining" };
	const struct daemon_facts *d = &w->s->daemon;
	size_t i;

	begin_family(w, INFO, "preforkd_build", "The version of the daemon.");
	put(w, 1, "version", d->version, NULL);
	begin_family(w, GAUGE, "preforkd_start_time_seconds",
	             "When the daemon was started, in seconds since 1970.");
	put_seconds(w, "", d->started_usec, NULL);
	begin_family(w, GAUGE, "preforkd_state", "1 for what the daemon does.");
	for (i = 0; i < countof(states); i++)
		put(w, strcmp(d->state, states[i]) == 0, "state", states[i], NULL);
	begin_family(w, COUNTER, "preforkd_reloads", "Reloads carried out.");
	put(w, d->reloads, NULL);
	begin_family(w, GAUGE, "preforkd_last_reload_success",
	             "0 if the last reload failed, in whole or in part.");
	put(w, !d->last_reload_failed, NULL);
	begin_family(w, GAUGE, "preforkd_workers_total_limit",
	             "max_workers_total of the configuration; 0: none.");
	put(w, d->max_workers_total, NULL);
	begin_family(w, GAUGE, "preforkd_services", "Services there are.");
	put(w, w->s->n_services, NULL);
}

/* --- services: one number each ------------------------------------------------------
 */

/* clang-format off */
static const struct figure {
	const char *name;
	enum kind kind;
	bool wide;  /* uint64_t, else uint32_t */
	bool usec;
	bool known; /* of a program too */
	size_t offset;
	const char *about;
} figures[] = {
#define NARROW(member) false, false, true, offsetof(struct service_facts, member)
#define WIDE(member) true, false, false, offsetof(struct service_facts, member)
#define KNOWN(member) true, false, true, offsetof(struct service_facts, member)
#define USEC(member) true, true, false, offsetof(struct service_facts, member)
	{ "preforkd_connections", COUNTER, WIDE(connections), "Connections served." },
	{ "preforkd_connections_failed", COUNTER, WIDE(failed), "Of those: that did not end well." },
	{ "preforkd_connections_timed_out", COUNTER, WIDE(timed_out), "Of those: because the client was silent or slow." },
	{ "preforkd_received_bytes", COUNTER, WIDE(bytes_in), "Bytes from clients, of a builtin; of others nobody knows." },
	{ "preforkd_sent_bytes", COUNTER, WIDE(bytes_out), "Bytes to clients, of a builtin; of others nobody knows." },
	{ "preforkd_worker_starts", COUNTER, KNOWN(starts), "Processes that were started." },
	{ "preforkd_saturated_seconds", COUNTER, USEC(saturated_usec), "How long all workers were busy, added up over the addresses." },
	{ "preforkd_saturated_last_hour_seconds", GAUGE, USEC(busy_hour_usec), "How long all workers were busy within the last hour, of the worst address." },
	{ "preforkd_failed_starts", GAUGE, NARROW(failed_starts), "Starts of workers that failed since the service last worked." },
	{ "preforkd_generation", GAUGE, NARROW(generation), "How often the settings of the service were changed." },
	{ "preforkd_workers_leaving", GAUGE, NARROW(leaving), "Processes of earlier generations that have not finished." },
	{ "preforkd_workers_stale", GAUGE, NARROW(stale), "Workers that a running restart has yet to replace." },
};
/* clang-format on */

static void
print_figures(struct writer *w)
{
	const struct service_facts *s;
	const struct figure *f;
	const char *at;

	for (f = figures; f < figures + countof(figures); f++) {
		begin_family(w, f->kind, f->name, f->about);
		EACH_SERVICE(s, w->s)
		{
			at = (const char *)s + f->offset;
			if (service_is_program(s) && !f->known)
				continue;
			if (f->usec)
				put_seconds(w, "", *(const uint64_t *)(const void *)at,
				            "service", s->name, NULL);
			else
				put(w,
				    f->wide ? *(const uint64_t *)(const void *)at
				            : *(const uint32_t *)(const void *)at,
				    "service", s->name, NULL);
		}
	}
}

/* --- services: the rest --------------------------------------------------------------
 */

static void
print_states(struct writer *w)
{
	static const char *const states[] = { "starting",   "serving",  "failing",
		                              "restarting", "draining", "drained",
		                              "closing" };
	const struct service_facts *s;
	size_t i;

	begin_family(w, INFO, "preforkd_service", "What the service runs.");
	EACH_SERVICE(s, w->s)
	put(w, 1, "service", s->name, "handler", s->handler, NULL);
	begin_family(w, GAUGE, "preforkd_service_state",
	             "1 for the state that the service is in.");
	EACH_SERVICE(s, w->s)
	{
		for (i = 0; i < countof(states); i++)
			put(w, service_is(s, states[i]), "service", s->name, "state",
			    states[i], NULL);
	}
	begin_family(w, GAUGE, "preforkd_service_failing",
	             "1 while workers of the service cannot be started.");
	EACH_SERVICE(s, w->s)
	put(w, *s->failure != '\0', "service", s->name, NULL);
}

static void
print_refused(struct writer *w)
{
	const struct service_facts *s;

	begin_family(w, COUNTER, "preforkd_connections_refused",
	             "Connections that were accepted and not served, by the reason.");
	EACH_SERVICE(s, w->s)
	{
		if (service_is_program(s))
			continue;
		put(w, s->refused_by_rule, "service", s->name, "reason", "rule", NULL);
		put(w, s->refused_by_source, "service", s->name, "reason", "source",
		    NULL);
		put(w, s->refused_by_proxy, "service", s->name, "reason", "proxy",
		    NULL);
	}
}

static void
print_ends(struct writer *w)
{
	const struct service_facts *s;
	size_t i;

	begin_family(w, COUNTER, "preforkd_worker_ends",
	             "Processes that have ended, by the cause.");
	EACH_SERVICE(s, w->s)
	{
		for (i = 0; i < s->n_ends; i++)
			put(w, s->ends[i].n, "service", s->name, "cause",
			    s->ends[i].cause, NULL);
	}
}

/* Its own count, so that it fits to its buckets whatever workers claim. */
static void
print_times(struct writer *w)
{
	const struct service_facts *s;
	uint64_t count;
	char le[32];
	int i;

	begin_family(w, HISTOGRAM, "preforkd_connection_duration_seconds",
	             "How long connections took.");
	EACH_SERVICE(s, w->s)
	{
		if (service_is_program(s))
			continue;
		count = 0;
		for (i = 0; i < EFFORT_TIMES; i++) {
			count += s->times[i];
			if (i == EFFORT_TIMES - 1)
				(void)strcpy(le, "+Inf");
			else
				(void)seconds(UINT64_C(1) << i, le, sizeof(le));
			(void)fprintf(w->out, "%s_bucket{service=\"", w->name);
			put_value(w->out, s->name);
			(void)fprintf(w->out, "\",le=\"%s\"} %" PRIu64 "\n", le, count);
		}
		put_seconds(w, "_sum", s->busy_usec, "service", s->name, NULL);
		(void)fprintf(w->out, "%s_count{service=\"", w->name);
		put_value(w->out, s->name);
		(void)fprintf(w->out, "\"} %" PRIu64 "\n", count);
	}
}

/* --- pools
 * ----------------------------------------------------------------------------- */

static uint64_t
count_slots(const struct service_facts *s, const char *pool, char letter)
{
	const char *slot;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < s->n_pools; i++) {
		if (strcmp(s->pools[i].name, pool) != 0)
			continue;
		for (slot = s->pools[i].slots; *slot; slot++)
			n += *slot == letter;
	}
	return n;
}

static bool
is_first(const struct service_facts *s, size_t pool)
{
	size_t i;

	for (i = 0; i < pool; i++) {
		if (strcmp(s->pools[i].name, s->pools[pool].name) == 0)
			return false;
	}
	return true;
}

static void
print_workers(struct writer *w)
{
	static const struct {
		char letter;
		const char *state;
	} states[] = { { SLOT_LETTER_STARTING, "starting" },
		       { SLOT_LETTER_LEAVING, "leaving" },
		       { SLOT_LETTER_IDLE, "idle" },
		       { SLOT_LETTER_BUSY, "busy" },
		       { SLOT_LETTER_RUNNING, "running" } };
	const struct service_facts *s;
	bool program;
	size_t i;
	size_t k;

	begin_family(w, GAUGE, "preforkd_workers",
	             "Workers there are, by what they do.");
	EACH_SERVICE(s, w->s)
	{
		program = service_is_program(s);
		for (i = 0; i < s->n_pools; i++) {
			for (k = 0; k < countof(states) && is_first(s, i); k++) {
				if (k >= 2 && program != (k == 4))
					continue;
				put(w,
				    count_slots(s, s->pools[i].name, states[k].letter),
				    "service", s->name, "pool", s->pools[i].name,
				    "state", states[k].state, NULL);
			}
		}
	}
}

static void
print_pools(struct writer *w)
{
	static const struct {
		const char *name;
		size_t offset;
		const char *about;
	} gauges[] = {
		{ "preforkd_workers_wanted", offsetof(struct pool_facts, workers),
		  "Workers that there are to be now." },
		{ "preforkd_workers_max", offsetof(struct pool_facts, max_workers),
		  "Workers that may be wanted: workers or max_workers." },
		{ "preforkd_queue_length", offsetof(struct pool_facts, queue),
		  "Connections that wait to be accepted." },
		{ "preforkd_queue_limit", offsetof(struct pool_facts, queue_limit),
		  "Connections that may wait." },
	};
	const struct service_facts *s;
	const struct pool_facts *p;
	const char *at;
	size_t g;

	for (g = 0; g < countof(gauges); g++) {
		begin_family(w, GAUGE, gauges[g].name, gauges[g].about);
		EACH_SERVICE(s, w->s)
		{
			for (p = s->pools; p < s->pools + s->n_pools; p++) {
				at = (const char *)p + gauges[g].offset;
				if (!is_current(p))
					continue;
				put(w, *(const uint32_t *)(const void *)at, "service",
				    s->name, "pool", p->name, NULL);
			}
		}
	}
}

void
metrics_print(const struct snapshot *s, bool openmetrics, FILE *out)
{
	struct writer w = { .s = s, .out = out, .openmetrics = openmetrics };

	print_daemon(&w);
	print_states(&w);
	print_workers(&w);
	print_pools(&w);
	print_figures(&w);
	print_refused(&w);
	print_ends(&w);
	print_times(&w);
	if (openmetrics)
		(void)fputs("# EOF\n", out);
}
