/*
 * load.c - files to text by key: the only file that knows libconfuse.
 *
 * Every file gets a fresh cfg_t and is read to its end before those that it
 * includes: libconfuse's scanner is one global state.  By then outline_scan() has
 * reported what is wrong with the text and cut it to what is right, so that
 * libconfuse has nothing left to object to; if it does, that is a fault of ours and
 * is reported as one.  A last line of our own proves that it read to the end.
 */
#include "config.h"

#include "config/load.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/include.h"
#include "config/knobs.h"
#include "config/memory.h"
#include "config/outline.h"
#include "config/written.h"

#define SENTINEL "preforkd_end_of_file"

/* One file being read. */
struct reading {
	struct place at;
	struct written *w;
	struct messages *m;
	struct outline outline;
	char **includes; /* the names in include(), in their order */
	size_t n_includes;
};

/* libconfuse's callbacks have no argument of ours. */
static struct reading *reading_now;

static void on_libconfuse_error(cfg_t *cfg, const char *format, va_list ap)
    PRINTF_LIKE(2, 0);

static void
on_libconfuse_error(cfg_t *cfg, const char *format, va_list ap)
{
	struct place at = reading_now->at;
	char *text = NULL;

	at.line = cfg->line;
	if (vasprintf(&text, format, ap) < 0)
		abort();
	messages_error(reading_now->m, &at, "syntax", "not understood: %s", text);
	free(text);
}

static int
on_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	struct reading *r = reading_now;

	(void)cfg;
	(void)opt;
	if (argc != 1)
		return -1;
	r->includes = memory_grow(r->includes, r->n_includes, sizeof(*r->includes));
	r->includes[r->n_includes++] = memory_copy(argv[0]);
	return 0;
}

/* All values are lists of texts to libconfuse: what they mean is value.c's. */
static cfg_opt_t *
section_options(void)
{
	cfg_opt_t *opts = memory_zero(n_service_knobs + 1, sizeof(*opts));
	cfg_opt_t end = CFG_END();
	size_t i;

	for (i = 0; i < n_service_knobs; i++) {
		cfg_opt_t one = CFG_STR_LIST(service_knobs[i].key, 0, CFGF_NODEFAULT);

		opts[i] = one;
	}
	opts[i] = end;
	return opts;
}

static cfg_t *
new_parser(void)
{
	cfg_opt_t *section = section_options();
	cfg_opt_t top[] = {
		CFG_STR_LIST("log_level", 0, CFGF_NODEFAULT),
		CFG_STR_LIST("max_workers_total", 0, CFGF_NODEFAULT),
		CFG_STR_LIST("control", 0, CFGF_NODEFAULT),
		CFG_STR_LIST("control_group", 0, CFGF_NODEFAULT),
		CFG_STR_LIST("exit_when_idle", 0, CFGF_NODEFAULT),
		CFG_FUNC("include", on_include),
		CFG_SEC("defaults", section, CFGF_MULTI),
		CFG_SEC("service", section,
		        CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_STR(SENTINEL, 0, CFGF_NODEFAULT),
		CFG_END(),
	};
	cfg_t *cfg = cfg_init(top, CFGF_NONE);

	free(section); /* cfg_init() has made copies */
	if (cfg == NULL)
		abort();
	(void)cfg_set_error_function(cfg, on_libconfuse_error);
	return cfg;
}

/* The values of one key, from libconfuse to ours. */
static void
take_value(struct reading *r, cfg_t *section, const struct outline_key *key,
           struct written_value *ret)
{
	cfg_opt_t *opt = cfg_getopt(section, key->key);
	size_t n = cfg_opt_size(opt);
	size_t i;

	ret->set = true;
	ret->bad = key->bad;
	ret->braces = key->braces;
	ret->at = r->at;
	ret->at.line = key->line;
	ret->values = memory_zero(n + 1, sizeof(*ret->values));
	for (i = 0; i < n; i++)
		ret->values[i] = memory_copy(cfg_opt_getnstr(opt, (unsigned)i));
	ret->n = n;
	if (n == key->n_values || key->bad)
		return;
	messages_error(r->m, &ret->at, key->key,
	               "its values are not understood, write each of them in quotes");
	ret->bad = true;
}

static void
take_section(struct reading *r, cfg_t *section, const struct outline_section *from,
             struct written_section *to)
{
	size_t i;

	for (i = 0; i < from->n_keys; i++)
		take_value(r, section, &from->keys[i],
		           written_value(to, from->keys[i].key));
}

static bool
is_service_name(const char *name)
{
	return *name != '\0' && *name != '.' && strlen(name) <= 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                    "0123456789-_.") == strlen(name);
}

static void
take_service(struct reading *r, cfg_t *section, const struct outline_section *from)
{
	struct place at = r->at;
	struct written_section *to;

	at.line = from->line;
	if (!is_service_name(from->title))
		messages_error(r->m, &at, "service",
		               "'%s' is not a name, allowed are up to 64 letters, "
		               "digits, '-', '_' "
		               "and '.', which must not be first",
		               from->title);
	to = written_add_service(r->w, from->title, &at);
	to->cut = from->cut;
	take_section(r, section, from, to);
}

static void
take_defaults(struct reading *r, cfg_t *section, const struct outline_section *from)
{
	struct written *w = r->w;
	struct place at = r->at;

	at.line = from->line;
	if (w->has_defaults) {
		messages_error(r->m, &at, "defaults",
		               "is given twice, first in %s:%d; keep one",
		               w->defaults.at.file, w->defaults.at.line);
		return;
	}
	w->has_defaults = true;
	w->defaults.at = at;
	w->defaults.keys = memory_zero(n_service_knobs, sizeof(*w->defaults.keys));
	take_section(r, section, from, &w->defaults);
}

static void
take_top(struct reading *r, cfg_t *cfg, const struct outline_section *from)
{
	size_t i;

	for (i = 0; i < from->n_keys; i++) {
		const struct outline_key *key = &from->keys[i];
		struct written_value *to = written_top(r->w, key->key);
		struct place at = r->at;

		if (!to->set) {
			take_value(r, cfg, key, to);
			continue;
		}
		at.line = key->line;
		messages_error(r->m, &at, key->key,
		               "is given twice, first in %s:%d; keep one", to->at.file,
		               to->at.line);
	}
}

static void
take_all(struct reading *r, cfg_t *cfg)
{
	unsigned n_services = 0;
	size_t i;

	take_top(r, cfg, &r->outline.sections[0]);
	for (i = 1; i < r->outline.n_sections; i++) {
		const struct outline_section *from = &r->outline.sections[i];

		if (from->kind == SECTION_SERVICE)
			take_service(r, cfg_getnsec(cfg, "service", n_services++),
			             from);
		else
			take_defaults(r, cfg_getnsec(cfg, "defaults", 0), from);
	}
}

/* What the outline has seen, libconfuse must have too. */
static bool
agrees(const struct reading *r, cfg_t *cfg)
{
	size_t n = cfg_size(cfg, "service") + cfg_size(cfg, "defaults");

	return cfg_getstr(cfg, SENTINEL) != NULL && n + 1 == r->outline.n_sections &&
	       r->n_includes == r->outline.n_includes;
}

static void
parse_text(struct reading *r, char *text)
{
	size_t errors = r->m->n_errors;
	cfg_t *cfg;
	char *whole;

	outline_scan(text, &r->at, r->m, &r->outline);
	whole = memory_print("%s%s\n" SENTINEL " = yes\n", text,
	                     r->outline.open ? "}" : "");
	cfg = new_parser();
	reading_now = r;
	if (cfg_parse_buf(cfg, whole) == CFG_SUCCESS && agrees(r, cfg))
		take_all(r, cfg);
	else if (r->m->n_errors == errors)
		messages_error(r->m, &r->at, "syntax",
		               "not understood as a whole, write all values in quotes");
	reading_now = NULL;
	(void)cfg_free(cfg);
	free(whole);
}

static void load_file(struct include *file, struct written *w, struct messages *m);

static void
load_includes(struct reading *r, struct include *from, struct messages *m)
{
	size_t i;
	size_t j;

	for (i = 0; i < r->n_includes; i++) {
		struct place at = r->at;
		struct include *found;
		size_t n;

		at.line = r->outline.include_lines[i];
		if (at.line == 0)
			continue;
		n = include_find(from, r->includes[i], &at, m, &found);
		for (j = 0; j < n; j++)
			load_file(&found[j], r->w, m);
		include_free(found, n);
	}
}

static void
load_file(struct include *file, struct written *w, struct messages *m)
{
	struct reading r = { .w = w, .m = m };
	char *text = include_read(file, w->n_files, m);
	size_t i;

	if (text == NULL)
		return;
	w->files = memory_grow(w->files, w->n_files, sizeof(*w->files));
	w->files[w->n_files] = memory_copy(file->path);
	r.at.file = w->files[w->n_files];
	r.at.rank = w->n_files++;
	parse_text(&r, text);
	free(text);
	load_includes(&r, file, m);
	for (i = 0; i < r.n_includes; i++)
		free(r.includes[i]);
	free(r.includes);
	outline_done(&r.outline);
}

int
settings_load(const char *path, const struct message_sink *sink, struct settings **ret)
{
	struct include main_file = { .path = (char *)path };
	struct written w = { 0 };
	struct messages m = { 0 };
	struct settings *s;

	load_file(&main_file, &w, &m);
	s = settings_build(&w, &m);
	messages_flush(&m, sink);
	written_done(&w);
	if (s == NULL)
		return -EINVAL;
	*ret = s;
	return 0;
}
