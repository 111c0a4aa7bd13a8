/*
 * memory.c - allocation that does not fail, for the loader only.
 */
#include "config.h"

#include "config/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

void *
memory_zero(size_t n, size_t size)
{
	return must(calloc(n == 0 ? 1 : n, size));
}

char *
memory_copy(const char *text)
{
	return must(strdup(text));
}

char *
memory_copy_n(const char *text, size_t n)
{
	return must(strndup(text, n));
}

char *
memory_print(const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	return must(n < 0 ? NULL : text);
}

void *
memory_grow(void *array, size_t n, size_t size)
{
	char *grown = must(reallocarray(array, n + 1, size));

	memset(grown + n * size, 0, size);
	return grown;
}

char **
memory_copy_list(char *const *list)
{
	size_t n = 0;
	char **copy;
	size_t i;

	while (list[n] != NULL)
		n++;
	copy = memory_zero(n + 1, sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = memory_copy(list[i]);
	return copy;
}

void
memory_free_list(char **list)
{
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}
