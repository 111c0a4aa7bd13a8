/*
 * test_utf8.c - what is a character and what is none.
 */
#include "config.h"

#include "base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/macros.h"

Test(utf8, takes_each_length)
{
	static const struct {
		const char *text;
		size_t bytes;
		uint32_t character;
	} rows[] = {
		{ "A", 1, 'A' },
		{ "\x7f", 1, 0x7f },
		{ "\xc2\x80", 2, 0x80 },
		{ "\xc3\xa9x", 2, 0xe9 },
		{ "\xe0\xa0\x80", 3, 0x800 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xef\xbf\xbd", 3, 0xfffd },
		{ "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	};
	uint32_t c;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		c = 0;
		cr_assert_eq(utf8_decode(rows[i].text, &c), rows[i].bytes, "row %zu",
		             i);
		cr_assert_eq(c, rows[i].character, "row %zu: U+%04X", i, (unsigned)c);
	}
}

Test(utf8, takes_nothing_else)
{
	static const char *const rows[] = {
		"\x80",             /* a second byte */
		"\xc0\x80",         /* overlong NUL */
		"\xc1\xbf",         /* overlong DEL */
		"\xe0\x9f\xbf",     /* overlong */
		"\xed\xa0\x80",     /* a surrogate */
		"\xed\xbf\xbf",     /* … */
		"\xf0\x8f\xbf\xbf", /* overlong */
		"\xf4\x90\x80\x80", /* beyond the last */
		"\xf8\x88\x80\x80\x80",
		"\xff",
		"\xc3",         /* half */
		"\xe2\x82",     /* … */
		"\xf0\x90\x80", /* … */
		"\xe2\x28\xa1", /* broken off */
	};
	uint32_t c = 7;
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_eq(utf8_decode(rows[i], &c), 0, "row %zu", i);
	cr_assert_eq(c, 7, "left alone on failure");
}

Test(utf8, is_valid_or_is_repaired)
{
	static const struct {
		const char *text;
		const char *repaired;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac" },
		{ "caf\xe9", "caf?" },
		{ "\xff/\xc3\xa9\x80", "?/\xc3\xa9?" },
		{ "cut \xe2\x82", "cut ??" },
	};
	char text[32];
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		(void)strcpy(text, rows[i].text);
		utf8_repair(text);
		cr_expect_str_eq(text, rows[i].repaired, "row %zu", i);
		cr_expect(utf8_is_valid(text), "row %zu", i);
		cr_expect_eq(utf8_is_valid(rows[i].text),
		             strcmp(rows[i].text, text) == 0, "row %zu", i);
	}
}
