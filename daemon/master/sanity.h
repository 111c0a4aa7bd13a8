/*
 * sanity.h - is the machine large enough for the configuration?
 */
#ifndef PREFORKD_MASTER_SANITY_H
#define PREFORKD_MASTER_SANITY_H

#include "config/settings.h"
#include "master/machine.h"

struct services;

/* Logs a warning for each limit that the configuration exceeds; it can work all the
 * same, as long as not everybody is busy at once.  `note` is appended to what is about
 * the limits of this very process. */
void sanity_check(const struct settings *settings, const struct machine *machine,
                  const char *note);

/* Once it runs: workers as large as they turned out, against the memory there is. */
void sanity_check_memory(const struct services *services,
                         const struct machine *machine);

#endif
