/*
 * document.h - a snapshot as JSON, for programs.
 *
 * The keys are documented in preforkctl(8), and stay: new ones may come.  Times are in
 * microseconds and end in _usec; figures that cannot be known are null.
 */
#ifndef PREFORKD_CTL_DOCUMENT_H
#define PREFORKD_CTL_DOCUMENT_H

#include <stdint.h>
#include <stdio.h>

#include "ctl/snapshot.h"

/* One line.  Only that service if `only`, with its slots.  Without a snapshot, that
 * of a daemon that is not running. */
void document_print(const struct snapshot *s, const struct service_facts *only,
                    uint64_t somaxconn, FILE *out);

#endif
