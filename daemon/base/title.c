/*
 * title.c - the line that ps shows, written over the memory of argv and environ.
 *
 * The kernel prints the memory between arg_start and arg_end; if the byte at
 * arg_end - 1 is not NUL it goes on into the environment, up to the first NUL
 * (setproctitle's convention, fs/proc/base.c: get_mm_cmdline).  So a title may
 * use both, as long as they are adjacent, and ends in NUL.
 */
#include "config.h"

#include "base/title.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

static char *area;
static size_t area_size;
static char *tail OF_WORKERS;

/* The environment must survive its memory.  One block holds the list and the
 * strings; it is referenced here for as long as the process lives, whatever
 * becomes of environ.  `used`: nobody reads it but a search for leaks. */
static char **environment __attribute__((used));

static int
environment_copy(void)
{
	size_t size = sizeof(*environment);
	char *text;
	size_t len;
	size_t n;
	size_t i;

	for (n = 0; environ[n]; n++)
		size += sizeof(*environment) + strlen(environ[n]) + 1;
	environment = malloc(size);
	if (!environment)
		return -1;
	text = (char *)(environment + n + 1);
	for (i = 0; i < n; i++) {
		len = strlen(environ[i]) + 1;
		environment[i] = memcpy(text, environ[i], len);
		text += len;
	}
	environment[n] = NULL;
	environ = environment;
	return 0;
}

void
title_init(int argc, char **argv)
{
	char *end = argc > 0 ? argv[0] : NULL;
	char **old = environ;
	int i;

	if (!end)
		return;
	for (i = 0; i < argc; i++) {
		if (argv[i] == end)
			end = argv[i] + strlen(argv[i]) + 1;
	}
	for (i = 0; old[i]; i++) {
		if (old[i] == end)
			end = old[i] + strlen(old[i]) + 1;
	}
	/* Short of memory there is no title, and nothing else is lost. */
	if (environment_copy() < 0)
		return;
	area = argv[0];
	area_size = (size_t)(end - area);
	tail = area;
}

void
title_set(const char *format, ...)
{
	va_list ap;
	int n;

	if (!area)
		return;
	va_start(ap, format);
	n = vsnprintf(area, area_size, format, ap);
	va_end(ap);
	/* What is left of an older, longer line must not show. */
	if (n >= 0 && (size_t)n < area_size)
		memset(area + n, 0, area_size - (size_t)n);
}

void
title_set_front(const char *front)
{
	if (!area)
		return;
	title_set("%s", front);
	tail = area + strlen(area);
}

void
title_set_tail(const char *text)
{
	size_t room;
	size_t len;
	size_t old;

	if (!area)
		return;
	room = area_size - (size_t)(tail - area);
	len = strlen(text);
	if (len >= room)
		len = room - 1;
	old = strnlen(tail, room);
	memcpy(tail, text, len);
	if (old > len)
		memset(tail + len, 0, old - len);
	tail[len] = '\0';
}
