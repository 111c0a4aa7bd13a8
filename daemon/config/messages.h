/*
 * messages.h - what is wrong with a configuration, collected.
 *
 * Errors are found in several passes (syntax, values, what services mean to each
 * other) but belong before the reader in the order of the files and lines.  So
 * they are kept until the end, sorted, and handed to the sink then.
 */
#ifndef PREFORKD_CONFIG_MESSAGES_H
#define PREFORKD_CONFIG_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* Who hears them: one call each, without a newline. */
struct message_sink {
	/* level: LOG_ERR, LOG_WARNING */
	void (*message)(void *userdata, int level, const char *text);
	void *userdata;
};

/* Where something stands.  `file` is the name to print; `rank` its place in the
 * order of reading.  Without a file (the command line) `key` is the option. */
struct place {
	const char *file;
	size_t rank;
	int line;
};

struct message {
	struct place at;
	int level;
	char *text; /* complete: "file:line: key: …" */
};

struct messages {
	struct message *list;
	size_t n;
	size_t n_errors;
};

/* "file:line: key: …"; line 0 is left out, so is a missing file. */
void messages_error(struct messages *m, const struct place *at, const char *key,
                    const char *format, ...) PRINTF_LIKE(4, 5);
void messages_warning(struct messages *m, const struct place *at, const char *key,
                      const char *format, ...) PRINTF_LIKE(4, 5);

/* Hands all to the sink, sorted, and forgets them. */
void messages_flush(struct messages *m, const struct message_sink *sink);

#endif
