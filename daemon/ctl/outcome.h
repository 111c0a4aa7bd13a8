/*
 * outcome.h - how a command of preforkctl ends: its exit status, and why.
 */
#ifndef PREFORKD_CTL_OUTCOME_H
#define PREFORKD_CTL_OUTCOME_H

#include "base/macros.h"

/* The exit statuses.  3 and 4 are those of systemctl; 64 and 77 of sysexits. */
enum outcome {
	OUTCOME_OK = 0,
	OUTCOME_FAILED = 1,      /* refused, rolled back, failing, too late */
	OUTCOME_NOT_RUNNING = 3, /* no daemon there */
	OUTCOME_NO_SERVICE = 4,  /* of that name */
	OUTCOME_USAGE = 64,
	OUTCOME_DENIED = 77, /* connecting, or changing anything */
};

/* To stderr, each line with our name before it; what stdout holds goes out first. */
void complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* complain(), and OUTCOME_FAILED. */
enum outcome fail(const char *format, ...) PRINTF_LIKE(1, 2);
enum outcome fail_memory(void);

#endif
