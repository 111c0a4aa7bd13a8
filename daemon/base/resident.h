/*
 * resident.h - how much memory a process has.
 */
#ifndef PREFORKD_BASE_RESIDENT_H
#define PREFORKD_BASE_RESIDENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes that are resident, shared ones included.  False: it is gone, or not ours to
 * see. */
bool resident_read(pid_t pid, uint64_t *ret);

#endif
