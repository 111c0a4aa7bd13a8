/*
 * sizes.h - how many workers: what the keys that say it mean to each other.
 */
#ifndef PREFORKD_CONFIG_SIZES_H
#define PREFORKD_CONFIG_SIZES_H

#include <stdbool.h>

#include "config/knobs.h"
#include "config/settings.h"
#include "config/written.h"

/* A fixed number or a range: the service's own keys decide, then those of `defaults`.
 * Reports what contradicts itself. */
void sizes_settle(struct service_settings *s, struct written *w,
                  struct written_section *ws, struct messages *m);

/* Both in `defaults`: reported once. */
void sizes_check_defaults(struct written *w, struct messages *m);

/* Is this a key of ranges, which a fixed pool has no use for? */
bool sizes_is_range(const struct knob *k);

#endif
