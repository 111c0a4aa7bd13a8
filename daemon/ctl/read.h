/*
 * read.h - from the daemon's answers to a snapshot.
 *
 * Lenient as D-Bus wants it: properties that are not known are passed over, those
 * that are missing or of another type stay empty.
 */
#ifndef PREFORKD_CTL_READ_H
#define PREFORKD_CTL_READ_H

#include <systemd/sd-bus.h>

#include "ctl/snapshot.h"

/* The answer of GetStatus.  0 or -errno. */
int read_snapshot(sd_bus_message *reply, struct snapshot **ret);

/* The answer of GetSlots, into s. */
int read_slots(sd_bus_message *reply, struct service_facts *s);

/* Asks /proc for the memory of each slot's process. */
void read_memory(struct service_facts *s);

#endif
