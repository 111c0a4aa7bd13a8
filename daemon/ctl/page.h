/*
 * page.h - the status page: one HTML document that needs nothing else.
 *
 * The first view is whole without its script, which afterwards keeps it up to date from
 * status.json.  Style and script are page.css and page.js, made into page_text.c.
 */
#ifndef PREFORKD_CTL_PAGE_H
#define PREFORKD_CTL_PAGE_H

#include <stdio.h>

#include "ctl/snapshot.h"

/* Their lines, up to NULL. */
extern const char *const page_style[];
extern const char *const page_script[];

/* `s` is NULL if the daemon does not answer, and `why` says why. */
void page_print(const struct snapshot *s, const char *why, const char *nonce,
                FILE *out);

#endif
