/*
 * selftest.h - what `preforkd -t` says of a configuration.
 */
#ifndef PREFORKD_SELFTEST_H
#define PREFORKD_SELFTEST_H

#include "config/settings.h"

/* Logs what there is to know of settings that could be loaded, or that they could not
 * (NULL).  `file` is where they come from; NULL: the command line.  The exit status. */
int selftest(const char *file, const struct settings *settings);

#endif
