/*
 * test_display.c - text as a terminal shows it.
 */
#include "config.h"

#include "ctl/display.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

static void
use_utf8(void)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"), "the C library has it built in");
}

static char *
put(const char *text, size_t width, size_t *ret_columns)
{
	char *buf = NULL;
	size_t size;
	FILE *out = open_memstream(&buf, &size);

	*ret_columns = display_put(out, text, width);
	(void)fclose(out);
	return buf;
}

static void
shows(const char *text, size_t width, const char *expected, size_t columns)
{
	size_t got;
	char *shown = put(text, width, &got);

	cr_assert_str_eq(shown, expected, "'%s' in %zu: '%s'", text, width, shown);
	cr_assert_eq(got, columns, "'%s' in %zu takes %zu", text, width, got);
	free(shown);
}

Test(display, counts_columns_not_bytes, .init = use_utf8)
{
	cr_assert_eq(display_width(""), 0);
	cr_assert_eq(display_width("abc"), 3);
	cr_assert_eq(display_width("\xc3\xa9t\xc3\xa9"), 3);
	cr_assert_eq(display_width("e\xcc\x81"), 1, "a combining accent");
	cr_assert_eq(display_width("\xe6\xbc\xa2\xe5\xad\x97"), 4, "two wide ones");
}

Test(display, cuts_with_an_ellipsis, .init = use_utf8)
{
	shows("abcdef", 6, "abcdef", 6);
	shows("abcdef", 5, "abcd\xe2\x80\xa6", 5);
	shows("abcdef", 1, "\xe2\x80\xa6", 1);
	shows("abcdef", 0, "", 0);
	shows("", 0, "", 0);
	shows("abcdef", DISPLAY_WIDE, "abcdef", 6);
}

Test(display, never_cuts_a_wide_character_in_half, .init = use_utf8)
{
	shows("\xe6\xbc\xa2\xe5\xad\x97", 4, "\xe6\xbc\xa2\xe5\xad\x97", 4);
	shows("\xe6\xbc\xa2\xe5\xad\x97", 3, "\xe6\xbc\xa2\xe2\x80\xa6", 3);
	shows("\xe6\xbc\xa2\xe5\xad\x97", 2, "\xe2\x80\xa6", 1);
}

Test(display, lets_nothing_command_the_terminal, .init = use_utf8)
{
	shows("a\033[31mb", 20, "a?[31mb", 7);
	shows("a\nb\tc\x7f", 20, "a?b?c?", 6);
	shows("\xc2\x9b"
	      "31m",
	      20, "?31m", 4); /* C1 */
	shows("\xff\xfe", 20, "??", 2);
	shows("a\xe2\x80\xae"
	      "b",
	      20, "a?b", 3); /* the other way round */
	shows("\xed\xa0\x80", 20, "???", 3);
}

Test(display, does_without_letters_that_the_locale_has_not)
{
	cr_assert(setlocale(LC_CTYPE, "C"));
	shows("\xc3\xa9t\xc3\xa9", 20, "?t?", 3);
	shows("abcdef", 4, "abc>", 4);
}
