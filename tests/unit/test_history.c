/*
 * test_history.c - bars over time, and what is remembered of services that were seen.
 */
#include "config.h"

#include "ctl/history.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/display.h"
#include "ctl/sparkline.h"
#include "facts_fixture.h"

#define STEP USEC_PER_SEC

Test(sparkline, has_the_newest_at_the_right_end_and_blanks_for_what_is_unknown)
{
	const uint64_t values[] = { 9, 0, 1, SPARK_GAP, 4, 7, 8 };
	char buf[SPARK_SIZE(9)];

	cr_assert_str_eq(sparkline(values, 7, 8, 9, false, buf), "  #_. =*#");
	cr_assert_str_eq(sparkline(values, 7, 8, 3, true, buf), "▅▇█");
	cr_assert_str_eq(sparkline(values, 0, 8, 2, true, buf), "  ");
}

Test(sparkline, has_a_bar_for_the_least_there_is_and_never_more_than_full)
{
	const uint64_t values[] = { 1, UINT64_MAX - 1, 0 };
	char buf[SPARK_SIZE(3)];

	cr_assert_str_eq(sparkline(values, 3, UINT64_MAX - 1, 3, false, buf), ".#_");
	cr_assert_str_eq(sparkline(values, 3, 0, 3, false, buf), "##_");
}

static char *
print(const struct history *h, const struct snapshot *s,
      const struct service_facts *one, size_t width)
{
	struct style style = { .terminal = true, .width = width };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert(setlocale(LC_CTYPE, "C"));
	cr_assert(history_print(h, s, one, out, &style));
	(void)fclose(out);
	return text;
}

static void
is(char *text, const char *expected)
{
	cr_assert_str_eq(text, expected, "\n%s", text);
	free(text);
}

Test(history, shows_what_was_seen_with_gaps_for_what_was_not)
{
	struct service_facts services[2] = { healthy(), healthy() };
	struct snapshot s = { daemon_serving(), services, 2 };
	struct history *h = history_new(STEP);

	services[1].name = (char *)"app";
	services[1].handler = (char *)"program";
	cr_assert(history_add(h, &s, 100 * STEP));
	services[0].busy = 8;
	services[0].queue = 12;
	cr_assert(history_add(h, &s, 103 * STEP + STEP / 4));
	services[0].busy = 0;
	services[0].rate_milli = 0;
	services[1].queue = 3;
	cr_assert(history_add(h, &s, 104 * STEP + STEP / 8));
	is(print(h, &s, NULL, 60),
	   "the last 8.0 s, 1.0 s a column\n"
	   "SERVICE  BUSY      OF  QUEUE     PEAK  CONN/S    PEAK\n"
	   "git         -  #_   8     _  ##    12     #  #_  12.3\n"
	   "app                 -     _  _#     3               -\n");

	/* Looks before their time do not make it longer. */
	services[0].busy = 4;
	cr_assert(history_add(h, &s, 104 * STEP + STEP / 4));
	is(print(h, &s, NULL, 41), "the last 8.0 s, 1.0 s a column\n"
	                           "SERVICE  BUSY      OF  QUEUE     PEAK\n"
	                           "git         -  #=   8     _  ##    12\n"
	                           "app                 -     _  _#     3\n");
	is(print(h, &s, NULL, 34), "the last 18.0 s, 1.0 s a column\n"
	                           "SERVICE  BUSY                OF\n"
	                           "git                   -  #=   8\n"
	                           "app                           -\n");
	is(print(h, &s, NULL, 20), "");
	(void)history_free(h);
}

Test(history, of_one_service_has_its_pools_each_once)
{
	struct service_facts git = healthy();
	struct snapshot s = { daemon_serving(), &git, 1 };
	struct history *h = history_new(STEP);
	struct pool_facts pools[] = {
		{ .name = (char *)"git", .max_workers = 4, .busy = 1 },
		{ .name = (char *)"git", .max_workers = 4, .busy = 3, .queue = 7 },
		{ .name = (char *)"git/2", .max_workers = 4, .busy = 2 },
	};

	git.pools = pools;
	git.n_pools = countof(pools);
	cr_assert(history_add(h, &s, STEP));
	is(print(h, &s, &git, 43), "the last 10.0 s, 1.0 s a column\n"
	                           "POOL   BUSY        OF  QUEUE       PEAK\n"
	                           "git             #   4           #     7\n"
	                           "git/2           =   4           _     0\n");
	(void)history_free(h);
}

Test(history, forgets_what_has_been_away_for_as_long_as_a_chart)
{
	struct service_facts services[2] = { healthy(), healthy() };
	struct snapshot s = { daemon_serving(), services, 2 };
	struct history *h = history_new(STEP);
	char *text;

	services[1].name = (char *)"app";
	cr_assert(history_add(h, &s, STEP));
	s.n_services = 1;
	cr_assert(history_add(h, &s, 60 * STEP));
	s.n_services = 2;
	cr_assert(history_add(h, &s, 61 * STEP));
	text = print(h, &s, NULL, 600);
	cr_assert(strstr(text, "app"));
	cr_assert(strstr(strstr(text, "app"), "-  "), "its past is there:\n%s", text);
	free(text);
	s.n_services = 1;
	cr_assert(history_add(h, &s, 1000 * STEP));
	s.n_services = 2;
	cr_assert(history_add(h, &s, 1001 * STEP));
	text = print(h, &s, NULL, 58);
	is(text, "the last 8.0 s, 1.0 s a column\n"
	         "SERVICE  BUSY      OF  QUEUE     PEAK  CONN/S    PEAK\n"
	         "git            --   8        __     0        ##  12.3\n"
	         "app             -   8         _     0         #  12.3\n");
	(void)history_free(h);
}
