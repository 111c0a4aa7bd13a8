/*
 * figures.h - the figures of a service: those of its pools, added up.
 */
#ifndef PREFORKD_MASTER_FIGURES_H
#define PREFORKD_MASTER_FIGURES_H

#include <stdint.h>

#include "master/services.h"

struct service_figures {
	unsigned workers; /* wanted */
	unsigned max;     /* that may be wanted */
	unsigned ready;
	unsigned busy;
	unsigned queue;
	unsigned queue_limit;
	uint64_t connections; /* since the master was started */
	uint64_t failed;
	uint64_t timed_out;
	uint64_t refused[REFUSED_N]; /* not among the connections */
	struct effort effort;
	uint64_t starts; /* of processes */
	uint64_t ends[CAUSE_N];
	uint64_t rate_milli;     /* connections per 1000 s */
	uint64_t busy_hour_usec; /* in the last hour all workers were busy */
	uint64_t saturated_usec; /* since the master was started, of all addresses */
	unsigned generation;
	unsigned leaving; /* processes of earlier generations */
	unsigned stale;   /* workers that a restart has yet to replace */
	unsigned failed_starts;
	const char *last_failure;   /* NULL: none */
	uint64_t last_failure_usec; /* ago */
};

void service_figures(const struct service *s, struct service_figures *ret);

/* At a tick that comes anyway: what the rates are made of. */
void services_sample(struct services *all);

/* starting, serving, failing, restarting, draining, drained or closing: removed from
 * the configuration, finishing. */
const char *service_state(const struct service *s);

#endif
