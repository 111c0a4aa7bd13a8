/*
 * display.h - text as a terminal shows it: how wide it is, and cut to fit.
 *
 * What comes from a peer, a file or a failing command may hold anything; here
 * control characters, characters that turn the direction of writing and what is no
 * text at all become '?', as does what the locale has no letter for.
 */
#ifndef PREFORKD_CTL_DISPLAY_H
#define PREFORKD_CTL_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* No limit. */
#define DISPLAY_WIDE ((size_t)-1)

/* The locale has letters for all of Unicode. */
bool display_is_utf8(void);

/* The columns that display_put() would take for all of it. */
size_t display_width(const char *text);

/* Prints as much as fits into `width` columns; if that is not all, the last of them
 * is an ellipsis.  Returns the columns taken. */
size_t display_put(FILE *out, const char *text, size_t width);

#endif
