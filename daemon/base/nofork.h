/*
 * nofork.h - memory that a child does not get.
 *
 * What the master writes between two forks is copied, page by page, for the child of
 * the first: thousands of workers would each keep private copies of tables that they
 * must not even see.  After a fork this memory does not exist in the child.
 */
#ifndef PREFORKD_BASE_NOFORK_H
#define PREFORKD_BASE_NOFORK_H

#include <stddef.h>

/* Zeroed, page-aligned; NULL with errno when there is none. */
void *nofork_alloc(size_t size);

/* `size` as it was allocated.  Takes NULL. */
void nofork_free(void *memory, size_t size);

#endif
