/*
 * handover.h - from one generation to the next: sockets, paths, and who leaves.
 */
#ifndef PREFORKD_MASTER_HANDOVER_H
#define PREFORKD_MASTER_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "master/changes.h"

struct master;

/* The coming pools of a service are its current ones from now on, and those that were
 * are as if they were coming: what is still so in handover_let_go() is not wanted. */
void handover_exchange(struct service *s);

/* Addresses that had been given up and are a current pool's again: clients get in, and
 * the generations that were to serve the last of them wait no more.  Logs. */
void handover_take_back(struct master *m, const struct service *s);

/* The pools of the service that are coming leave; addresses that no current pool has
 * are given up.  Logs. */
void handover_let_go(struct master *m, struct change *c);

/* Has somebody that was told to leave yet to notice, and may still get a client? */
bool handover_somebody_waits(const struct services *s, uint64_t now_usec);

#endif
