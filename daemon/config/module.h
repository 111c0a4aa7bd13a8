/*
 * module.h - which module a service runs, and the options that it hands to it.
 *
 * Text only: no file is looked at here, and no code of a module is run.
 */
#ifndef PREFORKD_CONFIG_MODULE_H
#define PREFORKD_CONFIG_MODULE_H

#include <stddef.h>

/* A bare name, "socketmap", or an absolute path.  0 and a copy, or -EINVAL and in
 * `why` what is wrong. */
int module_parse(const char *text, char **ret, char *why, size_t size);

/* Checks a NULL-terminated list of key=value and copies it.  0, or -EINVAL and in
 * `why` what is wrong. */
int module_parse_options(char *const *list, char ***ret, char *why, size_t size);

/* The file of a module: a bare name is one in the folder of modules; cut, if it does
 * not fit.  Returns buf. */
#define MODULE_PATH_MAX 4096
char *module_path(const char *module, char *buf, size_t size);

/* The first option whose key is not in `known` (NULL-terminated; NULL: there are
 * none), or NULL. */
const char *module_unknown_option(char *const *options, const char *const *known);

#endif
