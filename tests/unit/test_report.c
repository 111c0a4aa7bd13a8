/*
 * test_report.c - what a starting worker tells its master, and who said it.
 */
#include "config.h"

#include "worker/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

static int master_fd, worker_fd;

static void
open_pair(void)
{
	cr_assert_eq(report_pair(&master_fd, &worker_fd), 0);
}

static void
close_pair(void)
{
	(void)close(master_fd);
	(void)close(worker_fd);
}

TestSuite(report, .init = open_pair, .fini = close_pair, .timeout = 30);

Test(report, says_nothing_while_nobody_has_spoken)
{
	struct report report;
	pid_t pid;

	cr_assert_eq(report_receive(master_fd, &report, &pid), 0);
}

Test(report, names_its_sender_even_when_that_is_gone)
{
	struct report report;
	pid_t child = fork();
	pid_t pid = 0;

	cr_assert_geq(child, 0);
	if (child == 0)
		_exit(report_send(worker_fd, REPORT_READY, 0, NULL) < 0);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert_eq(report_receive(master_fd, &report, &pid), 1);
	cr_assert_eq(report.kind, REPORT_READY);
	cr_assert_eq(pid, child);
	cr_assert_eq(report_receive(master_fd, &report, &pid), 0);
}

Test(report, carries_what_failed_and_why)
{
	struct report report;
	pid_t pid;

	cr_assert_eq(report_send(worker_fd, REPORT_FAILED, -ENOENT, "execute '/x'"), 0);
	cr_assert_eq(report_receive(master_fd, &report, &pid), 1);
	cr_assert_eq(report.kind, REPORT_FAILED);
	cr_assert_eq(report.error, ENOENT);
	cr_assert_str_eq(report.what, "execute '/x'");
	cr_assert_eq(pid, getpid());
}

Test(report, cuts_what_is_too_long)
{
	char what[2 * REPORT_WHAT_MAX];
	struct report report;
	pid_t pid;

	memset(what, 'x', sizeof(what) - 1);
	what[sizeof(what) - 1] = '\0';
	cr_assert_eq(report_send(worker_fd, REPORT_FAILED, 0, what), 0);
	cr_assert_eq(report_receive(master_fd, &report, &pid), 1);
	cr_assert_eq(strlen(report.what), REPORT_WHAT_MAX - 1);
}

Test(report, makes_hostile_text_printable)
{
	struct report report = { .kind = REPORT_FAILED };
	struct report got;
	pid_t pid;

	memset(report.what, '\n', sizeof(report.what)); /* no end either */
	cr_assert_eq(send(worker_fd, &report, sizeof(report), 0), sizeof(report));
	cr_assert_eq(report_receive(master_fd, &got, &pid), 1);
	cr_assert_eq(strlen(got.what), REPORT_WHAT_MAX - 1);
	cr_assert_eq(strspn(got.what, "?"), REPORT_WHAT_MAX - 1);
}

Test(report, says_what_is_no_record)
{
	struct report report = { .kind = REPORT_N_KINDS };
	struct report got;
	pid_t pid;

	cr_assert_eq(send(worker_fd, &report, sizeof(report), 0), sizeof(report));
	report.kind = REPORT_READY;
	cr_assert_eq(send(worker_fd, &report, sizeof(report) - 1, 0),
	             sizeof(report) - 1);
	cr_assert_eq(report_send(worker_fd, REPORT_FAILED, 1, "good"), 0);
	cr_assert_eq(report_receive(master_fd, &got, &pid), -EBADMSG);
	cr_assert_eq(report_receive(master_fd, &got, &pid), -EBADMSG);
	cr_assert_eq(report_receive(master_fd, &got, &pid), 1);
	cr_assert_str_eq(got.what, "good");
	cr_assert_eq(report_receive(master_fd, &got, &pid), 0);
}

/* More than fit into the socket: a worker waits, nothing is lost. */
Test(report, makes_workers_wait_while_the_master_is_behind)
{
	struct report report;
	unsigned got = 0;
	unsigned i;
	pid_t child = fork();
	pid_t pid;

	cr_assert_geq(child, 0);
	if (child == 0) {
		for (i = 0; i < 5000; i++) {
			if (report_send(worker_fd, REPORT_FAILED, (int)i, "x") < 0)
				_exit(1);
		}
		_exit(0);
	}
	while (got < 5000) {
		if (report_receive(master_fd, &report, &pid) == 1) {
			cr_assert_eq(report.error, (int)got);
			got++;
		}
	}
	cr_assert_eq(waitpid(child, NULL, 0), child);
}

Test(report, tells_a_worker_that_the_master_is_gone)
{
	(void)close(master_fd);
	master_fd = -1;
	cr_assert_eq(report_send(worker_fd, REPORT_READY, 0, NULL), -EPIPE);
}
