/*
 * test_outcome.c - what is said of a connection, and how often.
 */
#include "config.h"

#include "worker/outcome.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"

static int seen = -1;
static uint64_t now = 1000 * USEC_PER_SEC;
static struct gate gates[GATE_N];
static struct service_settings settings;
static struct handler_run run;

static uint64_t
our_clock(void)
{
	return now;
}

static void
set_up(void)
{
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	cr_assert_eq(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(pair[1]);
	seen = pair[0];
	clock_set_source(our_clock);
	settings.log_connections = CONNECTIONS_FAILED;
	run = (struct handler_run){ .service = &settings,
		                    .label = "git[3]",
		                    .gates = gates };
}

TestSuite(outcome, .init = set_up, .timeout = 60);

static const char *
next_line(void)
{
	static char text[4096];
	ssize_t n = recv(seen, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n - 1 : 0] = '\0';
	return text;
}

/* One that began 1.2 seconds ago. */
static struct connection
connection(const char *command)
{
	struct connection c = { .fd = -1 };

	connection_begin(&c, now - 1200 * USEC_PER_MSEC);
	memset(&c.peer, 0, sizeof(c.peer));
	c.command = command;
	return c;
}

Test(outcome, has_words_and_a_name_for_every_way_to_end)
{
	static const struct {
		enum serve_end end;
		const char *command;
		int number;
		const char *words;
	} rows[] = {
		{ SERVE_DONE, "/bin/x", 0, "'/bin/x' exited with status 0" },
		{ SERVE_STATUS, "/bin/x", 128, "'/bin/x' exited with status 128" },
		{ SERVE_SIGNAL, "/bin/x", SIGKILL, "'/bin/x' killed by SIGKILL" },
		{ SERVE_CORE, "/bin/x", SIGSEGV,
		  "'/bin/x' killed by SIGSEGV (core dumped)" },
		{ SERVE_UNSTARTED, "/bin/x", ENOENT,
		  "cannot start '/bin/x': No such file or directory" },
		{ SERVE_MAX_DURATION, "/bin/x", 0, "'/bin/x' ended by max_duration" },
		{ SERVE_CUT, "/bin/x", 0, "'/bin/x' ended with its worker" },
		{ SERVE_DONE, NULL, 0, "5 bytes in, 7 bytes out" },
		{ SERVE_ERROR, NULL, ECONNRESET,
		  "Connection reset by peer, 5 bytes in, 7 bytes out" },
		{ SERVE_FIRST_BYTE, NULL, 0,
		  "no byte within first_byte_timeout, 5 bytes in, 7 bytes out" },
		{ SERVE_IDLE, NULL, 0,
		  "no byte for idle_timeout, 5 bytes in, 7 bytes out" },
		{ SERVE_MAX_DURATION, NULL, 0,
		  "ended by max_duration, 5 bytes in, 7 bytes out" },
		{ SERVE_CUT, NULL, 0,
		  "ended with its worker, 5 bytes in, 7 bytes out" },
	};
	bool described[SERVE_N] = { false };
	struct connection c;
	char text[256];
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		c = connection(rows[i].command);
		c.number = rows[i].number;
		c.in = 5;
		c.out = 7;
		cr_expect_str_eq(outcome_describe(&c, rows[i].end, text, sizeof(text)),
		                 rows[i].words);
		described[rows[i].end] = true;
	}
	for (i = 0; i < SERVE_N; i++) {
		cr_expect(described[i], "row %zu", i);
		cr_expect_gt(strlen(outcome_name((enum serve_end)i)), 0);
	}
}

Test(outcome, is_said_of_failures_once_in_a_while_with_a_count)
{
	struct connection c = connection("/bin/x");
	const char *line;
	int i;

	c.number = 3;
	for (i = 0; i < 5; i++)
		outcome_tell(&run, &c, SERVE_STATUS);
	line = next_line();
	cr_assert_not_null(strstr(line, " connection failed after 1.2 s: '/bin/x' "
	                                "exited with status 3"),
	                   "%s", line);
	cr_assert_eq(strncmp(line, "preforkd: git[3] ", 17), 0);
	cr_assert_str_eq(next_line(), "");

	c.number = SIGKILL;
	outcome_tell(&run, &c, SERVE_SIGNAL);
	cr_assert_not_null(strstr(next_line(), "SIGKILL"), "another kind is said");

	now += 11 * USEC_PER_SEC;
	c.number = 3;
	outcome_tell(&run, &c, SERVE_STATUS);
	cr_assert_not_null(strstr(next_line(), "status 3 (and 4 more of this kind)"));
}

Test(outcome, of_a_good_connection_is_said_if_that_is_wanted)
{
	struct connection c = connection(NULL);
	int i;

	outcome_tell(&run, &c, SERVE_DONE);
	cr_assert_str_eq(next_line(), "");
	settings.log_connections = CONNECTIONS_ALL;
	for (i = 0; i < 5; i++) {
		outcome_tell(&run, &c, SERVE_DONE);
		cr_assert_not_null(strstr(next_line(), "connection done after 1.2 s: 0 "
		                                       "bytes in, 0 bytes out"));
		outcome_tell(&run, &c, SERVE_IDLE);
		cr_assert_not_null(strstr(next_line(), "connection failed"),
		                   "no failure is left out then");
	}
}

Test(outcome, is_nobodys_business_with_none)
{
	struct connection c = connection("/bin/x");
	size_t i;

	settings.log_connections = CONNECTIONS_NONE;
	log_set_level(LOG_DEBUG);
	for (i = 0; i < SERVE_N; i++)
		outcome_tell(&run, &c, (enum serve_end)i);
	cr_assert_str_eq(next_line(), "");
	(void)snprintf(c.left, sizeof(c.left), "sleep (7)");
	outcome_tell(&run, &c, SERVE_DONE);
	cr_assert_str_eq(next_line(), "preforkd: git[3]: '/bin/x' left processes "
	                              "behind, killed: sleep (7)");
}

Test(outcome, lasts_until_the_command_ended)
{
	struct connection c = connection("/bin/x");

	c.until_usec = now;
	now += 30 * USEC_PER_SEC;
	outcome_tell(&run, &c, SERVE_STATUS);
	cr_assert_not_null(strstr(next_line(), " after 1.2 s: "),
	                   "and not until its leftovers did");
}
