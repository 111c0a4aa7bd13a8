/*
 * globals.h - the settings outside of all services.
 */
#ifndef PREFORKD_CONFIG_GLOBALS_H
#define PREFORKD_CONFIG_GLOBALS_H

#include "config/messages.h"
#include "config/settings.h"
#include "config/written.h"

/* Where the control socket is if nothing is said, and $RUNTIME_DIRECTORY neither. */
#define GLOBALS_CONTROL_FOLDER "/run/preforkd"

/* Fills the part of `s` that stands before its services; reports what is wrong. */
void globals_build(struct written *w, struct messages *m, struct settings *s);

#endif
