/*
 * vocabulary.c - the words that may begin a statement, and what to say of others.
 *
 * A key in the wrong place gets another message than one that does not exist.
 */
#include "config.h"

#include "config/vocabulary.h"

#include <string.h>

#include "config/knobs.h"
#include "config/spelling.h"

static const char *const top_words[] = {
	"control",           "control_group", "defaults",
	"exit_when_idle",    "include",       "log_level",
	"max_workers_total", "service",       NULL
};

bool
vocabulary_has_top(const char *key)
{
	size_t i;

	for (i = 0; top_words[i] != NULL; i++) {
		if (strcmp(key, top_words[i]) == 0)
			return true;
	}
	return false;
}

void
vocabulary_unknown_at_top(struct messages *m, const struct place *at, const char *key)
{
	const char *near = spelling_nearest(key, top_words);

	if (knob_find(key) != NULL)
		messages_error(
		    m, at, key,
		    "belongs in a service or in defaults, not at the top level");
	else if (near != NULL)
		messages_error(m, at, key, "unknown key, did you mean '%s'?", near);
	else if (knob_suggest(key) != NULL)
		messages_error(m, at, key,
		               "unknown key, did you mean '%s' (in a service)?",
		               knob_suggest(key));
	else
		messages_error(
		    m, at, key,
		    "unknown key, allowed at the top level are control, control_group, "
		    "defaults, exit_when_idle, include, log_level, "
		    "max_workers_total and service");
}

void
vocabulary_unknown_in_section(struct messages *m, const struct place *at,
                              const char *key, int line)
{
	const char *near = knob_suggest(key);

	if (strcmp(key, "service") == 0 || strcmp(key, "defaults") == 0)
		messages_error(
		    m, at, key,
		    "a section cannot stand in another, does the section of line %d "
		    "lack its '}'?",
		    line);
	else if (vocabulary_has_top(key))
		messages_error(m, at, key,
		               "belongs at the top level, outside of all sections");
	else if (near != NULL)
		messages_error(m, at, key, "unknown key, did you mean '%s'?", near);
	else
		messages_error(
		    m, at, key,
		    "unknown key, preforkd.conf(5) lists those of a service");
}
