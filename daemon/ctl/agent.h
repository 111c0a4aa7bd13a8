/*
 * agent.h - what HAProxy's agent-check is told about a service, in one line.
 *
 * Pure.  The words are HAProxy's: `ready up 75%`, `drain`, `down #why`.  `ready` undoes
 * an earlier `drain`, which an `up` alone would leave in force.
 */
#ifndef PREFORKD_CTL_AGENT_H
#define PREFORKD_CTL_AGENT_H

#include <stdio.h>

#include "ctl/snapshot.h"

/* The share of the places that are free, from 1 to 100: who takes clients is never at
 * 0, which HAProxy reads as drained. */
unsigned agent_weight(const struct service_facts *s);

/* `s` may be NULL: there is no such service. */
void agent_print(const struct daemon_facts *d, const struct service_facts *s,
                 FILE *out);

/* "down #why", whatever is in `why`. */
void agent_print_down(const char *why, FILE *out);

#endif
