/*
 * status.h - one look at the daemon, in the form that was asked for.
 */
#ifndef PREFORKD_CTL_STATUS_H
#define PREFORKD_CTL_STATUS_H

#include <stdio.h>

#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/snapshot.h"
#include "ctl/style.h"

/* Asks for all that `q` wants to see.  0 or -errno. */
int status_fetch(struct client *c, const struct request *q, struct snapshot **ret);

/* OUTCOME_FAILED if what is shown fails; OUTCOME_NO_SERVICE, said on stderr. */
enum outcome status_print(const struct request *q, const struct snapshot *s, FILE *out,
                          const struct style *style);

/* Says that there is none, and which there are. */
enum outcome no_such_service(const struct snapshot *s, const char *name);

#endif
