/*
 * outcome.c - how a command of preforkctl ends, and why.
 */
#include "config.h"

#include "ctl/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/display.h"

static void PRINTF_LIKE(1, 0) say(const char *format, va_list ap)
{
	char *text;
	char *line;
	char *rest;

	(void)fflush(stdout);
	if (vasprintf(&text, format, ap) < 0) {
		(void)fputs("preforkctl: out of memory\n", stderr);
		return;
	}
	rest = text;
	for (;;) {
		line = strsep(&rest, "\n");
		if (!line)
			break;
		if (!*line)
			continue; /* the end of the last one */
		(void)fputs("preforkctl: ", stderr);
		(void)display_put(stderr, line, DISPLAY_WIDE);
		(void)fputc('\n', stderr);
	}
	free(text);
}

void
complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

enum outcome
fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	return OUTCOME_FAILED;
}

enum outcome
fail_memory(void)
{
	return fail("out of memory");
}
