/*
 * capability.h - the rights of Linux's capabilities(7): their names, and the sets of
 * this process.
 */
#ifndef PREFORKD_BASE_CAPABILITY_H
#define PREFORKD_BASE_CAPABILITY_H

#include <stdint.h>

/* A bit each, by number. */
struct capabilities {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/* "CAP_NET_BIND_SERVICE" to its number, or -1; and back, NULL for what has no name. */
int capability_from_name(const char *name);
const char *capability_name(int number);

/* Of the calling process.  0 or -errno. */
int capability_get(struct capabilities *ret);
int capability_set(const struct capabilities *set);

#endif
