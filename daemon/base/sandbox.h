/*
 * sandbox.h - which directive of a unit may be in the way.
 *
 * For a line of the log about something that has just failed.  Nothing is asked
 * before, and nothing outside of a unit.
 */
#ifndef PREFORKD_BASE_SANDBOX_H
#define PREFORKD_BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_attempt {
	SANDBOX_ENTER,    /* a folder */
	SANDBOX_EXECUTE,  /* a program */
	SANDBOX_SOCKET,   /* make one */
	SANDBOX_BIND,     /* to a path, or, without one, a port */
	SANDBOX_OWNER,    /* give a file away */
	SANDBOX_IDENTITY, /* become somebody else */
	SANDBOX_LIMIT,    /* raise a limit */
	SANDBOX_NICE,     /* priority */
	SANDBOX_ROOT,     /* another root directory */
	SANDBOX_CAPABILITIES,
};

/* What is known of the sandbox that we are in. */
struct sandbox {
	char *mountinfo;       /* as /proc/self/mountinfo; NULL: unknown */
	uint64_t capabilities; /* effective, by number */
	bool filtered;         /* system calls are */
	bool own_users;        /* a namespace knows only some users */
};

/* " (likely the unit's ProtectHome=)", or "".  `error` is an errno value, positive;
 * `path` is absolute or NULL.  Returns buf.  Does not log. */
const char *sandbox_hint(enum sandbox_attempt attempt, int error, const char *path,
                         char *buf, size_t size);

/* The directive, or NULL: nothing speaks for one. */
const char *sandbox_directive(const struct sandbox *s, enum sandbox_attempt attempt,
                              int error, const char *path);

#endif
