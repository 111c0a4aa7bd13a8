/*
 * globals.c - the settings outside of all services.
 *
 * The control socket is the one default that hangs on the environment: a unit with
 * RuntimeDirectory= has it in a folder of its own.  A service from the command line
 * is somebody's try, next to a daemon that runs: it takes no path of the machine's.
 */
#include "config.h"

#include "config/globals.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/macros.h"
#include "config/identity.h"
#include "config/memory.h"
#include "config/value.h"
#include "net/address.h"

#define EXIT_WHEN_IDLE_MAX (365 * 24 * 3600 * USEC_PER_SEC)

static void
set_origin(struct origin *o, const struct written_value *v)
{
	o->kind = ORIGIN_TOP_LEVEL;
	o->file = v->at.file;
	o->line = v->at.line;
}

/* Was it written, and well so far? */
static bool
is_given(const struct written_value *v, struct origin *origin)
{
	if (!v->set || v->bad)
		return false;
	set_origin(origin, v);
	return true;
}

static void
complain(struct messages *m, struct written_value *v, const char *key, const char *why)
{
	messages_error(m, &v->at, key, "%s", why);
	v->bad = true;
}

/* In the first folder of $RUNTIME_DIRECTORY (systemd.exec(5)); NULL: none. */
static char *
default_control(bool command_line, struct messages *m)
{
	const char *folder = getenv("RUNTIME_DIRECTORY");
	const struct place nowhere = { 0 };
	struct address at;
	const char *why;
	char *path;
	char *first;

	if (folder == NULL || *folder != '/')
		return command_line ? NULL
		                    : memory_copy(GLOBALS_CONTROL_FOLDER "/control");
	first = memory_copy_n(folder, strcspn(folder, ":"));
	path = memory_print("%s/control", first);
	free(first);
	if (address_parse(path, &at, &why) == 0)
		return path;
	messages_warning(m, &nowhere, "control",
	                 "'%s' (RUNTIME_DIRECTORY) cannot be a socket: %s; set control",
	                 path, why);
	free(path);
	return NULL;
}

static void
set_control(struct written *w, struct messages *m, struct settings *s)
{
	struct written_value *v = &w->control;
	char why[WHY_MAX];

	if (!is_given(v, &s->control_origin))
		s->control = default_control(w->command_line, m);
	else if (value_control(v, &s->control, why) < 0)
		complain(m, v, "control", why);
}

static void
set_control_group(struct written *w, struct messages *m, struct settings *s)
{
	struct written_value *v = &w->control_group;
	char why[WHY_MAX];

	s->control_gid = (gid_t)-1;
	if (is_given(v, &s->control_group_origin) &&
	    value_group(v, &s->control_gid, why) < 0)
		complain(m, v, "control_group", why);
}

void
globals_build(struct written *w, struct messages *m, struct settings *s)
{
	struct written_value *level = &w->log_level;
	struct written_value *total = &w->max_workers_total;
	struct written_value *idle = &w->exit_when_idle;
	uint64_t n = 0;
	char why[WHY_MAX];

	s->log_level = LOG_INFO;
	if (is_given(level, &s->log_level_origin) &&
	    value_log_level(level, &s->log_level, why) < 0)
		complain(m, level, "log_level", why);
	if (is_given(total, &s->max_workers_total_origin)) {
		if (value_count(total, 0, 1000000, &n, why) < 0)
			complain(m, total, "max_workers_total", why);
		s->max_workers_total = (unsigned)n;
	}
	if (is_given(idle, &s->exit_when_idle_origin) &&
	    value_duration(idle, 0, EXIT_WHEN_IDLE_MAX, &s->exit_when_idle_usec, why) <
	        0)
		complain(m, idle, "exit_when_idle", why);
	set_control(w, m, s);
	set_control_group(w, m, s);
}
