/*
 * test_log_fields.c - what the journal gets beside the text.
 *
 * The journal is played by this file: sd_journal_sendv() is ours, and the socket of
 * journald seems to be there.
 */
#include "config.h"

#include "base/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/message_id.h"

static char record[8192];
static int fake_fd = -1;
static bool stalled;
static unsigned sends;
static uint64_t now = 1000 * USEC_PER_SEC;

static uint64_t
our_clock(void)
{
	return now;
}

int
sd_journal_sendv(const struct iovec *iov, int n)
{
	size_t used = strlen(record);
	int i;

	sends++;
	if (stalled)
		return -EAGAIN;
	if (fake_fd < 0)
		fake_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (i = 0; i < n; i++)
		used += (size_t)snprintf(record + used, sizeof(record) - used, "%.*s\n",
		                         (int)iov[i].iov_len,
		                         (const char *)iov[i].iov_base);
	return 0;
}

int
access(const char *path, int mode)
{
	if (strcmp(path, "/run/systemd/journal/socket") == 0)
		return 0;
	return faccessat(AT_FDCWD, path, mode, 0);
}

static void
open_journal(void)
{
	log_init(LOG_TO_JOURNAL);
	cr_assert_eq(log_destination(), LOG_TO_JOURNAL);
	record[0] = '\0';
}

TestSuite(log_fields, .init = open_journal, .timeout = 60);

Test(log_fields, of_a_plain_line_are_its_text_and_level)
{
	log_warning("it is %d", 5);
	cr_assert_str_eq(record,
	                 "MESSAGE=it is 5\nPRIORITY=4\nSYSLOG_IDENTIFIER=preforkd\n");
}

Test(log_fields, are_those_that_are_known)
{
	log_event(LOG_ERR,
	          (struct log_fields){ .message_id = MESSAGE_WORKER_KILLED,
	                               .service = "git",
	                               .pool = "git/2",
	                               .peer = "192.0.2.7:40112",
	                               .cause = "signal",
	                               .pid = 4211,
	                               .in_slot = true,
	                               .slot = 0,
	                               .generation = 3,
	                               .duration_usec = 1500000,
	                               .counted = true,
	                               .connections = 0 },
	          "%s", "text");
	cr_assert_str_eq(record,
	                 "MESSAGE=text\nPRIORITY=3\nSYSLOG_IDENTIFIER=preforkd\n"
	                 "MESSAGE_ID=" MESSAGE_WORKER_KILLED "\n"
	                 "PREFORKD_SERVICE=git\nPREFORKD_POOL=git/2\n"
	                 "PREFORKD_PEER=192.0.2.7:40112\nPREFORKD_CAUSE=signal\n"
	                 "PREFORKD_SLOT=0\nPREFORKD_GENERATION=3\n"
	                 "PREFORKD_PID=4211\nPREFORKD_DURATION_USEC=1500000\n"
	                 "PREFORKD_CONNECTIONS=0\n");
}

Test(log_fields, of_a_worker_are_on_all_its_lines)
{
	log_enter_worker((struct log_fields){ .service = "git",
	                                      .pool = "git",
	                                      .in_slot = true,
	                                      .slot = 7,
	                                      .generation = 1 });
	log_info("x");
	cr_assert_str_eq(record, "MESSAGE=x\nPRIORITY=6\nSYSLOG_IDENTIFIER=preforkd\n"
	                         "PREFORKD_SERVICE=git\nPREFORKD_POOL=git\n"
	                         "PREFORKD_SLOT=7\nPREFORKD_GENERATION=1\n");
	record[0] = '\0';
	log_event(LOG_INFO, (struct log_fields){ .pool = "git/2" }, "x");
	cr_assert_not_null(strstr(record, "\nPREFORKD_SERVICE=git\n"
	                                  "PREFORKD_POOL=git/2\nPREFORKD_SLOT=7\n"));
}

Test(log_fields, leave_out_what_does_not_fit)
{
	static char endless[10000];

	memset(endless, 'x', sizeof(endless) - 1);
	log_event(LOG_INFO, (struct log_fields){ .service = "git", .peer = endless },
	          "%s", endless);
	cr_assert_null(strstr(record, "PREFORKD_PEER"));
	cr_assert_not_null(strstr(record, "\nPREFORKD_SERVICE=git\n"));
}

/* Each send to a journal that hangs takes its time. */
Test(log_fields, are_lost_with_their_line_when_the_journal_hangs)
{
	struct timeval patience = { 0 };
	socklen_t len = sizeof(patience);
	unsigned i;

	clock_set_source(our_clock);
	log_be_impatient();
	cr_assert_eq(getsockopt(fake_fd, SOL_SOCKET, SO_SNDTIMEO, &patience, &len), 0);
	cr_assert(patience.tv_sec == 0 && patience.tv_usec > 0, "no wait is endless");
	stalled = true;
	sends = 0;
	for (i = 0; i < 1000; i++)
		log_info("line %u", i);
	cr_assert_eq(sends, 1, "one is tried, the others are not");
	now += 2 * USEC_PER_SEC;
	log_info("x");
	cr_assert_eq(sends, 2);

	stalled = false;
	log_info("too early");
	now += 2 * USEC_PER_SEC;
	record[0] = '\0';
	log_info("heard");
	cr_assert_eq(
	    strncmp(record, "MESSAGE=1002 messages lost: nobody read them here\n", 50),
	    0, "%s", record);
	cr_assert_not_null(strstr(record, "MESSAGE=heard\n"));
}

Test(log_fields, are_nothing_elsewhere)
{
	int pair[2];
	char text[64];
	ssize_t n;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	cr_assert_eq(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	log_init(LOG_TO_PLAIN);
	log_event(LOG_INFO,
	          (struct log_fields){ .message_id = MESSAGE_READY, .service = "git" },
	          "ready, %d", 1);
	n = recv(pair[0], text, sizeof(text) - 1, MSG_DONTWAIT);
	cr_assert_gt(n, 0);
	text[n] = '\0';
	cr_assert_str_eq(text, "preforkd: ready, 1\n");
	cr_assert_str_eq(record, "");
}
