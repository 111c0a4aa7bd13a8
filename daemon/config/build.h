/*
 * build.h - from what was written to settings.
 */
#ifndef PREFORKD_CONFIG_BUILD_H
#define PREFORKD_CONFIG_BUILD_H

#include "config/settings.h"
#include "config/written.h"

/* Makes settings of it.  Reports what is wrong and returns NULL if anything was, now or
 * before.  Takes w->files over. */
struct settings *settings_build(struct written *w, struct messages *m);

#endif
