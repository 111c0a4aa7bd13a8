/*
 * facts_fixture.h - a service as the daemon may describe it, for the tests of ctl.
 */
#ifndef PREFORKD_TESTS_FACTS_FIXTURE_H
#define PREFORKD_TESTS_FACTS_FIXTURE_H

#include "base/macros.h"
#include "ctl/snapshot.h"

/* Strings that are never freed; all is well with it. */
static inline struct service_facts
healthy(void)
{
	static char *command[] = { (char *)"/usr/bin/git", (char *)"daemon", NULL };
	static char *addresses[] = { (char *)"[::]:9418", (char *)"/run/git.sock",
		                     NULL };
	struct service_facts s = {
		.name = (char *)"git",
		.file = (char *)"/etc/preforkd/preforkd.conf",
		.line = 4,
		.handler = (char *)"inetd",
		.max_workers = 8,
		.limit_key = (char *)"workers",
		.command = command,
		.addresses = addresses,
		.state = (char *)"serving",
		.user = (char *)"www-data",
		.workers = 8,
		.ready = 8,
		.busy = 3,
		.queue_limit = 8192,
		.connections = 1234,
		.times = { [10] = 900, [14] = 334 },
		.busy_usec = 3000000,
		.rate_milli = 12345,
		.failure = (char *)"",
		.last_failure = (char *)"",
		.generation = 1,
		.starts = 15,
		.saturated_usec = 90500000,
	};

	return s;
}

static inline struct daemon_facts
daemon_serving(void)
{
	struct daemon_facts d = {
		.version = (char *)"1.2.3",
		.config_file = (char *)"/etc/preforkd/preforkd.conf",
		.state = (char *)"serving",
		.status = (char *)"git 3/8 busy, 0 queued",
		.last_reload = (char *)"",
		.log_level = (char *)"info",
		.pid = 812,
		.started_usec = UINT64_C(1790000000000000),
		.uptime_usec = 14400 * USEC_PER_SEC,
	};

	return d;
}

#endif
