/*
 * table.c - rows of cells under titles, in columns as wide as they need.
 */
#include "config.h"

#include "ctl/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/display.h"

#define GAP 2           /* between columns */
#define ELASTIC_LEAST 9 /* below this an address tells nothing: cut elsewhere */

struct cell {
	char *text;
	enum paint paint;
};

struct table {
	const struct column *columns;
	size_t n_columns;
	struct cell *cells;
	size_t n_cells;
	size_t size;
	bool broken; /* memory ran out */
};

struct table *
table_new(const struct column *columns, size_t n)
{
	struct table *t = calloc(1, sizeof(*t));
	size_t i;

	if (!t)
		return NULL;
	t->columns = columns;
	t->n_columns = n;
	for (i = 0; i < n; i++)
		table_cell(t, PAINT_TITLE, "%s", columns[i].title);
	return t;
}

struct table *
table_free(struct table *t)
{
	size_t i;

	if (!t)
		return NULL;
	for (i = 0; i < t->n_cells; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
	return NULL;
}

static bool
grow(struct table *t)
{
	size_t size = t->size ? 2 * t->size : 64;
	struct cell *cells;

	if (t->n_cells < t->size)
		return true;
	cells = reallocarray(t->cells, size, sizeof(*cells));
	if (!cells)
		return false;
	t->cells = cells;
	t->size = size;
	return true;
}

void
table_cell(struct table *t, enum paint paint, const char *format, ...)
{
	char *text;
	va_list ap;
	int r;

	if (t->broken)
		return;
	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	if (r < 0 || !grow(t)) {
		if (r >= 0)
			free(text);
		t->broken = true;
		return;
	}
	t->cells[t->n_cells].text = text;
	t->cells[t->n_cells++].paint = paint;
}

/* How wide each column is to be.  The elastic one pays for the rest. */
static void
measure(const struct table *t, size_t width, size_t *widths)
{
	size_t sum = GAP * (t->n_columns - 1);
	size_t least;
	size_t w;
	size_t i;

	memset(widths, 0, t->n_columns * sizeof(*widths));
	for (i = 0; i < t->n_cells; i++) {
		w = display_width(t->cells[i].text);
		if (w > widths[i % t->n_columns])
			widths[i % t->n_columns] = w;
	}
	for (i = 0; i < t->n_columns; i++)
		sum += widths[i];
	for (i = 0; i < t->n_columns && sum > width; i++) {
		if (!t->columns[i].elastic || widths[i] <= ELASTIC_LEAST)
			continue;
		least = widths[i] - ELASTIC_LEAST;
		w = sum - width < least ? sum - width : least;
		widths[i] -= w;
		sum -= w;
	}
}

static size_t
put_blanks(FILE *out, size_t n, size_t room)
{
	size_t i;

	if (n > room)
		n = room;
	for (i = 0; i < n; i++)
		(void)fputc(' ', out);
	return n;
}

static void
print_row(const struct table *t, size_t row, const size_t *widths, FILE *out,
          const struct style *style)
{
	const struct cell *cell = t->cells + row * t->n_columns;
	size_t room = style->width;
	size_t pad;
	size_t own;
	size_t i;

	for (i = 0; i < t->n_columns && room > 0; i++, cell++) {
		own = display_width(cell->text);
		if (own > widths[i])
			own = widths[i];
		pad = widths[i] - own;
		if (i > 0)
			room -= put_blanks(out, GAP, room);
		if (t->columns[i].right)
			room -= put_blanks(out, pad, room);
		(void)fputs(paint_begin(style, cell->paint), out);
		room -= display_put(out, cell->text, own < room ? own : room);
		(void)fputs(paint_end(style, cell->paint), out);
		/* No blanks at the ends of lines. */
		if (!t->columns[i].right && i + 1 < t->n_columns)
			room -= put_blanks(out, pad, room);
	}
	(void)fputc('\n', out);
}

bool
table_print(const struct table *t, FILE *out, const struct style *style)
{
	size_t *widths;
	size_t row;

	if (t->broken)
		return false;
	widths = calloc(t->n_columns, sizeof(*widths));
	if (!widths)
		return false;
	measure(t, style->width, widths);
	for (row = 0; row < t->n_cells / t->n_columns; row++)
		print_row(t, row, widths, out, style);
	free(widths);
	return true;
}
