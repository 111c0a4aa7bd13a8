/*
 * lexical.h - the words of a configuration file.
 *
 * The same words that libconfuse sees, but strictly: a character it would skip,
 * an escape it would guess at, and text that does not end are errors.
 */
#ifndef PREFORKD_CONFIG_LEXICAL_H
#define PREFORKD_CONFIG_LEXICAL_H

#include <stdbool.h>
#include <stddef.h>

enum token {
	TOKEN_END,
	TOKEN_WORD,   /* unquoted */
	TOKEN_QUOTED, /* either quotes */
	TOKEN_SIGN,   /* one of = { } ( ) , */
	TOKEN_APPEND, /* += */
	TOKEN_BAD,    /* see `why` */
};

struct lexical {
	char *next; /* text not yet read */
	int line;   /* of `next` */

	/* the token just read */
	enum token token;
	char *start; /* of its text; without the quotes */
	size_t len;
	char *begin;     /* of the token itself */
	int at;          /* the line it begins on */
	bool dollar;     /* had ${…} in it, which has been made harmless */
	const char *why; /* TOKEN_BAD: static text; `at` is the line to name */
};

void lexical_init(struct lexical *l, char *text);

/* Reads one token.  Blanks out the comments before it. */
enum token lexical_next(struct lexical *l);

/* Is the token this sign? */
bool lexical_is(const struct lexical *l, char sign);

#endif
