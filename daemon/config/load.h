/*
 * load.h - files, or a command line, to `struct settings`.
 *
 * load.c is the only file that includes <confuse.h>.  Messages go to a sink, one
 * call each, without a newline: "file:line: key: what is wrong, what is allowed".
 * All the value errors of all files are reported; nothing is kept of a
 * configuration with an error.
 */
#ifndef PREFORKD_CONFIG_LOAD_H
#define PREFORKD_CONFIG_LOAD_H

#include "config/messages.h"
#include "config/settings.h"

/* 0 and settings the caller frees, or -EINVAL after at least one message at
 * LOG_ERR.  Touches nothing but files and the user database: no bind, no
 * connect, no unlink. */
int settings_load(const char *path, const struct message_sink *sink,
                  struct settings **ret);

/* One service from options: what `preforkd -l 8000 -w 4 -- python3 app.py` means. */
struct command_line_service {
	const char *const *listen; /* NULL-terminated */
	const char *workers;       /* NULL: the default */
	const char *user;          /* NULL: the default */
	enum handler_kind handler;
	const char *builtin;        /* HANDLER_BUILTIN */
	const char *module;         /* HANDLER_MODULE: a name or a path */
	const char *const *options; /* its options; NULL-terminated, or NULL */
	char *const *argv;          /* the others; argv[0] is looked up in PATH */
	const char *path;           /* the caller's PATH */
	const char *directory;      /* the caller's working directory */
};

/* As settings_load(); messages name the option ("-l: …") instead of a file. */
int settings_from_command_line(const struct command_line_service *c,
                               const struct message_sink *sink, struct settings **ret);

#endif
