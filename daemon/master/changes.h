/*
 * changes.h - what a new configuration changes, service by service.
 */
#ifndef PREFORKD_MASTER_CHANGES_H
#define PREFORKD_MASTER_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "master/services.h"

enum change_kind {
	CHANGE_NONE,
	CHANGE_RELOADED, /* another generation, with other settings */
	CHANGE_ADDED,
	CHANGE_REMOVED,     /* not there any more, or not enabled */
	CHANGE_ROLLED_BACK, /* the new generation could not start */
	CHANGE_N,
};

/* "unchanged", "reloaded", "added", "removed", "rolled back". */
const char *change_kind_name(enum change_kind kind);

struct change {
	enum change_kind kind;
	bool was_there; /* before */
	char *name;
	const struct service_settings *to; /* NULL: removed */
	struct service *service; /* added: NULL, or one that was removed and has yet
	                          * to finish */
	char detail[512];        /* the key that differs; why it rolled back */

	/* Of reload.c: */
	struct listener *list;
	size_t n_list;
	bool begun;  /* its new pools have been made */
	bool failed; /* it is the reason why its group rolls back */
	bool decided;
	size_t group; /* services that pass an address on to each other change together:
	               * the index of one of them */
};

struct changes {
	struct change *list;
	size_t n;
};

/* In the order of the configuration, the removed last.  0 or -ENOMEM. */
int changes_find(const struct services *running, const struct settings *to,
                 struct changes *ret);
void changes_done(struct changes *c);

/* When their listeners have been gathered: services between which an address passes
 * are one group from now on. */
void changes_group(struct changes *c);

#define CHANGE_TEXT_MAX 640

/* "web: reloaded (workers)".  Returns buf. */
char *change_describe(const struct change *c, char *buf, size_t size);

#endif
