/*
 * check.h - what services mean to each other.
 */
#ifndef PREFORKD_CONFIG_CHECK_H
#define PREFORKD_CONFIG_CHECK_H

#include "config/messages.h"
#include "config/settings.h"
#include "config/written.h"

/* Reports what is wrong with the services together: names and addresses given
 * twice, more workers than are allowed.  `w` is what `s` was made of, for the
 * places. */
void check_settings(const struct settings *s, struct messages *m, struct written *w);

#endif
