/*
 * test_table.c - columns as wide as they need, and lines that never wrap.
 */
#include "config.h"

#include "ctl/table.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ctl/display.h"

static const struct column columns[] = {
	{ .title = "NAME" },
	{ .title = "ADDRESS", .elastic = true },
	{ .title = "BUSY", .right = true },
};

static char *
print(size_t width, bool colour)
{
	struct style style = { .width = width, .colour = colour };
	struct table *t = table_new(columns, countof(columns));
	char *text = NULL;
	size_t size;
	FILE *out;

	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	table_cell(t, PAINT_NONE, "git");
	table_cell(t, PAINT_NONE, "192.0.2.1:9418, [::1]:9418");
	table_cell(t, PAINT_BAD, "%d", 7);
	table_cell(t, PAINT_NONE, "caf\xc3\xa9-\xe6\xbc\xa2");
	table_cell(t, PAINT_NONE, "/run/x");
	table_cell(t, PAINT_NONE, "12345");
	out = open_memstream(&text, &size);
	cr_assert(table_print(t, out, &style));
	(void)fclose(out);
	(void)table_free(t);
	return text;
}

static void
prints(size_t width, const char *expected)
{
	char *text = print(width, false);

	cr_assert_str_eq(text, expected, "in %zu columns:\n%s", width, text);
	free(text);
}

Test(table, aligns_by_what_is_seen)
{
	prints(DISPLAY_WIDE,
	       "NAME     ADDRESS                      BUSY\n"
	       "git      192.0.2.1:9418, [::1]:9418      7\n"
	       "caf\xc3\xa9-\xe6\xbc\xa2  /run/x                      12345\n");
}

Test(table, cuts_the_elastic_column_first)
{
	prints(30, "NAME     ADDRESS          BUSY\n"
	           "git      192.0.2.1:941\xe2\x80\xa6      7\n"
	           "caf\xc3\xa9-\xe6\xbc\xa2  /run/x          12345\n");
}

Test(table, cuts_the_end_of_lines_when_that_is_not_enough)
{
	prints(12, "NAME     AD\xe2\x80\xa6\n"
	           "git      19\xe2\x80\xa6\n"
	           "caf\xc3\xa9-\xe6\xbc\xa2  /r\xe2\x80\xa6\n");
}

Test(table, never_exceeds_the_width)
{
	size_t width;
	char *text;
	char *line;
	char *rest;

	for (width = 1; width < 60; width++) {
		rest = text = print(width, false);
		for (line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
			cr_assert_leq(display_width(line), width, "%zu: '%s'", width,
			              line);
		free(text);
	}
}

Test(table, colours_do_not_count)
{
	char *text = print(DISPLAY_WIDE, true);

	cr_assert(strstr(text, "\033[1mNAME\033[m     \033[1mADDRESS\033[m"), "%s",
	          text);
	cr_assert(strstr(text, "      \033[1;31m7\033[m\n"), "%s", text);
	free(text);
}
