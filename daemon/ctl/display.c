/*
 * display.c - text as a terminal shows it.
 */
#include "config.h"

#include "ctl/display.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

bool
display_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Marks that make what follows run the other way: U+202A..E, U+2066..9, and the two
 * that do it for a letter. */
static bool
turns_direction(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	       c == 0x200e || c == 0x200f || c == 0x061c;
}

/* The next thing to show: its columns; *ret_bytes of it at `text`, or NULL in
 * *ret_shown if '?' stands for them. */
static size_t
step(const char *text, bool utf8, size_t *ret_bytes, const char **ret_shown)
{
	uint32_t c = 0;
	size_t bytes = utf8_decode(text, &c);
	int width;

	*ret_bytes = bytes ? bytes : 1;
	*ret_shown = NULL;
	if (bytes == 0 || (bytes > 1 && !utf8) || turns_direction(c))
		return 1;
	if (bytes == 1)
		width = c >= ' ' && c < 0x7f ? 1 : -1;
	else
		width = wcwidth((wchar_t)c);
	if (width < 0)
		return 1;
	*ret_shown = text;
	return (size_t)width;
}

size_t
display_width(const char *text)
{
	bool utf8 = display_is_utf8();
	const char *shown;
	size_t bytes;
	size_t sum = 0;

	for (; *text; text += bytes)
		sum += step(text, utf8, &bytes, &shown);
	return sum;
}

size_t
display_put(FILE *out, const char *text, size_t width)
{
	bool utf8 = display_is_utf8();
	bool whole = display_width(text) <= width;
	size_t room = whole ? width : width ? width - 1 : 0;
	const char *shown;
	size_t columns;
	size_t taken = 0;
	size_t bytes;

	if (width == 0)
		return 0;
	for (; *text; text += bytes) {
		columns = step(text, utf8, &bytes, &shown);
		if (columns > room - taken)
			break;
		taken += columns;
		if (shown)
			(void)fwrite(shown, 1, bytes, out);
		else
			(void)fputc('?', out);
	}
	if (whole)
		return taken;
	(void)fputs(utf8 ? "\xe2\x80\xa6" : ">", out);
	return taken + 1;
}
