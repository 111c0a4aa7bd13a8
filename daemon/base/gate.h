/*
 * gate.h - "at most once in a while", for several processes at once.
 *
 * Lives in shared memory; lock-free.  A process that scribbles over it can make
 * a message too frequent or too rare, nothing else.
 */
#ifndef PREFORKD_BASE_GATE_H
#define PREFORKD_BASE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate {
	uint64_t next_usec;  /* closed until then */
	uint32_t suppressed; /* how many were turned away since it last opened */
};

/* True if the caller may speak now; the gate then stays closed for `interval`,
 * and *ret_suppressed is how many were turned away since the last time. */
bool gate_pass(struct gate *g, uint64_t now_usec, uint64_t interval_usec,
               uint32_t *ret_suppressed);

/* " (and 3 times more since the last such line)", "" for 0.  Returns buf. */
#define GATE_TEXT_MAX 64
char *gate_describe(uint32_t suppressed, char *buf, size_t size);

#endif
