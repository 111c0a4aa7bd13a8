/*
 * overview.h - the daemon in a line, its services in a table, and why some fail.
 */
#ifndef PREFORKD_CTL_OVERVIEW_H
#define PREFORKD_CTL_OVERVIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/snapshot.h"
#include "ctl/style.h"

/* False without memory. */
bool overview_print(const struct snapshot *s, uint64_t somaxconn, FILE *out,
                    const struct style *style);

/* The first line alone. */
void overview_print_daemon(const struct daemon_facts *d, FILE *out,
                           const struct style *style);

/* How a state looks. */
enum paint overview_paint(const char *state);

/* All the strings, with what separates them; NULL without memory. */
char *overview_join(char *const *list, const char *separator);

#endif
