/*
 * convert.h - configurations of others as ours: what their readers have in common.
 *
 * A reader says what it finds: a service begins, has settings and notes, ends or is
 * refused.  What has no equal here becomes a comment and makes the exit status 1: the
 * output is a configuration that loads, and says where it is less than it was.
 */
#ifndef PREFORKD_CTL_CONVERT_H
#define PREFORKD_CTL_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/macros.h"

#define CONVERT_WORDS_MAX 64

struct conversion {
	FILE *out;
	const char *file;
	unsigned line; /* of what is being read; 0: none is named */
	bool lost;     /* something has no equal */

	/* the service under way */
	char name[64];
	char *notes;
	char *body;
	size_t notes_size;
	size_t body_size;
	FILE *notes_out;
	FILE *body_out;
	char (*names)[64]; /* given so far */
	char (*ports)[64]; /* of all addresses, or "", of the service of that name */
	size_t n_names;
};

/* Words of a line: `list` points into a copy that words_done() frees. */
struct words {
	char *list[CONVERT_WORDS_MAX + 1]; /* ends in NULL */
	size_t n;
	char *copy;
};

/* By blanks; with `quotes` as systemd does it: quotes, and backslashes in them.  False:
 * too many, a quotation without an end, no memory. */
bool words_split(const char *text, bool quotes, struct words *ret);
void words_done(struct words *w);

/* The name becomes one that we take, and that no other has. */
void convert_begin(struct conversion *c, const char *name);
void convert_set(struct conversion *c, const char *key, const char *value);
void convert_set_list(struct conversion *c, const char *key, char *const *list);

/* Its address.  False (it is refused): one before it has the same port of IPv4 and
 * IPv6, as two lines of inetd.conf for one service have; ours is one socket for both.
 */
bool convert_listen(struct conversion *c, const char *address);

/* "# text" before the service; what is `lost` has no equal. */
void convert_note(struct conversion *c, bool lost, const char *format, ...)
    PRINTF_LIKE(3, 4);
void convert_end(struct conversion *c);

/* Instead of its end: the service as a whole has no equal. */
void convert_refuse(struct conversion *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* "# FILE:LINE: text", of no service. */
void convert_remark(struct conversion *c, bool lost, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Is there a builtin of that name? */
bool convert_is_builtin(const char *name);

/* The address for `host` ("*" and "": all) and a port or name of a service, which
 * /etc/services must know.  NULL: it does not; to be freed. */
char *convert_address(const char *host, const char *port, const char *protocol);

/* The readers.  They change `text`. */
void convert_inetd(struct conversion *c, char *text);
void convert_xinetd(struct conversion *c, char *text);

/* Of a .socket unit and the .service that it starts, NULL if there is none. */
void convert_units(struct conversion *c, const char *name, char *socket, char *service);

#endif
