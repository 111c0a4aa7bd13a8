/*
 * vocabulary.h - the words that may begin a statement, and what to say of others.
 */
#ifndef PREFORKD_CONFIG_VOCABULARY_H
#define PREFORKD_CONFIG_VOCABULARY_H

#include <stdbool.h>

#include "config/messages.h"

/* Is it one of those that stand outside of sections? */
bool vocabulary_has_top(const char *key);

/* Reports a key that does not belong there, with the one that was meant; in the
 * second, `line` is where the section begins. */
void vocabulary_unknown_at_top(struct messages *m, const struct place *at,
                               const char *key);
void vocabulary_unknown_in_section(struct messages *m, const struct place *at,
                                   const char *key, int line);

#endif
