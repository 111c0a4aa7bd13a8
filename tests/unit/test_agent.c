/*
 * test_agent.c - what HAProxy is told, from the figures of a service.
 */
#include "config.h"

#include "ctl/agent.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "facts_fixture.h"

struct row {
	const char *name;
	const char *handler;
	const char *state;
	const char *failure;
	uint32_t max;
	uint32_t ready;
	uint32_t busy;
	const char *expected;
};

/* clang-format off */
static struct row rows[] = {
	{ "idle", "inetd", "serving", "", 8, 8, 0, "ready up 100%\n" },
	{ "a quarter is busy", "inetd", "serving", "", 8, 4, 2, "ready up 75%\n" },
	{ "one place of 1000", "inetd", "serving", "", 1000, 1000, 999, "ready up 1%\n" },
	{ "no place: not 0 %", "inetd", "serving", "", 8, 8, 8, "ready up 1%\n" },
	{ "busier than can be", "inetd", "serving", "", 8, 8, 9, "ready up 1%\n" },
	{ "from zero", "inetd", "serving", "", 8, 0, 0, "ready up 100%\n" },
	{ "a replacement overlaps", "inetd", "restarting", "", 2, 3, 0, "ready up 100%\n" },
	{ "no limit is known", "inetd", "serving", "", 0, 0, 0, "ready up 1%\n" },
	{ "a program", "program", "serving", "", 4, 3, 0, "ready up 75%\n" },
	{ "starting", "inetd", "starting", "", 8, 0, 0, "down #starting\n" },
	{ "some have started", "inetd", "starting", "", 8, 2, 0, "ready up 100%\n" },
	{ "failing", "inetd", "failing", "no\nup 100%\x1b", 8, 0, 0, "down #no?up 100%?\n" },
	{ "failing, but some serve", "inetd", "failing", "no", 8, 2, 0, "ready up 25%\n" },
	{ "draining", "inetd", "draining", "", 8, 1, 1, "drain\n" },
	{ "drained", "inetd", "drained", "", 8, 0, 0, "drain\n" },
	{ "drained and failing", "inetd", "drained", "no", 8, 0, 0, "drain\n" },
	{ "removed", "inetd", "closing", "", 8, 1, 1, "drain\n" },
};
/* clang-format on */

static void
is(const char *name, const struct daemon_facts *d, const struct service_facts *s,
   const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	agent_print(d, s, out);
	(void)fclose(out);
	cr_expect_str_eq(text, expected, "%s: %s", name, text);
	free(text);
}

Test(agent, has_a_line_for_every_state)
{
	struct daemon_facts d = daemon_serving();
	struct service_facts s;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		s = healthy();
		s.handler = (char *)rows[i].handler;
		s.state = (char *)rows[i].state;
		s.failure = (char *)rows[i].failure;
		s.max_workers = rows[i].max;
		s.ready = rows[i].ready;
		s.busy = rows[i].busy;
		is(rows[i].name, &d, &s, rows[i].expected);
	}
}

Test(agent, drains_with_the_daemon)
{
	struct daemon_facts d = daemon_serving();
	struct service_facts s = healthy();

	d.state = (char *)"draining";
	is("the daemon drains", &d, &s, "drain\n");
}

Test(agent, knows_no_service)
{
	struct daemon_facts d = daemon_serving();

	is("none", &d, NULL, "down #there is no such service\n");
}
