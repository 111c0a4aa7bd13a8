/*
 * build.c - settings from what was written.
 *
 * A value comes from the service, else from `defaults` if the key fits the kind of
 * service, else from the table.  All is checked even when something was wrong
 * before, so that one run shows everything; what has been reported once (`bad`)
 * is then taken as not written.
 */
#include "config.h"

#include "config/build.h"

#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/confinement.h"
#include "config/environment.h"
#include "config/globals.h"
#include "config/identity.h"
#include "config/knobs.h"
#include "config/memory.h"
#include "config/rules.h"
#include "config/sizes.h"
#include "config/value.h"

struct build {
	struct written *w;
	struct messages *m;
	struct settings *s;
	bool fell_back;            /* somebody runs as the substitute user … */
	struct place fell_back_at; /* … and this is the first */
};

static bool
is_usable(const struct written_value *v)
{
	return v->set && !v->bad;
}

static void
complain(struct build *b, struct written_value *v, const char *key, const char *why)
{
	messages_error(b->m, &v->at, v->label != NULL ? v->label : key, "%s", why);
	v->bad = true;
}

static void
set_origin(struct origin *o, enum origin_kind kind, const struct written_value *v)
{
	o->kind = kind;
	o->file = v->at.file;
	o->line = v->at.line;
}

static const enum handler_kind kinds[] = { HANDLER_BUILTIN, HANDLER_INETD,
	                                   HANDLER_PROGRAM, HANDLER_MODULE };

/* The kind whose key comes first. */
static enum handler_kind
first_handler(struct written_section *ws)
{
	enum handler_kind found = HANDLER_NONE;
	int line = 0;
	size_t i;

	for (i = 0; i < countof(kinds); i++) {
		const struct written_value *v =
		    written_value(ws, handler_kind_name(kinds[i]));

		if (!v->set || (found != HANDLER_NONE && v->at.line >= line))
			continue;
		found = kinds[i];
		line = v->at.line;
	}
	return found;
}

/* What runs: exactly one key must say it.  Without any, the other keys are checked
 * against no kind. */
static enum handler_kind
find_handler(struct build *b, struct written_section *ws)
{
	enum handler_kind found = first_handler(ws);
	size_t i;

	if (found == HANDLER_NONE && !ws->cut)
		messages_error(b->m, &ws->at, "service",
		               "'%s' does not say what runs, add one of "
		               "builtin, inetd, program and module",
		               ws->name);
	for (i = 0; i < countof(kinds); i++) {
		struct written_value *v =
		    written_value(ws, handler_kind_name(kinds[i]));
		char *why;

		if (!v->set || kinds[i] == found)
			continue;
		why =
		    memory_print("the service has '%s' in line %d, only one of "
		                 "builtin, inetd, program and module is allowed",
		                 handler_kind_name(found),
		                 written_value(ws, handler_kind_name(found))->at.line);
		complain(b, v, handler_kind_name(kinds[i]), why);
		free(why);
	}
	return found;
}

/* "builtin, inetd and module" */
static const char *
kinds_text(unsigned handlers)
{
	switch (handlers) {
	case HANDLER_BUILTIN:
		return "builtin";
	case HANDLER_INETD:
		return "inetd";
	case HANDLER_PROGRAM:
		return "program";
	case HANDLER_MODULE:
		return "module";
	case HANDLER_BUILTIN | HANDLER_MODULE:
		return "builtin and module";
	case HANDLER_INETD | HANDLER_PROGRAM:
		return "inetd and program";
	case HANDLER_BUILTIN | HANDLER_INETD | HANDLER_MODULE:
		return "builtin, inetd and module";
	case HANDLER_INETD | HANDLER_PROGRAM | HANDLER_MODULE:
		return "inetd, program and module";
	default:
		return "any";
	}
}

static bool
fits(const struct knob *k, enum handler_kind handler)
{
	return handler == HANDLER_NONE || (k->handlers & (unsigned)handler) != 0;
}

static void
check_fits(struct build *b, const struct knob *k, struct written_value *v,
           enum handler_kind handler)
{
	if (!is_usable(v) || fits(k, handler))
		return;
	messages_error(b->m, &v->at, k->key, "fits %s only, not %s; %s",
	               kinds_text(k->handlers), handler_kind_name(handler), k->instead);
	v->bad = true;
}

/* Only an inetd command has a connection for its stderr. */
static void
check_stderr(struct build *b, const struct knob *k, const struct service_settings *ss,
             struct written_value *v)
{
	if (k->offset != offsetof(struct service_settings, stderr_to) ||
	    ss->stderr_to != STDERR_CONNECTION || ss->handler != HANDLER_PROGRAM)
		return;
	complain(b, v, k->key,
	         "'connection' is for inetd, allowed for a program are log and null");
}

static void
set_knob(struct build *b, const struct knob *k, struct written_section *ws,
         struct service_settings *ss)
{
	size_t i = (size_t)(k - service_knobs);
	struct origin *origin = &ss->origins[i];
	struct written_value *own = &ws->keys[i];
	struct written_value *common = &b->w->defaults.keys[i];
	struct written_value fallback = { 0 };
	char *list[2] = { NULL, NULL };
	char why[WHY_MAX];

	check_fits(b, k, own, ss->handler);
	if (is_usable(own)) {
		set_origin(origin,
		           b->w->command_line ? ORIGIN_COMMAND_LINE : ORIGIN_SERVICE,
		           own);
		if (value_parse(k, own, ss, why) == 0) {
			check_stderr(b, k, ss, own);
			return;
		}
		complain(b, own, k->key, why);
	}
	if (!own->set && is_usable(common) && fits(k, ss->handler)) {
		set_origin(origin, ORIGIN_DEFAULTS_SECTION, common);
		if (value_parse(k, common, ss, why) == 0) {
			/* What does not fit is not applied, be it a key or a word. */
			if (ss->handler == HANDLER_PROGRAM &&
			    ss->stderr_to == STDERR_CONNECTION)
				ss->stderr_to = STDERR_LOG;
			return;
		}
		complain(b, common, k->key, why);
	}
	set_origin(origin, ORIGIN_DEFAULT, &fallback);
	if (k->kind == KNOB_COMMAND || !fits(k, ss->handler) ||
	    knob_fallback(k, ss->handler) == NULL) {
		value_unset(k, ss);
		return;
	}
	list[0] = (char *)knob_fallback(k, ss->handler);
	fallback.values = list;
	fallback.n = 1;
	if (value_parse(k, &fallback, ss, why) < 0)
		abort();
}

static const char *
text_of(const struct written_value *v)
{
	return is_usable(v) ? v->values[0] : NULL;
}

static void
set_identity(struct build *b, struct written_section *ws, struct service_settings *ss)
{
	struct written_value *user = written_in_force(b->w, ws, "user");
	struct written_value *group = written_in_force(b->w, ws, "group");
	const struct identity *id = &ss->identity;
	struct identity_error error;
	bool fell_back;

	if (identity_resolve(text_of(user), text_of(group), &ss->identity, &fell_back,
	                     &error) < 0) {
		struct written_value *v = strcmp(error.key, "user") == 0 ? user : group;

		if (v->set)
			complain(b, v, error.key, error.why);
		else
			messages_error(b->m, &ws->at, "user", "%s", error.why);
		return;
	}
	if (!ss->enabled)
		return;
	if (fell_back && !b->fell_back && !user->bad) {
		b->fell_back = true;
		b->fell_back_at = ws->at;
	}
	if (id->switch_user && id->uid == 0)
		messages_warning(b->m, user->set ? &user->at : &ws->at,
		                 user->label != NULL ? user->label : "user",
		                 "'%s' runs as root, give it a user of its own",
		                 ws->name);
}

/* The one default that hangs on another value. */
static void
set_privileges(struct service_settings *ss)
{
	size_t i = (size_t)(knob_find("no_new_privileges") - service_knobs);

	if (ss->origins[i].kind == ORIGIN_DEFAULT && ss->identity.user != NULL &&
	    ss->identity.uid == 0)
		ss->no_new_privileges = false;
}

static void
set_path(struct service_settings *ss)
{
	const char *path = NULL;
	size_t i;

	for (i = 0; ss->pass_environment != NULL && ss->pass_environment[i] != NULL;
	     i++) {
		if (strcmp(ss->pass_environment[i], "PATH") == 0)
			path = getenv("PATH");
	}
	if (ss->environment != NULL && environment_get(ss->environment, "PATH") != NULL)
		path = environment_get(ss->environment, "PATH");
	ss->path = memory_copy(path != NULL ? path : ENVIRONMENT_DEFAULT_PATH);
}

static void
build_service(struct build *b, struct written_section *ws)
{
	struct settings *s = b->s;
	struct service_settings *ss;
	size_t i;

	s->services = memory_grow(s->services, s->n_services, sizeof(*s->services));
	ss = &s->services[s->n_services++];
	ss->name = memory_copy(ws->name);
	ss->file = ws->at.file;
	ss->line = ws->at.line;
	ss->origins = memory_zero(n_service_knobs, sizeof(*ss->origins));
	ss->handler = find_handler(b, ws);
	for (i = 0; i < n_service_knobs; i++)
		set_knob(b, &service_knobs[i], ws, ss);
	set_path(ss);
	set_identity(b, ws, ss);
	set_privileges(ss);
	confinement_check(ss, b->w, ws, b->m);
	sizes_settle(ss, b->w, ws, b->m);
	rules_build(b->w, ws, b->m, ss);
}

/* Checks the values of `defaults` once, so that a wrong one is not reported by
 * every service, and is even if there is none. */
static void
check_defaults(struct build *b)
{
	struct written_section *ws = &b->w->defaults;
	struct service_settings scratch = { 0 };
	struct identity who;
	char why[WHY_MAX];
	size_t i;

	for (i = 0; i < n_service_knobs; i++) {
		const struct knob *k = &service_knobs[i];
		struct written_value *v = &ws->keys[i];

		if (!is_usable(v))
			continue;
		if (!knob_fits_defaults(k))
			complain(b, v, k->key,
			         "cannot be a default, write it in each service");
		else if (value_parse(k, v, &scratch, why) < 0)
			complain(b, v, k->key, why);
	}
	sizes_check_defaults(b->w, b->m);
	service_settings_done(&scratch);
	if (is_usable(written_value(ws, "user")) ||
	    is_usable(written_value(ws, "group"))) {
		bool fell_back;
		struct identity_error error;

		if (identity_resolve(text_of(written_value(ws, "user")),
		                     text_of(written_value(ws, "group")), &who,
		                     &fell_back, &error) < 0)
			complain(b, written_value(ws, error.key), error.key, error.why);
		else
			identity_done(&who);
	}
}

/* Once, at the first service that it happened to. */
static void
warn_about_fallback(struct build *b)
{
	if (!b->fell_back || b->m->n_errors > 0)
		return;
	messages_warning(
	    b->m, &b->fell_back_at, "user",
	    "user '%s' does not exist, using '%s'; make it with systemd-sysusers or "
	    "%s",
	    IDENTITY_DEFAULT_USER, IDENTITY_FALLBACK_USER,
	    b->w->command_line ? "name another with -u" : "set user");
}

struct settings *
settings_build(struct written *w, struct messages *m)
{
	struct build b = { .w = w, .m = m };
	size_t i;

	b.s = memory_zero(1, sizeof(*b.s));
	b.s->refs = 1;
	if (w->defaults.keys == NULL)
		w->defaults.keys =
		    memory_zero(n_service_knobs, sizeof(*w->defaults.keys));
	globals_build(w, m, b.s);
	check_defaults(&b);
	for (i = 0; i < w->n_services; i++)
		build_service(&b, &w->services[i]);
	check_settings(b.s, m, w);
	warn_about_fallback(&b);
	if (m->n_errors > 0)
		return settings_free(b.s);

	for (i = 0; i < b.s->n_services; i++)
		b.s->services[i].owner = b.s;
	b.s->files = w->files;
	b.s->n_files = w->n_files;
	if (w->n_files > 0)
		b.s->file = memory_copy(w->files[0]);
	w->files = NULL;
	w->n_files = 0;
	return b.s;
}
