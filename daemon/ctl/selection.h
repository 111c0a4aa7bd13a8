/*
 * selection.h - which worker is meant: "git", "git/3", or "git[3]" as in the log.
 */
#ifndef PREFORKD_CTL_SELECTION_H
#define PREFORKD_CTL_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/snapshot.h"

#define SELECTION_NAME_MAX 80

struct selection {
	char service[SELECTION_NAME_MAX];
	char pool[SELECTION_NAME_MAX]; /* "git/2"; "": of any */
	bool has_slot;
	uint32_t slot;
};

/* "git/2[3]" is the slot 3 of git's second address.  False: no such form. */
bool selection_parse(const char *text, struct selection *ret);

bool selection_has(const struct selection *s, const struct slot_facts *slot);

#endif
