/*
 * memory.h - allocation while a configuration is being read.
 *
 * A configuration is some kilobytes.  Where even those are missing, nothing that
 * the loader could say or undo would help: these functions never return NULL,
 * they abort.  Only this room uses them, and nothing after loading does.
 */
#ifndef PREFORKD_CONFIG_MEMORY_H
#define PREFORKD_CONFIG_MEMORY_H

#include <stddef.h>

#include "base/macros.h"

/* Zeroed room for n things of that size. */
void *memory_zero(size_t n, size_t size);

/* A copy of text; of its first n bytes. */
char *memory_copy(const char *text);
char *memory_copy_n(const char *text, size_t n);

/* Formatted text. */
char *memory_print(const char *format, ...) PRINTF_LIKE(1, 2);

/* Makes room for one more thing at the end of an array of n and returns the
 * array; the new element is zeroed. */
void *memory_grow(void *array, size_t n, size_t size);

/* A copy of a NULL-terminated list; and its end (takes NULL). */
char **memory_copy_list(char *const *list);
void memory_free_list(char **list);

#endif
