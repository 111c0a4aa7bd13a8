/*
 * equal.h - has a service changed?
 */
#ifndef PREFORKD_CONFIG_EQUAL_H
#define PREFORKD_CONFIG_EQUAL_H

#include <stdbool.h>

#include "config/settings.h"

/* Are two services the same but for where they were written?  If not, *ret_key is the
 * first key that differs. */
bool service_settings_equal(const struct service_settings *a,
                            const struct service_settings *b, const char **ret_key);

#endif
