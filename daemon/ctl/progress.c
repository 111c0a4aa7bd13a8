/*
 * progress.c - a line that says how far something is.
 */
#include "config.h"

#include "ctl/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/display.h"
#include "ctl/style.h"

static bool shown;

bool
progress_is_seen(void)
{
	struct style style;

	style_of(stderr, &style);
	return style.clever;
}

void
progress_show(const char *format, ...)
{
	struct style style;
	char *text;
	va_list ap;
	int r;

	style_of(stderr, &style);
	if (!style.clever)
		return;
	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	if (r < 0)
		return;
	(void)fputc('\r', stderr);
	(void)display_put(stderr, text, style.width - 1);
	(void)fputs("\033[K", stderr);
	free(text);
	shown = true;
}

void
progress_end(void)
{
	if (shown)
		(void)fputs("\r\033[K", stderr);
	shown = false;
}
