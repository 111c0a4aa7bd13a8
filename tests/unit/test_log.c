/*
 * test_log.c - one line to whoever runs us.
 *
 * Standard error becomes a datagram socket, so that every write is seen as the
 * one piece that it left in.
 */
#include "config.h"

#include "base/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"

static int seen = -1, real_stderr = -1;

static void
watch_stderr(void)
{
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	cr_assert_geq(real_stderr, 0);
	cr_assert_eq(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(pair[1]);
	seen = pair[0];
}

static void
give_stderr_back(void)
{
	(void)dup2(real_stderr, STDERR_FILENO);
}

/* The next thing written, or "" if nothing was. */
static const char *
next_write(void)
{
	static char text[65536];
	ssize_t n = recv(seen, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

TestSuite(log, .init = watch_stderr, .fini = give_stderr_back, .timeout = 60);

Test(log, speaks_plainly_before_it_is_told_anything)
{
	cr_assert_eq(log_destination(), LOG_TO_PLAIN);
	log_error("%s %d", "value", 7);
	cr_assert_str_eq(next_write(), "preforkd: value 7\n");
	log_debug("not wanted");
	cr_assert_str_eq(next_write(), "");
}

Test(log, writes_each_line_in_one_piece_with_its_level_in_front)
{
	static const struct {
		void (*say)(const char *format, ...);
		const char *line;
	} rows[] = {
		{ log_error, "<3>it is 5\n" },
		{ log_warning, "<4>it is 5\n" },
		{ log_info, "<6>it is 5\n" },
		{ log_debug, "<7>it is 5\n" },
	};
	size_t i;

	log_init(LOG_TO_STDERR);
	cr_assert_eq(log_destination(), LOG_TO_STDERR);
	log_set_level(LOG_DEBUG);
	for (i = 0; i < countof(rows); i++) {
		rows[i].say("it is %d", 5);
		cr_assert_str_eq(next_write(), rows[i].line);
		cr_assert_str_eq(next_write(), "");
	}
	log_at(LOG_NOTICE, "it is %d", 5);
	cr_assert_str_eq(next_write(), "<5>it is 5\n");
}

Test(log, drops_what_is_below_the_level)
{
	static const int levels[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
		                      LOG_DEBUG };
	size_t i, j;

	for (i = 0; i < countof(levels); i++) {
		log_set_level(levels[i]);
		for (j = 0; j < countof(levels); j++) {
			cr_assert_eq(log_wants(levels[j]), j <= i);
			log_at(levels[j], "x");
			cr_assert_str_eq(next_write(), j <= i ? "preforkd: x\n" : "");
		}
	}
}

Test(log, adds_the_reason_and_returns_it_negative)
{
	static const int signs[] = { 1, -1 };
	char want[128];
	size_t i;

	(void)snprintf(want, sizeof(want), "preforkd: cannot listen on 'x': %s\n",
	               strerror(EADDRINUSE));
	for (i = 0; i < countof(signs); i++) {
		cr_assert_eq(
		    log_errno(signs[i] * EADDRINUSE, "cannot listen on '%s'", "x"),
		    -EADDRINUSE);
		cr_assert_str_eq(next_write(), want);
		cr_assert_eq(log_warning_errno(signs[i] * EADDRINUSE,
		                               "cannot listen on '%s'", "x"),
		             -EADDRINUSE);
		cr_assert_str_eq(next_write(), want);
	}
	log_set_level(LOG_ERR);
	cr_assert_eq(log_warning_errno(EPERM, "not wanted"), -EPERM);
	cr_assert_str_eq(next_write(), "");
}

Test(log, leaves_errno_alone)
{
	errno = ENOTTY;
	log_error("x");
	log_info("x");
	log_debug("x");
	(void)log_errno(EPERM, "x");
	cr_assert_eq(errno, ENOTTY);
	(void)close(STDERR_FILENO); /* now every write fails */
	log_error("x");
	cr_assert_eq(errno, ENOTTY);
}

Test(log, cuts_an_endless_line_and_still_ends_it)
{
	static const size_t lengths[] = { 2000, 2046, 2047, 2048, 2049, 10000 };
	char *text = malloc(20000);
	size_t i;

	cr_assert_not_null(text);
	for (i = 0; i < countof(lengths); i++) {
		const char *line;

		memset(text, 'x', lengths[i]);
		text[lengths[i]] = '\0';
		log_error("%s", text);
		line = next_write();
		cr_assert_eq(strncmp(line, "preforkd: xxx", 13), 0);
		cr_assert_leq(strlen(line), 2100);
		cr_assert_geq(strlen(line), 2000);
		cr_assert_eq(line[strlen(line) - 1], '\n');
		cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
		(void)log_errno(EPERM, "%s", text);
		line = next_write();
		cr_assert_leq(strlen(line), 2100);
		cr_assert_eq(line[strlen(line) - 1], '\n');
	}
	free(text);
}

Test(log, lets_no_text_command_a_terminal)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "a\nb\tc\033[2Jd\177", "a?b?c?[2Jd?" },
		{ "\xc3\x9b \xe2\x80\x93 \xf0\x9f\x90\xa7",
		  "\xc3\x9b \xe2\x80\x93 \xf0\x9f\x90\xa7" },
		{ "C1: \xc2\x9b"
		  "31m",
		  "C1: ??31m" },
		{ "\xc2\x80\xc2\x9f\xc2\xa0", "????\xc2\xa0" },
		{ "raw: \x9b"
		  "31m \xff\xfe",
		  "raw: ?31m ??" },
		{ "cut: \xe2\x80", "cut: ??" },
		{ "late: \xe2\x9b\n", "late: ???" },
	};
	char line[64];
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		log_error("%s", rows[i].text);
		(void)snprintf(line, sizeof(line), "preforkd: %s\n", rows[i].line);
		cr_assert_str_eq(next_write(), line, "row %zu", i);
	}
}

Test(log, loses_and_counts_lines_that_nobody_reads)
{
	char told[64];
	unsigned n, read;

	log_be_impatient();
	for (n = 0; n < 5000; n++)
		log_error("line %u", n);
	for (read = 0; next_write()[0] != '\0'; read++)
		;
	cr_assert_gt(read, 0);
	cr_assert_lt(read, n);
	log_error("heard again");
	(void)snprintf(told, sizeof(told), "preforkd: %u messages lost: ", n - read);
	cr_assert_eq(strncmp(next_write(), told, strlen(told)), 0);
	cr_assert_str_eq(next_write(), "preforkd: heard again\n");
	log_error("and once only");
	cr_assert_str_eq(next_write(), "preforkd: and once only\n");
}

Test(log, knows_destinations_and_levels_by_name)
{
	static const struct {
		const char *name;
		int to, level;
	} rows[] = {
		{ "auto", LOG_TO_AUTO, -1 },
		{ "journal", LOG_TO_JOURNAL, -1 },
		{ "stderr", LOG_TO_STDERR, -1 },
		{ "plain", LOG_TO_PLAIN, -1 },
		{ "error", -1, LOG_ERR },
		{ "warning", -1, LOG_WARNING },
		{ "notice", -1, LOG_NOTICE },
		{ "info", -1, LOG_INFO },
		{ "debug", -1, LOG_DEBUG },
		{ "", -1, -1 },
		{ "Error", -1, -1 },
		{ "err", -1, -1 },
		{ "3", -1, -1 },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		cr_assert_eq(log_to_from_name(rows[i].name), rows[i].to, "%s",
		             rows[i].name);
		cr_assert_eq(log_level_from_name(rows[i].name), rows[i].level, "%s",
		             rows[i].name);
		if (rows[i].level >= 0)
			cr_assert_str_eq(log_level_name(rows[i].level), rows[i].name);
	}
	cr_assert_not_null(log_level_name(99));
}

Test(log, chooses_prefixes_for_a_pipe)
{
	(void)unsetenv("JOURNAL_STREAM");
	log_init(LOG_TO_AUTO);
	cr_assert_eq(log_destination(), LOG_TO_STDERR);
	cr_assert_eq(log_fd(), -1);
}

/* The variable is inherited by processes whose stderr went elsewhere. */
Test(log, believes_the_journal_only_of_its_own_stderr)
{
	(void)setenv("JOURNAL_STREAM", "1:1", 1);
	log_init(LOG_TO_AUTO);
	cr_assert_eq(log_destination(), LOG_TO_STDERR);
	(void)setenv("JOURNAL_STREAM", "rubbish", 1);
	log_init(LOG_TO_AUTO);
	cr_assert_eq(log_destination(), LOG_TO_STDERR);
}

Test(log, chooses_plain_text_for_a_terminal)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal;

	cr_assert_geq(master, 0);
	cr_assert_eq(unlockpt(master), 0);
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	cr_assert_geq(terminal, 0);
	(void)dup2(terminal, STDERR_FILENO);
	(void)unsetenv("JOURNAL_STREAM");
	log_init(LOG_TO_AUTO);
	cr_assert_eq(log_destination(), LOG_TO_PLAIN);
	(void)close(terminal);
	(void)close(master);
}

Test(log, names_the_journals_descriptor_or_does_without_the_journal)
{
	struct stat st;

	log_init(LOG_TO_JOURNAL);
	if (log_destination() == LOG_TO_JOURNAL) {
		cr_assert_geq(log_fd(), 0);
		cr_assert_eq(fstat(log_fd(), &st), 0);
		cr_assert(S_ISSOCK(st.st_mode));
		cr_assert_eq(fcntl(log_fd(), F_GETFD), FD_CLOEXEC);
		return;
	}
	cr_assert_eq(log_destination(), LOG_TO_STDERR);
	cr_assert_eq(log_fd(), -1);
	log_error("x");
	cr_assert_str_eq(next_write(), "<3>x\n");
}
