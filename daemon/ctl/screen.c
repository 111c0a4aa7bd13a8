/*
 * screen.c - a terminal as a page that is drawn again and again.
 *
 * Lines are drawn over those of before and cleared to their end, so nothing
 * flickers; the terminal cuts what is too long, as its wrapping is off.
 */
#include "config.h"

#include "ctl/screen.h"

#include <string.h>

/* The other page, no wrapping, no cursor. */
static const char enter[] = "\033[?1049h\033[?7l\033[?25l";
static const char leave[] = "\033[?25h\033[?7h\033[?1049l";

void
screen_enter(FILE *out)
{
	(void)fputs(enter, out);
	(void)fflush(out);
}

void
screen_leave(FILE *out)
{
	(void)fputs(leave, out);
	(void)fflush(out);
}

void
screen_draw(FILE *out, const char *text, size_t height)
{
	size_t row;
	size_t n;

	(void)fputs("\033[H", out);
	for (row = 0; *text && row < height; row++) {
		n = strcspn(text, "\n");
		(void)fprintf(out, "%s%.*s\033[K", row > 0 ? "\r\n" : "", (int)n, text);
		text += n + (text[n] == '\n');
	}
	(void)fputs("\033[J", out);
	(void)fflush(out);
}
