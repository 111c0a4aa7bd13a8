/*
 * status.h - one line that says how all services are.
 */
#ifndef PREFORKD_MASTER_STATUS_H
#define PREFORKD_MASTER_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "master/services.h"

/* Is one of its pools failing?  And why; NULL if none is. */
bool service_is_failing(const struct service *s);
const char *service_failure(const struct service *s);

/* "git 3/8 busy, 0 queued; app 4 running, 0 queued": the text of STATUS=.  Cut to
 * the buffer.  Returns buf. */
char *services_describe(const struct services *s, char *buf, size_t size);

#endif
