/*
 * detail.h - one service: settings in brief, figures, its processes, and what to do.
 */
#ifndef PREFORKD_CTL_DETAIL_H
#define PREFORKD_CTL_DETAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/snapshot.h"
#include "ctl/style.h"

/* On a terminal idle workers are folded into one line unless `all`.  False without
 * memory. */
bool detail_print(const struct service_facts *s, uint64_t somaxconn, bool all,
                  FILE *out, const struct style *style);

#endif
