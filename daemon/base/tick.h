/*
 * tick.h - a deadline for a process that blocks in system calls.
 *
 * From the deadline on, SIGALRM comes every few milliseconds and every blocking
 * call returns EINTR; a signal that falls between the check of a flag and the
 * call is made good by the next one.  One deadline a process.
 */
#ifndef PREFORKD_BASE_TICK_H
#define PREFORKD_BASE_TICK_H

#include <stdint.h>

/* Installs the (empty) SIGALRM handler.  Once, in the process that will wait. */
void tick_init(void);

/* Ticks begin in `usec`, at once for 0.  Replaces an earlier deadline.
 * Async-signal-safe. */
void tick_start(uint64_t usec);

/* No more ticks. */
void tick_stop(void);

#endif
