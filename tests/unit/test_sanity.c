/*
 * test_sanity.c - configurations on machines that are too small for them.
 */
#include "config.h"

#include "master/sanity.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "test_load_fixture.h"

TestSuite(sanity, .init = enter_folder, .fini = leave_folder, .timeout = 20);

static const struct machine large = {
	.nofile = MACHINE_UNLIMITED,
	.nproc = MACHINE_UNLIMITED,
	.pids = MACHINE_UNLIMITED,
	.memory = MACHINE_UNLIMITED,
	.somaxconn = 4096,
};

static void
on_line(void *userdata, int level, const char *line)
{
	on_message(userdata, level, line);
}

/* What is said of that configuration there. */
static const char *
said(const char *text, const struct machine *machine)
{
	struct settings *s = load_text(text);

	cr_assert_not_null(s, "%s", errors);
	forget();
	log_init(LOG_TO_PLAIN);
	log_copy_to(on_line, NULL);
	sanity_check(s, machine, " (here)");
	log_copy_to(NULL, NULL);
	(void)settings_free(s);
	return warnings;
}

/* 8 builtin, 2 x 5 inetd with a command each, 4 programs; one that is off. */
static const char mixed[] =
    "service a { builtin = echo  workers = 8  listen = 1 }\n"
    "service b { inetd = {\"/bin/cat\"}  listen = {2, 3}  workers = 5 }\n"
    "service c { program = {\"/bin/cat\"}  listen = 4  workers = 4 }\n"
    "service d { builtin = echo  listen = 5  workers = 9999  enabled = no }\n";

Test(sanity, a_large_machine_is_fine)
{
	cr_expect_str_eq(said(mixed, &large), "");
}

Test(sanity, processes_are_compared_with_the_control_group)
{
	struct machine m = large;

	m.pids = 1 + 8 + 10 + 4 + 10;
	cr_expect_str_eq(said(mixed, &m), "");
	m.pids--;
	cr_expect_str_eq(said(mixed, &m),
	                 "the master, 22 workers and 10 commands are 33 processes when "
	                 "all are busy, allowed are 32: raise TasksMax= or lower "
	                 "workers (here)\n");
	cr_expect_str_eq(
	    said("service a { builtin = echo  listen = 1  workers = 40 }\n", &m),
	    "the master and 40 workers are 41 processes when all are busy, "
	    "allowed are 32: raise TasksMax= or lower workers (here)\n");
}

Test(sanity, descriptors_are_compared_with_the_limit)
{
	struct machine m = large;

	m.nofile = 64 + 5 + 8 + 10;
	cr_expect_str_eq(said(mixed, &m), "");
	m.nofile--;
	cr_expect_str_eq(said(mixed, &m),
	                 "the master needs up to 87 descriptors, allowed are 86: raise "
	                 "LimitNOFILE= (here)\n");
}

Test(sanity, processes_of_a_user_are_counted_over_all_services)
{
	struct machine m = large;

	need_root("cannot change user");
	m.nproc = 17;
	cr_expect_str_eq(
	    said("service a { builtin = echo  workers = 8  listen = 1  user = 1  group "
	         "= 1 }\n"
	         "service b { builtin = echo  listen = 2  user = root  workers = 99 }\n"
	         "service c { inetd = {\"/bin/cat\"}  listen = 3  user = 1  group = 1\n"
	         "            workers = 5 }\n"
	         "service d { builtin = echo  workers = 8  listen = 4  user = 2  group "
	         "= 2 }\n",
	         &m),
	    "user 'daemon' has 18 processes when all are busy, allowed are 17: raise "
	    "LimitNPROC= or lower workers (here)\n");
}

Test(sanity, memory_is_compared_with_what_was_measured)
{
	struct machine m = large;

	m.idle_bytes = UINT64_C(1) << 20;
	m.memory = 22 * m.idle_bytes;
	cr_expect_str_eq(said(mixed, &m), "");
	m.memory -= 1 << 19;
	cr_expect_str_eq(said(mixed, &m),
	                 "22 workers of the size that was measured take 22.0 MiB, "
	                 "allowed are 21.5 MiB: raise MemoryMax= or lower workers "
	                 "(here)\n");
}

Test(sanity, a_backlog_that_was_chosen_is_compared_with_somaxconn)
{
	struct machine m = large;

	m.somaxconn = 128;
	cr_expect_str_eq(said(mixed, &m), "", "nobody has chosen the default");
	cr_expect_str_eq(
	    said(
	        "service a { builtin = echo  workers = 8  listen = 1  backlog = 129 }\n"
	        "service b { builtin = echo  listen = 2  backlog = 128 }\n",
	        &m),
	    "a: backlog 129 is cut to 128 by net.core.somaxconn\n");
	m.somaxconn = -1;
	cr_expect_str_eq(said("service a { builtin = echo  workers = 8  listen = 1  "
	                      "backlog = 129 }\n",
	                      &m),
	                 "");
}

Test(sanity, a_long_stop_matters_where_nobody_can_be_told)
{
	static const char slow[] = "service a { builtin = echo  workers = 8  listen = "
	                           "1  stop_timeout = 5min }\n";
	struct machine m = large;

	cr_expect_str_eq(said(slow, &m), "");
	m.deaf_manager = true;
	cr_expect_str_eq(said(mixed, &m), "");
	cr_expect_str_eq(said(slow, &m),
	                 "a: stop_timeout and kill_timeout are 5 min 5 s together, and "
	                 "the service manager cannot be told: set Type=notify, or "
	                 "TimeoutStopSec= above that\n");
}

Test(sanity, this_machine_can_be_asked)
{
	struct machine m;

	machine_read(&m);
	cr_expect_gt(m.nofile, 16);
	cr_expect_gt(m.pids, 0);
	cr_expect_gt(m.somaxconn, 0);
	cr_expect_not(m.deaf_manager);
	cr_expect_gt(machine_measure(getpid()), 4096, "more than a page");
	cr_expect_gt(machine_measure_idle(), 4096);
	cr_expect_eq(machine_measure(-5), 0);
}
