/*
 * value.h - the text of one value into its field.
 */
#ifndef PREFORKD_CONFIG_VALUE_H
#define PREFORKD_CONFIG_VALUE_H

#include <stddef.h>

#include "config/knobs.h"
#include "config/scalar.h"
#include "config/settings.h"
#include "config/written.h"

/* Sets the knob's field of `into`, which must not have been set before.  0, or
 * -EINVAL and in `why` what is wrong and what is allowed.  The keys `user` and
 * `group` are only looked at: identity_resolve() needs both. */
int value_parse(const struct knob *k, const struct written_value *v,
                struct service_settings *into, char why[WHY_MAX]);

/* The field as a knob without any value has it. */
void value_unset(const struct knob *k, struct service_settings *into);

/* For what stands outside of all services; as value_parse().  A control socket is a
 * path or "none", which gives NULL; the group is a name or a number. */
int value_count(const struct written_value *v, uint64_t min, uint64_t max,
                uint64_t *ret, char why[WHY_MAX]);
int value_duration(const struct written_value *v, uint64_t min, uint64_t max,
                   uint64_t *ret, char why[WHY_MAX]);
int value_log_level(const struct written_value *v, int *ret, char why[WHY_MAX]);
int value_control(const struct written_value *v, char **ret, char why[WHY_MAX]);
int value_group(const struct written_value *v, gid_t *ret, char why[WHY_MAX]);

#endif
