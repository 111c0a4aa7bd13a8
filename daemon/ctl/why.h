/*
 * why.h - what the workers of a service are doing: what was seen, and its two forms.
 */
#ifndef PREFORKD_CTL_WHY_H
#define PREFORKD_CTL_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "ctl/family.h"
#include "ctl/snapshot.h"
#include "ctl/style.h"

struct sighting {
	const struct slot_facts *slot;
	bool stranger; /* the process of that number is no child of the daemon */
	struct family family;
};

struct sightings {
	const struct service_facts *service;
	struct sighting *list;
	size_t n;
};

/* In words.  `whole`: also the descriptors, the stack, what could not be seen of each;
 * `idle`: those that only wait for a client one by one. */
void why_print(const struct sightings *s, bool whole, bool idle, FILE *out,
               const struct style *style);

/* One document on one line. */
void why_print_json(const struct sightings *s, FILE *out);

#endif
