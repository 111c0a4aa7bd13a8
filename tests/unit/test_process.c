/*
 * test_process.c - texts of /proc, those that mean to mislead among them.
 */
#include "config.h"

#include "ctl/process.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/syscall.h>

#include "ctl/waits.h"

Test(process, reads_its_line_whatever_its_name_is)
{
	struct process_stat s;

	cr_assert(process_parse_stat(
	    "12 (a) S 1 (x) T 7 1 1 0 -1 4194304 1 2 3 4 50 25 0 0 20 0 3 0 99", &s));
	cr_assert_str_eq(s.name, "a) S 1 (x");
	cr_assert_eq(s.state, 'T');
	cr_assert_eq(s.parent, 7);
	cr_assert_eq(s.cpu_ticks, 75);
	cr_assert_eq(s.threads, 3);
	cr_assert_not(process_parse_stat("", &s));
	cr_assert_not(process_parse_stat("12 (a", &s));
	cr_assert_not(process_parse_stat("12 )a( S 1", &s));
	cr_assert_not(process_parse_stat("12 (a) S 1", &s));
}

Test(process, reads_its_system_call)
{
	struct process_call c;

	cr_assert(process_parse_call("running\n", &c));
	cr_assert(c.running);
	cr_assert(process_parse_call("-1 0x7ffd 0x7f3a\n", &c));
	cr_assert(!c.running && c.number == -1);
	cr_assert(process_parse_call("7 0x10 0x2 0xff 0x0 0x5 0x6 0x7ffd 0x7f\n", &c));
	cr_assert_eq(c.number, 7);
	cr_assert_eq(c.args[0], 0x10);
	cr_assert_eq(c.args[5], 6);
	cr_assert_not(process_parse_call("", &c));
	cr_assert_not(process_parse_call("7 0x10", &c));
}

Test(process, keeps_the_names_of_its_stack)
{
	char text[64];

	process_parse_stack("[<0>] do_wait+0x5/0x9\n[<0>] kernel_wait4+0x1/0x2\n", text,
	                    sizeof(text));
	cr_assert_str_eq(text, "do_wait\nkernel_wait4");
	process_parse_stack("[<0>] do_wait+0x5/0x9\n[<0>] kernel_wait4+0x1/0x2\n", text,
	                    12);
	cr_assert_str_eq(text, "do_wait");
	process_parse_stack("nonsense", text, sizeof(text));
	cr_assert_str_eq(text, "");
}

Test(waits, of_a_call_are_its_kind_its_name_and_its_descriptor)
{
	struct process_call c = { .number = SYS_recvfrom, .args = { 9 } };
	struct wait w;

	wait_decode(&c, &w);
	cr_assert_eq(w.kind, WAIT_READ);
	cr_assert_str_eq(w.call, "recvfrom");
	cr_assert(w.n == 1 && w.wishes[0].fd == 9 && w.wishes[0].read);
	c.number = SYS_write;
	wait_decode(&c, &w);
	cr_assert(w.kind == WAIT_WRITE && w.n == 1 && w.wishes[0].write);
	c.number = 100000;
	wait_decode(&c, &w);
	cr_assert(w.kind == WAIT_OTHER && !w.call && w.n == 0);
	c.running = true;
	wait_decode(&c, &w);
	cr_assert_eq(w.kind, WAIT_NOTHING);
}

Test(waits, of_an_epoll_are_those_that_are_in_it)
{
	struct wait w = { .kind = WAIT_POLL };

	wait_parse_epoll("pos:\t0\nflags:\t02\n"
	                 "tfd:       11 events:       19 data: 0 pos:0 ino:1 sdev:2\n"
	                 "tfd:        4 events:        4 data: 0 pos:0 ino:1 sdev:2\n",
	                 &w);
	cr_assert_eq(w.n, 2);
	cr_assert(w.wishes[0].fd == 11 && w.wishes[0].read && !w.wishes[0].write);
	cr_assert(w.wishes[1].fd == 4 && !w.wishes[1].read && w.wishes[1].write);
}
