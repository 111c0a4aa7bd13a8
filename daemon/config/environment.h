/*
 * environment.h - the variables that a service adds for its handler.
 */
#ifndef PREFORKD_CONFIG_ENVIRONMENT_H
#define PREFORKD_CONFIG_ENVIRONMENT_H

#include <stddef.h>

#define ENVIRONMENT_DEFAULT_PATH                                                       \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Checks a NULL-terminated list of NAME=value and copies it.  0, or -EINVAL and
 * in `why` what is wrong. */
int environment_parse(char *const *list, char ***ret, char *why, size_t size);

/* The same for a list of names of variables that are handed on. */
int environment_parse_names(char *const *list, char ***ret, char *why, size_t size);

/* The value of the variable in the list, or NULL. */
const char *environment_get(char *const *list, const char *name);

#endif
