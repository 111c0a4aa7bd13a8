/*
 * table.h - rows of cells under titles, in columns as wide as they need.
 *
 * On a terminal no line wraps: the one elastic column gives way first, down to a few
 * letters, then the end of the line is cut.
 */
#ifndef PREFORKD_CTL_TABLE_H
#define PREFORKD_CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/macros.h"
#include "ctl/style.h"

struct column {
	const char *title;
	bool right;   /* for figures */
	bool elastic; /* gives way; one of a table at most */
};

struct table;

/* `columns` must stay.  NULL without memory. */
struct table *table_new(const struct column *columns, size_t n);
struct table *table_free(struct table *t);

/* The next cell, row by row. */
void table_cell(struct table *t, enum paint paint, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* False if memory ran out on the way: then the table is not to be printed. */
bool table_print(const struct table *t, FILE *out, const struct style *style);

#endif
