/*
 * trouble.h - accept4() fails: said once for a pool, and that it is over.
 *
 * All workers of a pool meet the same trouble.  Which kinds have been said stands in
 * memory that they share; a process that scribbles over it can make a message of its
 * own pool too frequent or too rare, nothing else.
 */
#ifndef PREFORKD_WORKER_TROUBLE_H
#define PREFORKD_WORKER_TROUBLE_H

#include <stdint.h>

#include "base/gate.h"

enum trouble {
	TROUBLE_NONBLOCK, /* the listener does not block any more */
	TROUBLE_DENIED,
	TROUBLE_FILES, /* the system's table of files is full */
	TROUBLE_MEMORY,
	TROUBLE_OTHER,
	TROUBLE_N,
};

struct trouble_board {
	uint32_t told; /* a bit a kind: said, and not over */
	struct gate gates[TROUBLE_N];
};

/* Says it, unless somebody has and it is not over, or has within the last minute. */
void trouble_tell(struct trouble_board *b, enum trouble kind, const char *label,
                  int error);

/* A worker that has met these kinds (a bit each) accepts again: says so, if somebody
 * has said that one of them began. */
void trouble_over(struct trouble_board *b, uint32_t met, const char *label);

#endif
