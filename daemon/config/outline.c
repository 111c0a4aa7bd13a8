/*
 * outline.c - what stands where in the text of one file.
 *
 * One pass over the words by the grammar
 *
 *	file:      { statement }
 *	statement: key "=" value | "include" "(" text ")"
 *	           | "defaults" "{" … "}" | "service" name "{" … "}"
 *	value:     text | "{" [ text { "," text } [ "," ] ] "}"
 *
 * Mistakes of two weights: one after which the rest can still be read (a key given
 * twice, ${…}) is reported and reading goes on; any other ends the file, since what
 * follows would be misread.
 */
#include "config.h"

#include "config/outline.h"

#include <stdlib.h>
#include <string.h>

#include "config/knobs.h"
#include "config/lexical.h"
#include "config/memory.h"
#include "config/vocabulary.h"

struct scan {
	struct lexical l;
	struct place at;
	struct messages *m;
	struct outline *out;
	char *statement;  /* where the statement being read begins */
	int last_line;    /* where the last value ended */
	const char *last; /* its key, or NULL */
};

static struct outline_section *
current(struct scan *s)
{
	return &s->out->sections[s->out->open ? s->out->n_sections - 1 : 0];
}

static struct place
place(const struct scan *s, int line)
{
	struct place at = s->at;

	at.line = line;
	return at;
}

/* "what" with the token as found, cut to a sensible length. */
static char *
token_text(const struct scan *s)
{
	if (s->l.token == TOKEN_END)
		return memory_copy("the end of the file");
	if (s->l.len > 40)
		return memory_print("'%.40s…'", s->l.start);
	return memory_print("'%.*s'", (int)s->l.len, s->l.start);
}

/* The token is not what had to come: `wanted` says what. */
static bool
unexpected(struct scan *s, const char *key, const char *wanted)
{
	struct place at = place(s, s->l.at);
	char *found = token_text(s);

	if (s->l.token == TOKEN_BAD)
		messages_error(s->m, &at, key, "%s", s->l.why);
	else
		messages_error(s->m, &at, key, "%s is unexpected, %s", found, wanted);
	free(found);
	return false;
}

static bool
is_text(const struct scan *s)
{
	return s->l.token == TOKEN_WORD || s->l.token == TOKEN_QUOTED;
}

/* A text token has been read: complain about ${…}, once a statement. */
static void
check_dollar(struct scan *s, const char *key, bool *bad)
{
	struct place at = place(s, s->l.at);

	if (!s->l.dollar)
		return;
	if (!*bad)
		messages_error(
		    s->m, &at, key,
		    "'${' is not replaced by anything, write the value itself; "
		    "single quotes keep it as it is");
	*bad = true;
}

static bool
read_list(struct scan *s, struct outline_key *one)
{
	int opened = s->l.at;

	for (;;) {
		lexical_next(&s->l);
		if (lexical_is(&s->l, '}'))
			return true;
		if (is_text(s)) {
			one->n_values++;
			check_dollar(s, one->key, &one->bad);
			lexical_next(&s->l);
			if (lexical_is(&s->l, '}'))
				return true;
			if (lexical_is(&s->l, ','))
				continue;
		}
		if (s->l.token == TOKEN_END) {
			struct place at = place(s, opened);

			messages_error(s->m, &at, one->key,
			               "the list opened here does not end, add '}'");
			return false;
		}
		if (lexical_is(&s->l, '='))
			return unexpected(s, one->key,
			                  "the list before it does not end, add '}'");
		return unexpected(s, one->key, "a list is written {one, two}");
	}
}

static bool
read_value(struct scan *s, struct outline_key *one)
{
	if (s->l.token == TOKEN_APPEND)
		return unexpected(s, one->key, "write one list with '='");
	if (!lexical_is(&s->l, '='))
		return unexpected(s, one->key, "'=' must follow a key");
	lexical_next(&s->l);
	if (lexical_is(&s->l, '{')) {
		one->braces = true;
		if (!read_list(s, one))
			return false;
	} else if (is_text(s)) {
		one->n_values = 1;
		check_dollar(s, one->key, &one->bad);
	} else {
		return unexpected(s, one->key, "a value must follow '='");
	}
	s->last_line = s->l.line;
	return true;
}

/* Files the key in its section, unless the section has it. */
static void
file_key(struct scan *s, struct outline_key *one)
{
	struct outline_section *section = current(s);
	struct place at = place(s, one->line);
	size_t i;

	for (i = 0; i < section->n_keys; i++) {
		if (strcmp(section->keys[i].key, one->key) != 0)
			continue;
		messages_error(s->m, &at, one->key,
		               "is given twice, first in line %d; keep one",
		               section->keys[i].line);
		section->keys[i].bad = true;
		free(one->key);
		return;
	}
	section->keys = memory_grow(section->keys, section->n_keys, sizeof(*one));
	section->keys[section->n_keys++] = *one;
}

static bool
read_assignment(struct scan *s, const char *key)
{
	struct outline_key one = { .line = s->l.at };

	one.key = memory_copy(key);
	lexical_next(&s->l);
	if (!read_value(s, &one)) {
		free(one.key);
		return false;
	}
	file_key(s, &one);
	s->last = knob_find(key) != NULL ? knob_find(key)->key : NULL;
	return true;
}

static bool
read_include(struct scan *s)
{
	struct outline *o = s->out;
	int line = s->l.at;
	bool bad = false;

	lexical_next(&s->l);
	if (!lexical_is(&s->l, '('))
		return unexpected(s, "include", "write include(\"file\")");
	lexical_next(&s->l);
	if (!is_text(s))
		return unexpected(s, "include", "write include(\"file\")");
	check_dollar(s, "include", &bad);
	lexical_next(&s->l);
	if (!lexical_is(&s->l, ')'))
		return unexpected(s, "include", "write include(\"file\"), one name");
	o->include_lines =
	    memory_grow(o->include_lines, o->n_includes, sizeof(*o->include_lines));
	o->include_lines[o->n_includes++] = bad ? 0 : line;
	s->last = NULL;
	return true;
}

/* A second `defaults`, or a second service of that name, in this file. */
static bool
is_new_section(struct scan *s, const struct outline_section *one)
{
	struct place at = place(s, one->line);
	size_t i;

	for (i = 1; i < s->out->n_sections; i++) {
		const struct outline_section *other = &s->out->sections[i];

		if (other->kind != one->kind)
			continue;
		if (one->kind == SECTION_DEFAULTS) {
			messages_error(s->m, &at, "defaults",
			               "is given twice, first in line %d; keep one",
			               other->line);
			return false;
		}
		if (strcmp(other->title, one->title) == 0) {
			messages_error(s->m, &at, "service",
			               "'%s' is given twice, first in line %d; "
			               "names must be unique",
			               one->title, other->line);
			return false;
		}
	}
	return true;
}

static bool
read_title(struct scan *s, struct outline_section *one)
{
	bool bad = false;

	lexical_next(&s->l);
	if (lexical_is(&s->l, '{'))
		return unexpected(s, "service", "a name must come before it");
	if (!is_text(s))
		return unexpected(s, "service", "write service NAME { … }");
	check_dollar(s, "service", &bad);
	if (memchr(s->l.start, '\\', s->l.len) != NULL)
		return unexpected(s, "service",
		                  "a name has only letters, digits, '-', '_' and '.'");
	one->title = memory_copy_n(s->l.start, s->l.len);
	return !bad;
}

/* The head of a section, up to its '{'. */
static bool
open_section(struct scan *s, const char *key)
{
	struct outline *o = s->out;
	struct outline_section one = { .line = s->l.at };

	one.kind = strcmp(key, "service") == 0 ? SECTION_SERVICE : SECTION_DEFAULTS;
	if (one.kind == SECTION_SERVICE && !read_title(s, &one)) {
		free(one.title);
		return false;
	}
	lexical_next(&s->l);
	if (!lexical_is(&s->l, '{')) {
		free(one.title);
		return unexpected(s, key, "'{' must open the section");
	}
	if (!is_new_section(s, &one)) {
		free(one.title);
		return false;
	}
	o->sections = memory_grow(o->sections, o->n_sections, sizeof(*o->sections));
	o->sections[o->n_sections++] = one;
	o->open = true;
	s->last = NULL;
	return true;
}

/* A word that follows a value on its line is most likely a second value. */
static bool
not_a_key(struct scan *s)
{
	if (s->last != NULL && lexical_is(&s->l, '='))
		return unexpected(s, s->last, "a value or a key before it is missing");
	if (s->last != NULL && s->l.at == s->last_line)
		return unexpected(s, s->last, "several values are a list, {one, two}");
	return unexpected(s, "syntax", "a key or a section was expected");
}

static bool
is_key(const struct scan *s)
{
	return s->l.token == TOKEN_WORD && s->l.len < 40 && !s->l.dollar &&
	       strspn(s->l.start, "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") >= s->l.len;
}

static bool
read_keyed(struct scan *s, const char *key)
{
	struct place at = place(s, s->l.at);

	if (s->out->open) {
		if (knob_find(key) != NULL)
			return read_assignment(s, key);
		vocabulary_unknown_in_section(s->m, &at, key, current(s)->line);
		return false;
	}
	if (!vocabulary_has_top(key)) {
		vocabulary_unknown_at_top(s->m, &at, key);
		return false;
	}
	if (strcmp(key, "include") == 0)
		return read_include(s);
	if (strcmp(key, "service") == 0 || strcmp(key, "defaults") == 0)
		return open_section(s, key);
	return read_assignment(s, key);
}

/* False: the end, or an error has been reported. */
static bool
read_statement(struct scan *s)
{
	struct place at;
	char *key;
	bool going_on;

	lexical_next(&s->l);
	s->statement = s->l.begin;
	if (s->l.token == TOKEN_END) {
		if (!s->out->open)
			return false;
		at = place(s, current(s)->line);
		messages_error(s->m, &at,
		               current(s)->kind == SECTION_SERVICE ? "service"
		                                                   : "defaults",
		               "the section opened here does not end, add '}'");
		return false;
	}
	if (lexical_is(&s->l, '}')) {
		if (!s->out->open)
			return unexpected(s, "syntax", "no section is open");
		s->out->open = false;
		s->last = NULL;
		return true;
	}
	if (!is_key(s))
		return not_a_key(s);
	key = memory_copy_n(s->l.start, s->l.len);
	if (s->last != NULL && s->l.at == s->last_line && s->out->open &&
	    knob_find(key) == NULL) {
		struct lexical here = s->l;

		/* "workers = 4 wrokers = 4" is a misspelling, "= a b" is not. */
		lexical_next(&s->l);
		going_on = lexical_is(&s->l, '=') || lexical_is(&s->l, '{');
		s->l = here;
		if (!going_on) {
			free(key);
			return not_a_key(s);
		}
	}
	going_on = read_keyed(s, key);
	free(key);
	return going_on;
}

void
outline_scan(char *text, const struct place *at, struct messages *m,
             struct outline *ret)
{
	struct scan s = { .at = *at, .m = m, .out = ret, .statement = text };

	memset(ret, 0, sizeof(*ret));
	ret->sections = memory_grow(NULL, 0, sizeof(*ret->sections));
	ret->n_sections = 1;
	lexical_init(&s.l, text);
	while (read_statement(&s))
		;
	*s.statement = '\0';
	if (ret->open)
		ret->sections[ret->n_sections - 1].cut = true;
}

void
outline_done(struct outline *o)
{
	size_t i;
	size_t j;

	for (i = 0; i < o->n_sections; i++) {
		for (j = 0; j < o->sections[i].n_keys; j++)
			free(o->sections[i].keys[j].key);
		free(o->sections[i].keys);
		free(o->sections[i].title);
	}
	free(o->sections);
	free(o->include_lines);
	memset(o, 0, sizeof(*o));
}
