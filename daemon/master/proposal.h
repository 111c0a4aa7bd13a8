/*
 * proposal.h - what a reload would change: read, checked, compared, nothing begun.
 */
#ifndef PREFORKD_MASTER_PROPOSAL_H
#define PREFORKD_MASTER_PROPOSAL_H

#include <stddef.h>

#include "config/settings.h"
#include "master/changes.h"

struct master;

struct proposal {
	struct settings *settings; /* NULL: refused */
	struct changes changes;    /* with the listeners of the new, if it has any */
	char *text;                /* what was said of it, one line each; or NULL */
	size_t text_size;
};

/* Reads the configuration again and finds what changes.  0, or -errno (logged) with
 * ret->settings NULL; proposal_done() is due in both cases. */
int proposal_read(struct master *m, struct proposal *ret);

/* The same, and asks for the sockets of what changes, whose services are marked as
 * changing. */
int proposal_prepare(struct master *m, struct proposal *ret);

/* Frees what was not taken out of it. */
void proposal_done(struct proposal *p);

#endif
