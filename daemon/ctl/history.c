/*
 * history.c - what was seen of each service and pool, look by look.
 *
 * A track is one row.  What is gone keeps its track as long as some of it would still
 * be in sight, so that a service which comes back has its past, and no longer.
 */
#include "config.h"

#include "ctl/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/display.h"
#include "ctl/sparkline.h"
#include "ctl/table.h"
#include "ctl/words.h"

/* Looks that are remembered: as many columns as a chart has at most. */
#define HISTORY_MAX 120

/* Fewer columns tell nothing; then there are fewer charts. */
#define CHART_LEAST 8
#define NUMBER_WIDTH 5
#define GAP 2 /* of table.c */

enum series { SERIES_BUSY, SERIES_QUEUE, SERIES_RATE, SERIES_N };

struct track {
	char *name;
	bool of_pool; /* the first pool is called as its service */
	unsigned unseen;
	uint32_t max_workers;
	uint64_t seen[SERIES_N][HISTORY_MAX]; /* the newest is the last */
};

struct history {
	uint64_t step_usec;
	uint64_t last_usec; /* 0: never */
	struct track *tracks;
	size_t n_tracks;
};

/* Each chart has a number beside it, so that a prefix of these is a table as well. */
static const struct column service_columns[] = {
	{ .title = "SERVICE" },
	{ .title = "BUSY" },
	{ .title = "OF", .right = true },
	{ .title = "QUEUE" },
	{ .title = "PEAK", .right = true },
	{ .title = "CONN/S" },
	{ .title = "PEAK", .right = true },
};
static const struct column pool_columns[] = {
	{ .title = "POOL" },
	{ .title = "BUSY" },
	{ .title = "OF", .right = true },
	{ .title = "QUEUE" },
	{ .title = "PEAK", .right = true },
};

struct history *
history_new(uint64_t step_usec)
{
	struct history *h = calloc(1, sizeof(*h));

	if (h)
		h->step_usec = step_usec;
	return h;
}

struct history *
history_free(struct history *h)
{
	size_t i;

	if (!h)
		return NULL;
	for (i = 0; i < h->n_tracks; i++)
		free(h->tracks[i].name);
	free(h->tracks);
	free(h);
	return NULL;
}

static struct track *
find(const struct history *h, const char *name, bool of_pool)
{
	size_t i;

	for (i = 0; i < h->n_tracks; i++) {
		if (h->tracks[i].of_pool == of_pool &&
		    strcmp(h->tracks[i].name, name) == 0)
			return h->tracks + i;
	}
	return NULL;
}

static struct track *
find_or_add(struct history *h, const char *name, bool of_pool)
{
	struct track *t = find(h, name, of_pool);

	if (t)
		return t;
	t = reallocarray(h->tracks, h->n_tracks + 1, sizeof(*t));
	if (!t)
		return NULL;
	h->tracks = t;
	t += h->n_tracks;
	*t = (struct track){ .name = strdup(name), .of_pool = of_pool };
	if (!t->name)
		return NULL;
	memset(t->seen, 0xff, sizeof(t->seen)); /* SPARK_GAP all over */
	h->n_tracks++;
	return t;
}

/* Makes room for a look `steps` after the last one. */
static void
advance(struct history *h, uint64_t steps)
{
	size_t n = steps < HISTORY_MAX ? (size_t)steps : HISTORY_MAX;
	struct track *t = h->tracks;
	size_t s;

	while (t < h->tracks + h->n_tracks) {
		for (s = 0; s < SERIES_N; s++) {
			memmove(t->seen[s], t->seen[s] + n,
			        (HISTORY_MAX - n) * sizeof(**t->seen));
			memset(t->seen[s] + HISTORY_MAX - n, 0xff,
			       n * sizeof(**t->seen));
		}
		t->unseen += (unsigned)n;
		if (t->unseen < HISTORY_MAX) {
			t++;
			continue;
		}
		free(t->name);
		*t = h->tracks[--h->n_tracks];
	}
}

static void
note(struct track *t, uint32_t max_workers, uint64_t busy, uint64_t queue,
     uint64_t rate)
{
	t->unseen = 0;
	t->max_workers = max_workers;
	t->seen[SERIES_BUSY][HISTORY_MAX - 1] = busy;
	t->seen[SERIES_QUEUE][HISTORY_MAX - 1] = queue;
	t->seen[SERIES_RATE][HISTORY_MAX - 1] = rate;
}

/* Its generations are one: a client does not care. */
static void
note_pool(struct track *t, const struct service_facts *s, const char *name)
{
	const struct pool_facts *p;
	uint32_t max_workers = 0;
	uint64_t busy = 0;
	uint64_t queue = 0;

	for (p = s->pools; p < s->pools + s->n_pools; p++) {
		if (strcmp(p->name, name) != 0)
			continue;
		busy += p->busy;
		if (p->queue > queue)
			queue = p->queue; /* they share the socket */
		if (p->max_workers > max_workers)
			max_workers = p->max_workers;
	}
	note(t, max_workers, service_is_program(s) ? SPARK_GAP : busy, queue,
	     SPARK_GAP);
}

static bool
add_service(struct history *h, const struct service_facts *s)
{
	bool known = !service_is_program(s);
	struct track *t = find_or_add(h, s->name, false);
	size_t i;

	if (!t)
		return false;
	note(t, s->max_workers, known ? s->busy : SPARK_GAP, s->queue,
	     known ? s->rate_milli : SPARK_GAP);
	for (i = 0; i < s->n_pools; i++) {
		t = find_or_add(h, s->pools[i].name, true);
		if (!t)
			return false;
		note_pool(t, s, s->pools[i].name);
	}
	return true;
}

bool
history_add(struct history *h, const struct snapshot *s, uint64_t now)
{
	uint64_t steps = 0;
	size_t i;

	if (h->last_usec != 0)
		steps = (now - h->last_usec + h->step_usec / 2) / h->step_usec;
	advance(h, steps);
	if (steps > 0 || h->last_usec == 0)
		h->last_usec = now;
	for (i = 0; i < s->n_services; i++) {
		if (!add_service(h, s->services + i))
			return false;
	}
	return true;
}

/* --- as text ------------------------------------------------------------------- */

/* What there is room for: so many charts, of so many columns. */
struct layout {
	size_t charts;
	size_t width;
};

static struct layout
lay_out(size_t name_width, size_t charts, size_t width)
{
	struct layout l = { charts, 0 };
	size_t others;

	for (; l.charts > 0; l.charts--) {
		others = name_width + l.charts * (NUMBER_WIDTH + 2 * GAP);
		if (width < others + l.charts * CHART_LEAST)
			continue;
		l.width = (width - others) / l.charts;
		if (l.width > HISTORY_MAX)
			l.width = HISTORY_MAX;
		break;
	}
	return l;
}

/* The most that is in sight; SPARK_GAP if nothing is. */
static uint64_t
peak(const uint64_t *seen, size_t width)
{
	uint64_t most = SPARK_GAP;
	size_t i;

	for (i = HISTORY_MAX - width; i < HISTORY_MAX; i++) {
		if (seen[i] != SPARK_GAP && (most == SPARK_GAP || seen[i] > most))
			most = seen[i];
	}
	return most;
}

/* A chart, and the number that its highest bar stands for. */
static void
add_chart(struct table *t, const struct track *track, enum series series, size_t width)
{
	const uint64_t *seen = track->seen[series];
	uint64_t now = seen[HISTORY_MAX - 1];
	uint64_t full = peak(seen, width);
	char bars[SPARK_SIZE(HISTORY_MAX)];
	enum paint paint = PAINT_NONE;
	bool known = full != SPARK_GAP;
	char text[32];

	if (series == SERIES_BUSY) {
		full = track->max_workers;
		if (known && now != SPARK_GAP && now > 0 && now >= full)
			paint = PAINT_WARN;
	}
	table_cell(t, paint, "%s",
	           sparkline(seen, HISTORY_MAX, full, width, display_is_utf8(), bars));
	if (!known)
		table_cell(t, PAINT_NONE, "-");
	else if (series == SERIES_RATE)
		table_cell(t, PAINT_NONE, "%s", words_rate(full, text, sizeof(text)));
	else
		table_cell(t, PAINT_NONE, "%" PRIu64, full);
}

static void
add_row(struct table *t, const struct history *h, const char *name, bool of_pool,
        const struct layout *l)
{
	const struct track *track = find(h, name, of_pool);
	size_t i;

	if (!track)
		return;
	table_cell(t, PAINT_NONE, "%s", name);
	for (i = 0; i < l->charts; i++)
		add_chart(t, track, (enum series)i, l->width);
}

/* The name of row i, or NULL: every pool once. */
static const char *
row_name(const struct snapshot *s, const struct service_facts *one, size_t i)
{
	size_t j;

	if (!one)
		return s->services[i].name;
	for (j = 0; j < i; j++) {
		if (strcmp(one->pools[j].name, one->pools[i].name) == 0)
			return NULL;
	}
	return one->pools[i].name;
}

static void
print_title(uint64_t step_usec, size_t width, FILE *out, const struct style *style)
{
	char span[32];
	char step[32];
	char *text;

	if (asprintf(&text, "the last %s, %s a column",
	             duration_describe(width * step_usec, span, sizeof(span)),
	             duration_describe(step_usec, step, sizeof(step))) < 0)
		return;
	(void)display_put(out, text, style->width);
	(void)fputc('\n', out);
	free(text);
}

bool
history_print(const struct history *h, const struct snapshot *s,
              const struct service_facts *one, FILE *out, const struct style *style)
{
	const struct column *columns = one ? pool_columns : service_columns;
	size_t n = one ? one->n_pools : s->n_services;
	size_t name_width = strlen(columns[0].title);
	const char *name;
	struct layout l;
	struct table *t;
	bool good;
	size_t i;

	for (i = 0; i < n; i++) {
		name = row_name(s, one, i);
		if (name && display_width(name) > name_width)
			name_width = display_width(name);
	}
	l = lay_out(name_width, one ? SERIES_RATE : SERIES_N, style->width);
	if (n == 0 || l.charts == 0)
		return true;
	t = table_new(columns, 1 + 2 * l.charts);
	if (!t)
		return false;
	for (i = 0; i < n; i++) {
		name = row_name(s, one, i);
		if (name)
			add_row(t, h, name, one != NULL, &l);
	}
	print_title(h->step_usec, l.width, out, style);
	good = table_print(t, out, style);
	(void)table_free(t);
	return good;
}
