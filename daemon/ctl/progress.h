/*
 * progress.h - a line that says how far something is, for whoever watches.
 *
 * On stderr, and only on a terminal that can take a line back; an outcome follows on
 * stdout.
 */
#ifndef PREFORKD_CTL_PROGRESS_H
#define PREFORKD_CTL_PROGRESS_H

#include <stdbool.h>

#include "base/macros.h"

/* Somebody watches. */
bool progress_is_seen(void);

/* In place of the last one.  Control characters must not be in it. */
void progress_show(const char *format, ...) PRINTF_LIKE(1, 2);

/* Takes the line back. */
void progress_end(void);

#endif
