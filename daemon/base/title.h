/*
 * title.h - the line that ps shows.
 *
 * The title is written over the memory of argv and environ, so that setting it
 * is a store and costs no system call.
 */
#ifndef PREFORKD_BASE_TITLE_H
#define PREFORKD_BASE_TITLE_H

#include "base/macros.h"

/* Takes the argument memory over; environ is copied first (the copy lives as
 * long as the process).  To be called once, before any other thread or worker.
 * Without it (in tests) title_set() does nothing. */
void title_init(int argc, char **argv);

/* Sets the title; cut to the memory there is. */
void title_set(const char *format, ...) PRINTF_LIKE(1, 2);

/* A title in two parts: a fixed front, set once, and a tail that changes with
 * every connection and is only copied.  `front` ends in a blank of its own. */
void title_set_front(const char *front);
void title_set_tail(const char *tail);

#endif
