/*
 * screen.h - a terminal as a page that is drawn again and again.
 *
 * What was on it before is back after screen_leave().
 */
#ifndef PREFORKD_CTL_SCREEN_H
#define PREFORKD_CTL_SCREEN_H

#include <stddef.h>
#include <stdio.h>

void screen_enter(FILE *out);
void screen_leave(FILE *out);

/* Draws the first lines of `text`, as many as fit. */
void screen_draw(FILE *out, const char *text, size_t height);

#endif
