/*
 * confinement.h - what a service gives up must leave it what it lives on.
 */
#ifndef PREFORKD_CONFIG_CONFINEMENT_H
#define PREFORKD_CONFIG_CONFINEMENT_H

#include "config/messages.h"
#include "config/settings.h"
#include "config/written.h"

/* Reports what only root could do where the master is not root, and limits below what
 * the service's own workers need.  Its identity and sizes are known. */
void confinement_check(const struct service_settings *ss, struct written *w,
                       struct written_section *ws, struct messages *m);

#endif
