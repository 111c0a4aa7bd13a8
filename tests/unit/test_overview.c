/*
 * test_overview.c - the table of all services, and one in detail.
 */
#include "config.h"

#include "ctl/overview.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/detail.h"
#include "ctl/display.h"
#include "facts_fixture.h"

static char *text;
static size_t size;

static FILE *
begin(void)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	return open_memstream(&text, &size);
}

static void
is(FILE *out, const char *expected)
{
	(void)fclose(out);
	cr_assert_str_eq(text, expected, "\n%s", text);
	free(text);
}

Test(overview, is_a_table_and_reasons)
{
	struct style style = { .width = DISPLAY_WIDE };
	struct service_facts services[3] = { healthy(), healthy(), healthy() };
	struct snapshot s = { daemon_serving(), services, 3 };
	FILE *out = begin();

	services[1].name = (char *)"app";
	services[1].handler = (char *)"program";
	services[1].addresses[1] = NULL;
	services[2].name = (char *)"web";
	services[2].state = (char *)"failing";
	services[2].failure = (char *)"cannot listen";
	services[2].ready = services[2].busy = 0;
	cr_assert(overview_print(&s, 4096, out, &style));
	is(out, "preforkd 1.2.3 serving for 4 h 0 min, pid 812, "
	        "/etc/preforkd/preforkd.conf\n"
	        "\n"
	        "SERVICE  ADDRESS    STATE    WORKERS  BUSY   QUEUE  CONN/S  FAILED\n"
	        "git      [::]:9418  serving        8     3  0/8192    12.3       0\n"
	        "app      [::]:9418  serving        8     -  0/8192       -       -\n"
	        "web      [::]:9418  failing      0/8     0  0/8192    12.3       0\n"
	        "\n"
	        "web: failing: cannot listen\n");
}

Test(overview, says_that_the_last_reload_failed)
{
	struct style style = { .width = DISPLAY_WIDE };
	struct service_facts services[1] = { healthy() };
	struct snapshot s = { daemon_serving(), services, 1 };
	FILE *out = begin();

	s.daemon.last_reload_failed = true;
	s.daemon.last_reload = (char *)"1 unchanged, 1 rolled back";
	cr_assert(overview_print(&s, 4096, out, &style));
	is(out, "preforkd 1.2.3 serving for 4 h 0 min, pid 812, "
	        "/etc/preforkd/preforkd.conf\n"
	        "\n"
	        "SERVICE  ADDRESS                   STATE    WORKERS  BUSY   QUEUE  "
	        "CONN/S  FAILED\n"
	        "git      [::]:9418, /run/git.sock  serving        8     3  0/8192  "
	        "  12.3       0\n"
	        "\n"
	        "the last reload failed: 1 unchanged, 1 rolled back\n");
}

Test(overview, says_what_to_do_when_there_is_no_service)
{
	struct style style = { .width = DISPLAY_WIDE };
	struct snapshot s = { daemon_serving(), NULL, 0 };
	FILE *out = begin();

	cr_assert(overview_print(&s, 4096, out, &style));
	is(out, "preforkd 1.2.3 serving for 4 h 0 min, pid 812, "
	        "/etc/preforkd/preforkd.conf\n"
	        "\n"
	        "no service is enabled; add one to the configuration, see "
	        "preforkd.conf(5)\n");
}

static struct slot_facts
slot(uint32_t number, const char *state, const char *peer)
{
	struct slot_facts s = {
		.pool = (char *)"git",
		.slot = number,
		.generation = 1,
		.pid = 4000 + number,
		.state = (char *)state,
		.peer = (char *)peer,
		.status = (char *)"17 clients",
		.state_usec = 5 * USEC_PER_SEC,
		.age_usec = 300 * USEC_PER_SEC,
		.connections = 12,
		.rss = number == 0 ? RSS_UNKNOWN : 71680,
	};

	return s;
}

Test(detail, folds_the_idle)
{
	static struct end_count ends[] = { { (char *)"retired", 7 },
		                           { (char *)"exit-code", 0 },
		                           { (char *)"signal", 2 } };
	struct style style = { .terminal = true, .width = DISPLAY_WIDE };
	struct service_facts s = healthy();
	struct slot_facts slots[7];
	FILE *out = begin();
	uint32_t i;

	for (i = 0; i < 7; i++)
		slots[i] = slot(i, "idle", "");
	slots[1] = slot(1, "busy", "192.0.2.7:40112");
	s.slots = slots;
	s.n_slots = 7;
	s.ends = ends;
	s.n_ends = 3;
	s.last_failure = (char *)"killed by SIGSEGV";
	s.last_failure_usec = 90 * USEC_PER_SEC;
	cr_assert(detail_print(&s, 4096, false, out, &style));
	is(out,
	   "git (/etc/preforkd/preforkd.conf:4)\n"
	   "      State: serving, generation 1\n"
	   "       Runs: inetd /usr/bin/git daemon, as www-data\n"
	   " Listens on: [::]:9418\n"
	   "             /run/git.sock\n"
	   "    Workers: 8, 8 ready, 3 busy\n"
	   "      Queue: 0 of 8192\n"
	   "Connections: 1234, 12.3/s, 0 failed, 0 timed out\n"
	   "      Times: median 0.863 ms, 99 % below 16.4 ms\n"
	   "       Ends: retired 7, signal 2\n"
	   "     Failed: 90s ago: killed by SIGSEGV\n"
	   "\n"
	   "SLOT  GEN   PID  STATE  PEER              FOR   AGE  SERVED  FAILED  RSS\n"
	   "   1    1  4001  busy   192.0.2.7:40112  5.0s  5min      12       0  70K\n"
	   "+ 6 idle\n"
	   "\n"
	   "2 workers were killed by a signal; journalctl -u preforkd, "
	   "coredumpctl\n");
}

Test(detail, says_who_was_refused_and_how_long_all_were_busy)
{
	struct style style = { .width = DISPLAY_WIDE };
	struct service_facts s = healthy();
	FILE *out = begin();

	s.connections = 0;
	s.refused_by_rule = 12;
	s.refused_by_proxy = 1;
	s.busy_hour_usec = 1500 * USEC_PER_MSEC;
	cr_assert(detail_print(&s, 4096, false, out, &style));
	is(out, "git (/etc/preforkd/preforkd.conf:4)\n"
	        "      State: serving, generation 1\n"
	        "       Runs: inetd /usr/bin/git daemon, as www-data\n"
	        " Listens on: [::]:9418\n"
	        "             /run/git.sock\n"
	        "    Workers: 8, 8 ready, 3 busy\n"
	        "      Queue: 0 of 8192\n"
	        "Connections: 0, 12.3/s, 0 failed, 0 timed out\n"
	        "    Refused: 12 by allow and deny, 1 without the header that "
	        "proxy_protocol asks for\n"
	        "   All busy: 1.5s of the last hour\n");
}

Test(detail, shows_them_if_asked)
{
	struct style style = { .terminal = true, .width = DISPLAY_WIDE };
	struct service_facts s = healthy();
	struct slot_facts slots[7];
	FILE *out = begin();
	uint32_t i;

	for (i = 0; i < 7; i++)
		slots[i] = slot(i, "idle", "");
	s.slots = slots;
	s.n_slots = 7;
	cr_assert(detail_print(&s, 4096, true, out, &style));
	(void)fclose(out);
	cr_assert(strstr(text, "   6    1  4006  idle   -"), "%s", text);
	cr_assert(
	    strstr(text,
	           "   0    1  4000  idle   -     5.0s  5min      12       0    -"),
	    "%s", text);
	cr_assert_not(strstr(text, "+ "), "%s", text);
	free(text);
}

Test(detail, does_not_fold_a_few)
{
	struct style style = { .terminal = true, .width = DISPLAY_WIDE };
	struct service_facts s = healthy();
	struct slot_facts slots[2] = { slot(0, "idle", ""), slot(1, "busy", "@") };
	FILE *out = begin();

	s.slots = slots;
	s.n_slots = 2;
	cr_assert(detail_print(&s, 4096, false, out, &style));
	(void)fclose(out);
	cr_assert(strstr(text, "4000  idle"), "%s", text);
	free(text);
}

Test(detail, folds_nothing_for_a_program_that_reads_it)
{
	struct style style = { .width = DISPLAY_WIDE };
	struct service_facts s = healthy();
	struct slot_facts slots[7];
	FILE *out = begin();
	uint32_t i;

	for (i = 0; i < 7; i++)
		slots[i] = slot(i, "idle", "");
	s.slots = slots;
	s.n_slots = 7;
	cr_assert(detail_print(&s, 4096, false, out, &style));
	(void)fclose(out);
	cr_assert(strstr(text, "4006  idle"), "%s", text);
	free(text);
}
