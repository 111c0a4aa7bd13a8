/*
 * include.h - the files of a configuration: which, and their text.
 */
#ifndef PREFORKD_CONFIG_INCLUDE_H
#define PREFORKD_CONFIG_INCLUDE_H

#include <stddef.h>

#include "config/messages.h"

/* More than anyone writes by hand. */
#define INCLUDE_FILE_MAX (1024 * 1024)
#define INCLUDE_DEPTH_MAX 8

struct include {
	char *path;
	const struct include *from; /* who includes it; NULL: the main file */
	struct place at;            /* … and where */
};

/* The text of the file, for the caller to free; or NULL after a message.  `rank` is
 * its place in the order of reading. */
char *include_read(const struct include *file, size_t rank, struct messages *m);

/* The files that include("name") in `from` stands for: n of them, sorted, for
 * include_free().  A relative name is relative to the folder of `from`.  A pattern
 * may match nothing, a plain name must exist. */
size_t include_find(const struct include *from, const char *name,
                    const struct place *at, struct messages *m, struct include **ret);
void include_free(struct include *list, size_t n);

#endif
