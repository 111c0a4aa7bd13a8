/*
 * command_line.c - one service from options, by the same way as one from a file.
 *
 * Where a shell's user stands counts: the command is looked up in that PATH and
 * relative paths are meant from that folder.
 */
#include "config.h"

#include "config/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/build.h"
#include "config/environment.h"
#include "config/knobs.h"
#include "config/memory.h"
#include "config/written.h"

struct options {
	const struct command_line_service *c;
	struct written w;
	struct messages m;
};

/* NULL as the value: not given. */
static struct written_value *
put(struct written_section *ws, const char *key, const char *label, const char *text)
{
	struct written_value *v = written_value(ws, key);

	if (text == NULL)
		return v;
	v->set = true;
	v->label = label;
	v->values = memory_grow(v->values, v->n + 1, sizeof(*v->values));
	v->values[v->n++] = memory_copy(text);
	v->values[v->n] = NULL;
	return v;
}

static char *
absolute(const char *directory, const char *path)
{
	if (*path == '/')
		return memory_copy(path);
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	return memory_print("%s/%s", strcmp(directory, "/") == 0 ? "" : directory,
	                    path);
}

/* A folder may be searched, which is all that access() says of it. */
static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As a shell finds it; NULL: nowhere.  An empty entry means the folder itself. */
static char *
look_up(const struct command_line_service *c, const char *name)
{
	const char *entry = c->path != NULL ? c->path : ENVIRONMENT_DEFAULT_PATH;

	for (;;) {
		size_t len = strcspn(entry, ":");
		char *folder = memory_copy_n(entry, len);
		char *relative =
		    memory_print("%s%s%s", folder, len > 0 ? "/" : "", name);
		char *full = absolute(c->directory, relative);

		free(folder);
		free(relative);
		if (is_program(full))
			return full;
		free(full);
		if (entry[len] == '\0')
			return NULL;
		entry += len + 1;
	}
}

static void
put_command(struct options *o, struct written_section *ws, const char *key)
{
	const struct place nowhere = { 0 };
	const char *name = o->c->argv[0];
	struct written_value *v;
	char *command;
	size_t i;

	if (name == NULL || *name == '\0') {
		messages_error(&o->m, &nowhere, "--",
		               "a command must follow, with its arguments");
		return;
	}
	command = strchr(name, '/') != NULL ? absolute(o->c->directory, name)
	                                    : look_up(o->c, name);
	if (command == NULL) {
		messages_error(&o->m, &nowhere, name,
		               "is not found in PATH, write its path");
		return;
	}
	v = put(ws, key, "--", command);
	v->braces = true;
	free(command);
	for (i = 1; o->c->argv[i] != NULL; i++)
		(void)put(ws, key, "--", o->c->argv[i]);
}

/* A name for logs: the program's, less what a name may not hold. */
static char *
service_name(const struct command_line_service *c)
{
	const char *text = c->handler == HANDLER_BUILTIN  ? c->builtin
	                   : c->handler == HANDLER_MODULE ? c->module
	                                                  : c->argv[0];
	char *name;
	char *p;

	if (text == NULL)
		text = "";
	if (strrchr(text, '/') != NULL)
		text = strrchr(text, '/') + 1;
	name = memory_copy_n(text, 64);
	p = strrchr(name, '.');
	if (c->handler == HANDLER_MODULE && p > name && strcmp(p, ".so") == 0)
		*p = '\0';
	for (p = name; *p != '\0'; p++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		           "0123456789-_.",
		           *p) == NULL)
			*p = '_';
	}
	if (*name == '.')
		*name = '_';
	if (*name == '\0') {
		free(name);
		name = memory_copy("service");
	}
	return name;
}

static void
put_module(const struct command_line_service *c, struct written_section *ws)
{
	char *path = strchr(c->module, '/') != NULL ? absolute(c->directory, c->module)
	                                            : memory_copy(c->module);
	size_t i;

	(void)put(ws, "module", "-m", path);
	free(path);
	for (i = 0; c->options != NULL && c->options[i] != NULL; i++)
		put(ws, "option", "-o", c->options[i])->braces = true;
}

static void
put_all(struct options *o, struct written_section *ws)
{
	const struct command_line_service *c = o->c;
	size_t i;

	for (i = 0; c->listen != NULL && c->listen[i] != NULL; i++)
		put(ws, "listen", "-l", c->listen[i])->braces = true;
	(void)put(ws, "workers", "-w", c->workers);
	(void)put(ws, "user", "-u", c->user);
	if (c->handler == HANDLER_BUILTIN)
		(void)put(ws, "builtin", "-b", c->builtin);
	else if (c->handler == HANDLER_MODULE)
		put_module(c, ws);
	else
		put_command(o, ws, handler_kind_name(c->handler));
	/* A builtin needs no folder, and its user may not enter the caller's. */
	if (c->handler != HANDLER_BUILTIN)
		(void)put(ws, "working_directory", "working_directory", c->directory);
	if (c->handler != HANDLER_BUILTIN && c->path != NULL) {
		char *path = memory_print("PATH=%s", c->path);

		put(ws, "environment", "PATH", path)->braces = true;
		free(path);
	}
}

int
settings_from_command_line(const struct command_line_service *c,
                           const struct message_sink *sink, struct settings **ret)
{
	const struct place nowhere = { 0 };
	struct options o = { .c = c };
	struct written_section *ws;
	struct settings *s;
	char *name = service_name(c);

	o.w.command_line = true;
	ws = written_add_service(&o.w, name, &nowhere);
	free(name);
	put_all(&o, ws);
	/* A command that is missing has been reported better. */
	s = o.m.n_errors > 0 ? NULL : settings_build(&o.w, &o.m);
	messages_flush(&o.m, sink);
	written_done(&o.w);
	if (s == NULL)
		return -EINVAL;
	*ret = s;
	return 0;
}
