/*
 * advice.h - what the figures of a service mean, and what to do, in words.
 *
 * Pure: the same facts give the same sentences.  No advice is better than one that
 * an administrator learns to overlook, so each has a threshold.
 */
#ifndef PREFORKD_CTL_ADVICE_H
#define PREFORKD_CTL_ADVICE_H

#include <stddef.h>
#include <stdint.h>

#include "ctl/snapshot.h"

#define ADVICE_MOST 8

struct advice {
	char text[ADVICE_MOST][512];
	size_t n;
};

/* `somaxconn` is the kernel's limit of a queue, 0 if it is not known. */
void advice_for(const struct service_facts *s, uint64_t somaxconn, struct advice *ret);

/* net.core.somaxconn of this machine, or 0. */
uint64_t advice_somaxconn(void);

#endif
