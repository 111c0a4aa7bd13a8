/*
 * style.h - what the output may look like: how wide, with colours, in place.
 *
 * Filled in once, from the terminal and the environment; what formats is only told.
 */
#ifndef PREFORKD_CTL_STYLE_H
#define PREFORKD_CTL_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum paint { PAINT_NONE, PAINT_TITLE, PAINT_GOOD, PAINT_WARN, PAINT_BAD, PAINT_N };

struct style {
	bool terminal; /* somebody looks at it */
	bool clever;   /* and it can move its cursor */
	bool colour;
	size_t width; /* columns; DISPLAY_WIDE without a terminal */
	size_t height;
};

/* Of the terminal behind `stream`, if it is one: NO_COLOR and TERM have their say.
 * To be asked again after SIGWINCH. */
void style_of(FILE *stream, struct style *ret);

/* The sequences that begin and end a colour; empty without colours. */
const char *paint_begin(const struct style *style, enum paint paint);
const char *paint_end(const struct style *style, enum paint paint);

#endif
