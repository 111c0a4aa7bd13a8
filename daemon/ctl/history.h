/*
 * history.h - what was seen of each service and pool, look by look.
 *
 * Fed with snapshots, and printed as a row of bars for each: how many workers are busy,
 * of as many as there may be; how many clients wait, and connections a second, of the
 * most that is in sight.
 */
#ifndef PREFORKD_CTL_HISTORY_H
#define PREFORKD_CTL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/snapshot.h"
#include "ctl/style.h"

struct history;

/* A column is to be `step_usec`.  NULL without memory. */
struct history *history_new(uint64_t step_usec);
struct history *history_free(struct history *h);

/* What was seen at `now`.  A look before its time replaces the last one, times without
 * a look are gaps.  False without memory. */
bool history_add(struct history *h, const struct snapshot *s, uint64_t now);

/* One row a service; or, of the service `one`, a row a pool.  As much of it as the
 * width has room for, which may be nothing.  False without memory. */
bool history_print(const struct history *h, const struct snapshot *s,
                   const struct service_facts *one, FILE *out,
                   const struct style *style);

#endif
