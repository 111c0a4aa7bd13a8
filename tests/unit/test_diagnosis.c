/*
 * test_diagnosis.c - what a process is doing, in words.
 */
#include "config.h"

#include "ctl/diagnosis.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

static struct descriptor descriptors[] = {
	{ .fd = 3,
	  .has_facts = true,
	  .facts = { .state = SOCKET_LISTENS, .local = "0.0.0.0:80" } },
	{ .fd = 5,
	  .has_facts = true,
	  .is_client = true,
	  .facts = { .state = SOCKET_CONNECTED,
	             .local = "10.0.0.1:80",
	             .remote = "192.0.2.7:4" } },
	{ .fd = 6,
	  .has_facts = true,
	  .facts = { .state = SOCKET_CONNECTED, .remote = "10.0.0.9:5432" } },
	{ .fd = 7, .target = "pipe:[12]" },
	{ .fd = 8, .target = "/var/lock/x" },
	{ .fd = 9,
	  .has_facts = true,
	  .is_client = true,
	  .facts = { .state = SOCKET_CONNECTED,
	             .remote = "192.0.2.8:5",
	             .send_queue = 4096 } },
};

static struct member
member(enum wait_kind kind, const char *call)
{
	struct member m = { .pid = 12, .cpu_permille = 3 };

	m.process.stat.state = 'S';
	m.process.stat.threads = 1;
	m.descriptors.list = descriptors;
	m.descriptors.n = countof(descriptors);
	m.wait.kind = kind;
	m.wait.call = call;
	return m;
}

static void
says(const struct member *m, const char *expected)
{
	struct member copy = *m;
	struct family f = { .list = &copy, .n = 1 };
	char text[DIAGNOSIS_MAX];

	cr_assert_str_eq(diagnosis_describe(&f, &copy, text, sizeof(text)), expected,
	                 "got '%s', wanted '%s'", text, expected);
}

static void
wish(struct member *m, int fd, bool to_read, bool to_write)
{
	m->wait.wishes[m->wait.n++] = (struct wish){ fd, to_read, to_write };
}

Test(diagnosis, of_a_wait_names_the_call_and_the_descriptor)
{
	static const struct {
		enum wait_kind kind;
		const char *call;
		int fd;
		const char *expected;
	} rows[] = {
		{ WAIT_ACCEPT, "accept4", 3, "waits in accept4() for a client: idle" },
		{ WAIT_READ, "read", 5,
		  "waits in read() for the client 192.0.2.7:4, which sends nothing" },
		{ WAIT_READ, "read", 6,
		  "waits in read() for 10.0.0.9:5432 (descriptor 6)" },
		{ WAIT_READ, "read", 7,
		  "waits in read() for the other end of a pipe (descriptor 7)" },
		{ WAIT_WRITE, "write", 9,
		  "waits in write() for the client 192.0.2.8:5, which does not read "
		  "(Send-Q 4096 bytes)" },
		{ WAIT_WRITE, "write", 7,
		  "waits in write() for the other end of a pipe (descriptor 7) to take "
		  "what it writes" },
		{ WAIT_LOCK, "flock", 8,
		  "waits in flock() for the lock on /var/lock/x (descriptor 8)" },
		{ WAIT_READ, "read", 99, "waits in read() on descriptor 99" },
	};
	struct member m;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		m = member(rows[i].kind, rows[i].call);
		wish(&m, rows[i].fd, rows[i].kind != WAIT_WRITE,
		     rows[i].kind == WAIT_WRITE);
		says(&m, rows[i].expected);
	}
	m = member(WAIT_SLEEP, "nanosleep");
	says(&m, "sleeps in nanosleep()");
	m = member(WAIT_THREAD, "futex");
	says(&m, "waits in futex() for another thread");
	m = member(WAIT_OTHER, NULL);
	m.wait.number = 999;
	says(&m, "waits in system call 999");
}

Test(diagnosis, of_several_descriptors_names_the_one_that_says_most)
{
	struct member m = member(WAIT_POLL, "poll");

	says(&m, "sleeps in poll()");
	wish(&m, 3, true, false);
	says(&m, "waits in poll() for a client: idle");
	wish(&m, 7, true, false);
	says(&m, "waits in poll() for a client: idle, and 1 more descriptor");
	wish(&m, 6, true, false);
	says(&m, "waits in poll() for 10.0.0.9:5432 (descriptor 6), and 2 more "
	         "descriptors");
	wish(&m, 5, true, false);
	says(&m, "waits in poll() for the client 192.0.2.7:4, which sends nothing, and "
	         "3 more descriptors");
	wish(&m, 9, true, true);
	says(&m, "waits in poll() for the client 192.0.2.8:5, which does not read "
	         "(Send-Q 4096 bytes), and 4 more descriptors");
}

Test(diagnosis, of_what_runs_or_is_held_is_no_wait)
{
	struct member m = member(WAIT_READ, "read");

	wish(&m, 5, true, false);
	m.cpu_permille = 984;
	says(&m, "runs on the processor: 98 % for the last 200 ms");
	m.process.stat.state = 'T';
	says(&m, "is stopped (SIGSTOP); 'kill -CONT 12' lets it go on");
	m.process.stat.state = 't';
	m.process.tracer = 44;
	says(&m, "is stopped by process 44, which traces it");
	m.process.stat.state = 'Z';
	says(&m, "has ended, and its parent has not taken notice yet");
	m.gone = true;
	says(&m, "has ended meanwhile");
}

Test(diagnosis, says_what_may_not_be_seen)
{
	struct member m = member(WAIT_NOTHING, NULL);
	char text[128];

	m.process.call_error = -EPERM;
	m.descriptors.error = -EACCES;
	says(&m, "waits for something");
	strcpy(m.process.wchan, "do_wait");
	says(&m, "waits for something in the kernel's do_wait");
	cr_assert_str_eq(diagnosis_missing(&m, text, sizeof(text)),
	                 "needs root for its system call, its descriptors");
	m.process.call_error = -ENOENT;
	m.descriptors.error = 0;
	cr_assert_str_eq(diagnosis_missing(&m, text, sizeof(text)), "");
}

Test(diagnosis, of_a_worker_is_that_of_its_command)
{
	struct member list[3] = { member(WAIT_CHILD, "wait4"),
		                  member(WAIT_CHILD, "wait4"),
		                  member(WAIT_SLEEP, "nanosleep") };
	struct family f = { .list = list, .n = 3 };
	char text[DIAGNOSIS_MAX];
	char small[24];

	list[1].pid = 13;
	list[1].depth = 1;
	strcpy(list[1].process.command, "sh -c x");
	list[2].pid = 14;
	list[2].depth = 2;
	list[2].parent = 1;
	strcpy(list[2].process.command, "sleep 9");
	cr_assert_str_eq(diagnosis_of_worker(&f, text, sizeof(text)),
	                 "its command 'sh -c x' (pid 13) waits in wait4() for its "
	                 "child, process 14 'sleep 9', which sleeps in nanosleep()");
	cr_assert_str_eq(diagnosis_of_worker(&f, small, sizeof(small)),
	                 "its command 'sh -c x' (", "a text that is too long is cut");
	cr_assert_not(diagnosis_is_idle(&f));
	list[0].process.stat.state = 'T';
	cr_assert_str_eq(diagnosis_of_worker(&f, text, sizeof(text)),
	                 "is stopped (SIGSTOP); 'kill -CONT 12' lets it go on");
}

Test(diagnosis, knows_who_is_idle)
{
	struct member m = member(WAIT_POLL, "epoll_wait");
	struct family f = { .list = &m, .n = 1 };

	wish(&m, 3, true, false);
	cr_assert(diagnosis_is_idle(&f));
	wish(&m, 5, true, false);
	cr_assert_not(diagnosis_is_idle(&f));
	m = member(WAIT_ACCEPT, "accept4");
	cr_assert(diagnosis_is_idle(&f));
	m.process.stat.state = 'T';
	cr_assert_not(diagnosis_is_idle(&f));
}
