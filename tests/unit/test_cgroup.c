/*
 * test_cgroup.c - the tightest limit of both versions of cgroups, at all levels.
 */
#include "config.h"

#include "base/cgroup.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "test_load_fixture.h"

TestSuite(cgroup, .init = enter_folder, .fini = leave_folder, .timeout = 20);

/* The same folders for both: root/a/b, and those of version 1 below its controller. */
static void
make_folders(void)
{
	static const char *const folders[] = { "a",    "a/b",    "memory",  "memory/a",
		                               "pids", "pids/a", "pids/a/b" };
	size_t i;

	for (i = 0; i < countof(folders); i++)
		cr_assert_eq(mkdir(folders[i], 0755), 0);
}

static uint64_t
pids_of(const char *self)
{
	return cgroup_limit(self, folder, "pids", "pids.max", "pids.max");
}

Test(cgroup, takes_the_tightest_of_all_levels)
{
	make_folders();
	cr_expect_eq(pids_of("0::/a/b\n"), CGROUP_UNLIMITED, "nothing can be read");
	write_file("a/b/pids.max", "max\n");
	cr_expect_eq(pids_of("0::/a/b\n"), CGROUP_UNLIMITED);
	write_file("a/pids.max", "70\n");
	cr_expect_eq(pids_of("0::/a/b\n"), 70);
	write_file("a/b/pids.max", "90\n");
	cr_expect_eq(pids_of("0::/a/b\n"), 70);
	write_file("a/b/pids.max", "50\n");
	cr_expect_eq(pids_of("0::/a/b\n"), 50);
	cr_expect_eq(pids_of("0::/a\n"), 70);
	cr_expect_eq(pids_of("0::/\n"), CGROUP_UNLIMITED);
	write_file("pids.max", "10\n");
	cr_expect_eq(pids_of("0::/\n"), 10, "a namespace shows its root");
	cr_expect_eq(pids_of("0::/a/b\n"), 10);
}

Test(cgroup, asks_both_versions)
{
	make_folders();
	write_file("pids/a/pids.max", "30\n");
	cr_expect_eq(pids_of("5:cpu,pids:/a/b\n0::/a/b\n"), 30);
	cr_expect_eq(pids_of("5:pidsx:/a/b\n0::/a/b\n"), CGROUP_UNLIMITED);
	write_file("a/pids.max", "20\n");
	cr_expect_eq(pids_of("5:pids:/a/b\n0::/a/b\n"), 20);
	cr_expect_eq(pids_of("nonsense\n:\n::\n0::\n"), CGROUP_UNLIMITED);
}

Test(cgroup, knows_what_version_1_calls_no_limit)
{
	const char *self = "4:memory:/a\n";

	make_folders();
	write_file("memory/a/limit", "9223372036854771712\n");
	cr_expect_eq(cgroup_limit(self, folder, "memory", "max", "limit"),
	             CGROUP_UNLIMITED);
	write_file("memory/a/limit", "1073741824\n");
	cr_expect_eq(cgroup_limit(self, folder, "memory", "max", "limit"), UINT64_C(1)
	                                                                       << 30);
}
