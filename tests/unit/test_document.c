/*
 * test_document.c - the keys that programs rely on.
 */
#include "config.h"

#include "ctl/document.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "facts_fixture.h"

#define MANAGER                                                                        \
	"{\"manager\":{\"version\":\"1.2.3\",\"pid\":812,"                             \
	"\"config_file\":\"/etc/preforkd/preforkd.conf\",\"state\":\"serving\","       \
	"\"status\":\"git 3/8 busy, 0 queued\",\"uptime_usec\":14400000000,"           \
	"\"reloads\":0,\"last_reload\":\"\",\"last_reload_failed\":false,"             \
	"\"started_usec\":1790000000000000,\"max_workers_total\":0,"                   \
	"\"log_level\":\"info\"},\"services\":["

#define GIT                                                                            \
	"{\"name\":\"git\",\"file\":\"/etc/preforkd/preforkd.conf\",\"line\":4,"       \
	"\"handler\":\"inetd\",\"command\":[\"/usr/bin/git\",\"daemon\"],"             \
	"\"user\":\"www-data\",\"addresses\":[\"[::]:9418\",\"/run/git.sock\"],"       \
	"\"state\":\"serving\",\"workers\":8,\"max_workers\":8,\"ready\":8,\"busy\":"  \
	"3,\"queue\":0,"                                                               \
	"\"queue_limit\":8192,\"connections\":1234,\"connections_failed\":0,"          \
	"\"connections_timed_out\":0,\"refused_by_rule\":0,"                           \
	"\"refused_by_source\":0,\"refused_by_proxy\":0,"                              \
	"\"busy_usec\":3000000,\"bytes_in\":0,"                                        \
	"\"bytes_out\":0,\"service_times\":[0,0,0,0,0,0,0,0,0,0,900,0,0,0,334,0,0,"    \
	"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\"connections_per_second\":12.345,"            \
	"\"failure\":null,\"failed_starts\":0,\"last_failure\":null,"                  \
	"\"last_failure_age_usec\":null,\"generation\":1,\"leaving\":0,\"stale\":0,"   \
	"\"starts\":15,\"ends\":{\"retired\":7},\"all_busy_last_hour_usec\":0,"        \
	"\"all_busy_usec\":90500000,\"advice\":[],\"pools\":[]"

static char *
print(const struct snapshot *s, const struct service_facts *only)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	document_print(s, only, 4096, out);
	(void)fclose(out);
	return text;
}

static void
is(char *text, const char *expected)
{
	cr_assert_str_eq(text, expected, "%s", text);
	free(text);
}

static struct end_count ends[] = { { (char *)"retired", 7 } };

Test(document, has_these_keys)
{
	struct service_facts service = healthy();
	struct snapshot s = { daemon_serving(), &service, 1 };

	service.ends = ends;
	service.n_ends = 1;
	is(print(&s, NULL), MANAGER GIT "}]}\n");
}

Test(document, has_the_slots_of_one_service)
{
	struct slot_facts slots[] = {
		{ .pool = (char *)"git/2",
		  .slot = 1,
		  .generation = 1,
		  .pid = 4001,
		  .state = (char *)"busy",
		  .peer = (char *)"192.0.2.7:1",
		  .status = (char *)"",
		  .rss = 71680 },
		{ .pool = (char *)"git",
		  .state = (char *)"idle",
		  .peer = (char *)"",
		  .status = (char *)"17 clients",
		  .rss = RSS_UNKNOWN },
	};
	struct service_facts services[] = { healthy(), healthy() };
	struct snapshot s = { daemon_serving(), services, 2 };

	services[1].ends = ends;
	services[1].n_ends = 1;
	services[1].slots = slots;
	services[1].n_slots = 2;
	is(print(&s, services + 1), MANAGER GIT
	   ",\"slots\":[{\"pool\":\"git/"
	   "2\",\"slot\":1,\"generation\":1,\"pid\":4001,\"state\":\"busy\","
	   "\"peer\":\"192.0.2.7:1\",\"status\":null,\"state_usec\":0,\"age_usec\":0,"
	   "\"connections\":0,\"connections_failed\":0,"
	   "\"connections_timed_out\":0,\"rss_bytes\":71680},"
	   "{\"pool\":\"git\",\"slot\":0,\"generation\":0,\"pid\":0,\"state\":\"idle\","
	   "\"peer\":null,\"status\":\"17 clients\",\"state_usec\":0,\"age_usec\":0,"
	   "\"connections\":0,\"connections_failed\":0,"
	   "\"connections_timed_out\":0,\"rss_bytes\":null}]}]}\n");
}

Test(document, is_empty_while_nothing_runs)
{
	is(print(NULL, NULL), "{\"manager\":null,\"services\":[]}\n");
}
