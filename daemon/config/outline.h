/*
 * outline.h - what stands where in the text of one file.
 *
 * libconfuse reads the values; this looks at the text before it does, because
 * libconfuse takes too much: it accepts a section that is never closed, skips
 * characters it does not know, lets a second value of a key win, replaces ${X} by
 * the environment, and counts lines wrongly after a comment.  After this, what
 * libconfuse gets is well-formed, has no comments, and only knows keys.
 */
#ifndef PREFORKD_CONFIG_OUTLINE_H
#define PREFORKD_CONFIG_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/messages.h"

enum section_kind { SECTION_TOP, SECTION_DEFAULTS, SECTION_SERVICE };

/* One "key = …".  A second one of the same key in a section is reported and not
 * listed. */
struct outline_key {
	char *key;
	int line;
	size_t n_values;
	bool braces; /* written as a list */
	bool bad;    /* has been reported; the value is not to be looked at */
};

struct outline_section {
	enum section_kind kind;
	char *title; /* of a service */
	int line;
	bool cut; /* the text ended inside it: there may have been more */
	struct outline_key *keys;
	size_t n_keys;
};

struct outline {
	struct outline_section *sections; /* the first is the top level */
	size_t n_sections;
	int *include_lines;
	size_t n_includes;
	bool open; /* the text ends inside a section and lacks a '}' */
};

/* Reads text and reports what is wrong in it.  The text is changed: comments
 * become blanks, and at the first thing that cannot be understood it is cut
 * before the statement that holds it, so that what is left can be parsed.
 * `at` names the file. */
void outline_scan(char *text, const struct place *at, struct messages *m,
                  struct outline *ret);
void outline_done(struct outline *o);

#endif
