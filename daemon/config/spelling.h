/*
 * spelling.h - which word was meant.
 */
#ifndef PREFORKD_CONFIG_SPELLING_H
#define PREFORKD_CONFIG_SPELLING_H

/* The word of the NULL-terminated list that is nearest to a misspelt one, or NULL if
 * none is near: a third of it may be wrong, three letters at most. */
const char *spelling_nearest(const char *word, const char *const *list);

#endif
