/*
 * knobs.h - one row per key of a service: it drives parsing, the range check, which
 * handlers the key fits, `preforkd -T`, and the test that the man page names it.
 */
#ifndef PREFORKD_CONFIG_KNOBS_H
#define PREFORKD_CONFIG_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"

enum knob_kind {
	KNOB_BOOL,        /* bool */
	KNOB_COUNT,       /* unsigned; min, max */
	KNOB_WORKERS,     /* unsigned; a count or "auto" */
	KNOB_DURATION,    /* uint64_t microseconds; min, max; 0 is off where min is 0 */
	KNOB_SECONDS,     /* unsigned, written as a duration in whole seconds */
	KNOB_TEXT,        /* char *; one of `choices` if there are any; max bytes */
	KNOB_FOLDER,      /* char *, an absolute path */
	KNOB_DEVICE,      /* char *, the name of a network interface */
	KNOB_ENVIRONMENT, /* char **, NULL-terminated, NAME=value */
	KNOB_NAMES,       /* char **, NULL-terminated, of variables */
	KNOB_COMMAND,     /* char **, not empty; a lone string with blanks is refused */
	KNOB_MODULE,      /* char *, a bare name or an absolute path */
	KNOB_OPTIONS,     /* char **, NULL-terminated, key=value */
	KNOB_ADDRESSES,   /* struct address list */
	KNOB_PREFIXES,    /* struct prefix_list; `choices`: words allowed besides */
	KNOB_MODE,        /* mode_t, octal */
	KNOB_SIGNED,      /* int; min, max are of an int64_t */
	KNOB_SIZE,        /* uint64_t bytes; min, max */
	KNOB_RLIMIT,      /* uint64_t bytes, or "unlimited" */
	KNOB_RLIMIT_COUNT, /* uint64_t, or "unlimited" if max says so */
	KNOB_RLIMIT_TIME,  /* uint64_t microseconds, or "unlimited" */
	KNOB_CAPABILITIES, /* uint64_t, a bit each */
	KNOB_STATUSES,     /* struct status_set */
	KNOB_SIGNAL,       /* int */
	KNOB_CHOICE,       /* enum, one of `choices` */
	KNOB_USER,         /* into identity or listener owner, by knob */
	KNOB_GROUP,
	KNOB_GROUPS, /* struct group_list */
	KNOB_N_KINDS,
};

struct knob {
	const char *key;
	enum knob_kind kind;
	unsigned handlers; /* HANDLER_* bits it fits */
	size_t offset;     /* in struct service_settings */
	uint64_t min, max;
	const char *fallback; /* the default of most: see knob_fallback() */
	const char *const
	    *choices; /* KNOB_CHOICE, in the order of the enum, NULL-terminated */
	const char *instead; /* where it does not fit: what to do */
};

extern const struct knob service_knobs[];
extern const size_t n_service_knobs;

/* The knob of that key, or NULL. */
const struct knob *knob_find(const char *key);

/* The key nearest to a misspelt one, or NULL if nothing is near. */
const char *knob_suggest(const char *key);

/* The default of a knob for a service of that kind, as one would write it; NULL:
 * none. */
const char *knob_fallback(const struct knob *k, enum handler_kind handler);

/* "builtin", "inetd", "program", "module". */
const char *handler_kind_name(enum handler_kind kind);

/* May it stand in `defaults`?  Not what makes a service the one it is. */
bool knob_fits_defaults(const struct knob *k);

#endif
