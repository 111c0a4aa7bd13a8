/*
 * loader.h - from a file to a module that may be called, or why not.
 */
#ifndef PREFORKD_HANDLER_LOADER_H
#define PREFORKD_HANDLER_LOADER_H

#include <stddef.h>

#include "config/settings.h"
#include "preforkd/module.h"

/* Loads the service's module and checks that it is one, for this daemon and with these
 * options.  0; or -errno with *ret_what saying what was attempted; or -ENOEXEC and
 * *ret_what says it all.  The text stays.  Runs foreign code. */
int loader_load(const struct service_settings *service,
                const struct preforkd_module **ret, const char **ret_what);

/* Is it a module that we can call?  0, or -ENOEXEC and in `why` what is wrong. */
int loader_check(const struct preforkd_module *m, char *const *options, char *why,
                 size_t size);

#endif
