/*
 * test_advice.c - what the figures of a service mean, in words.
 */
#include "config.h"

#include "ctl/advice.h"

#include <criterion/criterion.h>
#include <string.h>

#include "facts_fixture.h"

static void
advises(const struct service_facts *s, uint64_t somaxconn, const char *expected)
{
	char all[4096] = "";
	struct advice a;
	size_t i;

	advice_for(s, somaxconn, &a);
	for (i = 0; i < a.n; i++) {
		(void)strcat(all, a.text[i]);
		(void)strcat(all, "\n");
	}
	cr_assert_str_eq(all, expected, "%s", all);
}

Test(advice, has_none_for_the_healthy)
{
	struct service_facts s = healthy();

	advises(&s, 4096, "");
	s.busy = s.ready; /* for once */
	s.busy_hour_usec = 9 * USEC_PER_SEC;
	s.timed_out = 9;
	s.connections = 9;
	advises(&s, 4096, "");
}

Test(advice, says_for_how_long_all_were_busy)
{
	struct service_facts s = healthy();

	s.addresses[1] = NULL;
	s.workers = s.max_workers = s.ready = 64;
	s.busy_hour_usec = 312 * USEC_PER_SEC;
	advises(&s, 4096,
	        "all 64 workers were busy for 312 s of the last hour; raise workers\n");
	s.busy_hour_usec = 1800 * USEC_PER_SEC;
	advises(
	    &s, 4096,
	    "all 64 workers were busy for 30 min of the last hour; raise workers\n");
	s.limit_key = (char *)"max_workers";
	s.workers = s.max_workers = 1;
	advises(&s, 4096,
	        "the only worker was busy for 30 min of the last hour; raise "
	        "max_workers\n");
	s.handler = (char *)"program";
	advises(&s, 4096, "");
}

Test(advice, counts_the_workers_of_an_address)
{
	struct service_facts s = healthy();

	s.busy_hour_usec = 312 * USEC_PER_SEC;
	advises(&s, 4096,
	        "all 4 workers of an address were busy for 312 s of the last "
	        "hour; raise workers\n");
	s.workers = s.max_workers = 2;
	advises(&s, 4096,
	        "the only worker of an address was busy for 312 s of the last "
	        "hour; raise workers\n");
}

Test(advice, says_what_a_queue_means)
{
	struct service_facts s = healthy();

	s.queue = 12; /* they are being taken */
	advises(&s, 4096, "");
	s.busy = 4; /* of the 8 that two addresses have together */
	advises(&s, 4096,
	        "queue 12 of 8192: all workers of an address are busy, "
	        "clients wait; raise workers\n");
	s.busy = 8;
	advises(
	    &s, 4096,
	    "queue 12 of 8192: all workers are busy, clients wait; raise workers\n");
	s.queue = 5000;
	advises(&s, 128,
	        "queue 5000 of 8192: when it is full, new clients are kept out; raise "
	        "workers\n");
	s.queue = 8192;
	advises(&s, 128,
	        "the queue is full: 8192 of 8192; new clients are kept out; "
	        "raise workers\n");
	s.handler = (char *)"program";
	s.queue = 2;
	advises(&s, 128,
	        "queue 2 of 8192: the program does not accept as fast as they "
	        "come, clients wait; raise workers\n");
}

Test(advice, names_the_limit_of_the_kernel)
{
	struct service_facts s = healthy();

	s.busy = 8;
	s.queue = 8000;
	advises(&s, 4096,
	        "queue 8000 of 8192: when it is full, new clients are kept "
	        "out; raise workers\n"
	        "the backlog may be cut: net.core.somaxconn is 4096; see "
	        "sysctl(8)\n");
}

Test(advice, says_why_a_service_fails)
{
	struct service_facts s = healthy();

	s.state = (char *)"failing";
	s.failure =
	    (char *)"cannot start workers: execute '/usr/bin/git': No such file";
	s.failed_starts = 3;
	s.ready = s.busy = 0;
	advises(&s, 4096,
	        "failing: cannot start workers: execute '/usr/bin/git': No "
	        "such file (3 failed starts; it is tried again)\n");
	s.failed_starts = 0;
	advises(
	    &s, 4096,
	    "failing: cannot start workers: execute '/usr/bin/git': No such file\n");
}

Test(advice, says_how_to_go_on_after_a_drain)
{
	struct service_facts s = healthy();

	s.state = (char *)"drained";
	s.ready = s.busy = 0;
	advises(&s, 4096,
	        "drained by an administrator; to go on: preforkctl resume git\n");
	s.queue = 1;
	advises(&s, 4096,
	        "drained by an administrator; 1 client waits; to go on: preforkctl "
	        "resume git\n");
	s.queue = 12;
	advises(&s, 4096,
	        "drained by an administrator; 12 clients wait; to go on: preforkctl "
	        "resume git\n");
}

Test(advice, mentions_timeouts_crashes_and_the_leaving)
{
	static struct end_count ends[] = { { (char *)"retired", 7 },
		                           { (char *)"signal", 2 } };
	struct service_facts s = healthy();

	s.timed_out = 100;
	s.ends = ends;
	s.n_ends = 2;
	s.leaving = 1;
	advises(
	    &s, 4096,
	    "100 of 1234 connections ran into a timeout; see first_byte_timeout, "
	    "idle_timeout and max_duration in preforkd.conf(5)\n"
	    "2 workers were killed by a signal; journalctl -u preforkd, coredumpctl\n"
	    "1 process of earlier settings finishes what it has in hand\n");
}
