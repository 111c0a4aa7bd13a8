/*
 * notification.h - a message of the protocol of sd_notify(3), taken apart.
 *
 * Pure.  The message is a stranger's: whatever is in it, what comes out is bounded, and
 * its text can be shown.
 */
#ifndef PREFORKD_BASE_NOTIFICATION_H
#define PREFORKD_BASE_NOTIFICATION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* With its end; longer texts are cut between two characters. */
#define NOTIFICATION_STATUS_MAX 200

struct notification {
	pid_t pid; /* the sender, as the kernel says: not of the message */
	bool ready;
	bool reloading;
	bool stopping;
	bool alive;        /* WATCHDOG=1 */
	bool failed;       /* WATCHDOG=trigger */
	bool stores;       /* FDSTORE=1 */
	bool has_watchdog; /* WATCHDOG_USEC */
	bool has_status;
	uint64_t watchdog_usec;  /* 0: no watchdog any more */
	uint64_t extend_usec;    /* 0: was not there */
	uint64_t monotonic_usec; /* when it began to reload; 0: was not there */
	char status[NOTIFICATION_STATUS_MAX];
};

/* All but the pid; lines that say nothing to us are passed over, and of a key that
 * comes twice the last one counts.  The text is changed. */
void notification_parse(char *text, struct notification *ret);

#endif
