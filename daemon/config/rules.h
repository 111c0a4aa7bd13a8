/*
 * rules.h - what allow, deny and proxy_protocol come to, and what they may not.
 */
#ifndef PREFORKD_CONFIG_RULES_H
#define PREFORKD_CONFIG_RULES_H

#include "config/messages.h"
#include "config/settings.h"
#include "config/written.h"

/* Makes the tables of a service whose keys are set, and reports what contradicts
 * itself. */
void rules_build(struct written *w, struct written_section *ws, struct messages *m,
                 struct service_settings *ss);

#endif
