/*
 * test_metrics.c - metrics that a scraper takes: escaped, said once, cumulative.
 */
#include "config.h"

#include "ctl/metrics.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "facts_fixture.h"

static struct end_count ends[] = { { (char *)"retired", 7 } };
static struct pool_facts pools[] = {
	{ .name = (char *)"git",
	  .stage = (char *)"current",
	  .workers = 4,
	  .max_workers = 8,
	  .queue = 5,
	  .queue_limit = 4096,
	  .slots = (char *)"bib-s" },
	{ .name = (char *)"git",
	  .stage = (char *)"leaving",
	  .workers = 1,
	  .slots = (char *)"--l" },
};

static struct service_facts
git(void)
{
	struct service_facts s = healthy();

	s.ends = ends;
	s.n_ends = countof(ends);
	s.pools = pools;
	s.n_pools = countof(pools);
	return s;
}

static char *
print(const struct snapshot *s, bool openmetrics)
{
	static char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	metrics_print(s, openmetrics, out);
	(void)fclose(out);
	return text;
}

static unsigned
count(const char *text, const char *what)
{
	const char *at = text;
	unsigned n = 0;

	for (;;) {
		at = strstr(at, what);
		if (!at)
			return n;
		n++;
		at++;
	}
}

static void
has(const char *text, const char *line)
{
	cr_expect_eq(count(text, line), 1, "%s in\n%s", line, text);
}

Test(metrics, are_what_the_snapshot_says)
{
	struct service_facts service = git();
	struct snapshot s = { daemon_serving(), &service, 1 };
	char *text = print(&s, false);

	has(text, "preforkd_build_info{version=\"1.2.3\"} 1\n");
	has(text, "preforkd_start_time_seconds 1790000000.000000\n");
	has(text, "# TYPE preforkd_connections_total counter\n");
	has(text, "preforkd_connections_total{service=\"git\"} 1234\n");
	has(text, "preforkd_queue_length{service=\"git\",pool=\"git\"} 5\n");
	has(text, "preforkd_workers{service=\"git\",pool=\"git\",state=\"busy\"} 2\n");
	has(text,
	    "preforkd_workers{service=\"git\",pool=\"git\",state=\"leaving\"} 1\n");
	has(text, "preforkd_worker_ends_total{service=\"git\",cause=\"retired\"} 7\n");
	has(text, "preforkd_worker_starts_total{service=\"git\"} 15\n");
	has(text, "# TYPE preforkd_saturated_seconds_total counter\n");
	has(text, "preforkd_saturated_seconds_total{service=\"git\"} 90.500000\n");
	cr_expect_eq(count(text, "preforkd_queue_limit{"), 1);
	cr_expect_eq(count(text, "# EOF"), 0);
	free(text);
}

Test(metrics, have_cumulative_buckets)
{
	struct service_facts service = git();
	struct snapshot s = { daemon_serving(), &service, 1 };
	char *text = print(&s, false);

#define BUCKET "preforkd_connection_duration_seconds_bucket{service=\"git\",le="
	has(text, BUCKET "\"0.000512\"} 0\n");
	has(text, BUCKET "\"0.001024\"} 900\n");
	has(text, BUCKET "\"0.016384\"} 1234\n");
	has(text, BUCKET "\"+Inf\"} 1234\n");
	has(text,
	    "preforkd_connection_duration_seconds_sum{service=\"git\"} 3.000000\n");
	has(text, "preforkd_connection_duration_seconds_count{service=\"git\"} 1234\n");
	free(text);
}

Test(metrics, escape_what_is_not_theirs)
{
	struct service_facts service = git();
	struct snapshot s = { daemon_serving(), &service, 1 };
	char *text;

	service.name = (char *)"a\"b\\c\nd\xff\xc3\xa9";
	text = print(&s, false);
	has(text, "preforkd_connections_total{service="
	          "\"a\\\"b\\\\c\\nd\xef\xbf\xbd\xc3\xa9\"} 1234\n");
	free(text);
}

Test(metrics, say_nothing_twice)
{
	struct service_facts services[] = { git(), git(), git() };
	struct snapshot s = { daemon_serving(), services, 3 };
	char *text;

	services[0].state = (char *)"closing";
	services[0].connections = 1;
	services[2].state = (char *)"closing";
	text = print(&s, false);
	has(text, "preforkd_connections_total{service=\"git\"} 1234\n");
	cr_expect_eq(count(text, "preforkd_connections_total{"), 1);
	services[1].state = (char *)"closing";
	free(text);
	text = print(&s, false);
	cr_expect_eq(count(text, "preforkd_connections_total{"), 1);
	free(text);
}

Test(metrics, do_not_claim_to_know_a_program)
{
	struct service_facts service = git();
	struct snapshot s = { daemon_serving(), &service, 1 };
	char *text;

	service.handler = (char *)"program";
	text = print(&s, false);
	cr_expect_eq(count(text, "preforkd_connections_total{"), 0);
	cr_expect_eq(count(text, "preforkd_worker_starts_total{"), 1);
	cr_expect_eq(count(text, "preforkd_saturated_seconds_total{"), 0);
	cr_expect_eq(count(text, "state=\"busy\""), 0);
	cr_expect_eq(count(text, "state=\"running\""), 1);
	free(text);
}

Test(metrics, are_openmetrics_if_asked)
{
	struct service_facts service = git();
	struct snapshot s = { daemon_serving(), &service, 1 };
	char *text = print(&s, true);
	size_t n = strlen(text);

	has(text, "# TYPE preforkd_connections counter\n");
	has(text, "preforkd_connections_total{service=\"git\"} 1234\n");
	has(text, "# TYPE preforkd_saturated_seconds counter\n");
	has(text, "preforkd_saturated_seconds_total{service=\"git\"} 90.500000\n");
	has(text, "# TYPE preforkd_build info\n");
	cr_expect(n > 6 && strcmp(text + n - 6, "# EOF\n") == 0);
	free(text);
}
