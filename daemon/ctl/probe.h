/*
 * probe.h - one look at a service from outside, step by step, each with its time.
 */
#ifndef PREFORKD_CTL_PROBE_H
#define PREFORKD_CTL_PROBE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/socks.h"
#include "net/address.h"

#define PROBE_ANSWER_MAX 65536

enum probe_step {
	STEP_SOCKET,
	STEP_CONNECT,
	STEP_SOCKS,
	STEP_SEND,
	STEP_EXPECT,
	STEP_CLOSE,
	STEP_N
};

struct probe_plan {
	struct address to;
	const struct socks *socks; /* NULL: directly */
	const char *send;          /* NULL: nothing */
	size_t send_size;
	const regex_t *expect; /* NULL: nothing */
	uint64_t timeout_usec; /* for all steps together */
};

struct probe_result {
	bool taken[STEP_N];
	uint64_t usec[STEP_N];
	enum probe_step failed; /* STEP_N: none has */
	char why[160];
	char *answer; /* PROBE_ANSWER_MAX bytes of the caller */
	size_t answer_size;
};

const char *probe_step_name(enum probe_step step);

/* "\r\n\t\0\\\xHH" to what they stand for, in place; -EINVAL: there is another. */
int probe_unescape(char *text, size_t *ret_size);

/* Does it.  `result->answer` must be there. */
void probe_run(const struct probe_plan *plan, struct probe_result *result);

#endif
