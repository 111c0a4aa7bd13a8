/*
 * test_confine.c - what is left of a process's rights.
 *
 * Each case runs in a child, which says by its exit status which step was wrong;
 * the steps are numbered by the line.
 */
#include "config.h"

#include "worker/confine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

/* A user of nobody's: no file, no process, no name needed. */
#define UID 64321
#define GID 64322

static gid_t groups[] = { GID, 64323 };
static const struct rlimit nofile = { 300, 400 };

static struct service_settings
settings(void)
{
	size_t i;
	struct service_settings set = {
		.identity = { .user = (char *)"64321",
		              .uid = UID,
		              .gid = GID,
		              .groups = groups,
		              .n_groups = countof(groups),
		              .switch_user = geteuid() == 0 },
		.working_directory = (char *)"/",
		.umask = 022,
		.nice = SIGNED_UNSET,
		.oom_score_adjust = SIGNED_UNSET,
		.capabilities = CAPABILITIES_UNSET,
	};
	for (i = 0; i < countof(set.limits); i++)
		set.limits[i] = RLIMIT_UNSET;
	return set;
}

/* In a child, where a failure is an exit status: the line. */
#define REQUIRE(condition)                                                             \
	do {                                                                           \
		if (!(condition))                                                      \
			return __LINE__ % 251 + 1;                                     \
	} while (0)

static int
run(int (*child)(void))
{
	int status = 0;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		_exit(child());
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status), "status %#x", status);
	return WEXITSTATUS(status);
}

static int
becomes_the_user(void)
{
	struct service_settings set = settings();
	const char *what;
	gid_t got[8];
	uid_t r, e, s;

	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(getresuid(&r, &e, &s) == 0 && r == UID && e == UID && s == UID);
	REQUIRE(getresgid(&r, &e, &s) == 0 && r == GID && e == GID && s == GID);
	REQUIRE(getgroups(countof(got), got) == countof(groups));
	REQUIRE(memcmp(got, groups, sizeof(groups)) == 0);
	REQUIRE(setuid(0) < 0 && setgid(0) < 0 && setgroups(0, NULL) < 0);
	return 0;
}

Test(confine, gives_up_root_and_its_groups_for_good, .timeout = 30)
{
	if (geteuid() != 0)
		cr_skip_test("root: cannot change user");
	cr_assert_eq(run(becomes_the_user), 0);
}

static int
stays_who_it_is(void)
{
	struct service_settings set = settings();
	uid_t before = geteuid();
	const char *what;

	set.identity.switch_user = false;
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(geteuid() == before);
	return 0;
}

Test(confine, stays_who_it_is_when_there_is_nothing_to_drop, .timeout = 30)
{
	cr_assert_eq(run(stays_who_it_is), 0);
}

static int
has_the_masters_limits(void)
{
	struct service_settings set = settings();
	struct rlimit core;
	struct rlimit core_after;
	struct rlimit rl;
	const char *what;
	int nice_before = getpriority(PRIO_PROCESS, 0);

	REQUIRE(getrlimit(RLIMIT_CORE, &core) == 0);
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(getrlimit(RLIMIT_NOFILE, &rl) == 0);
	REQUIRE(rl.rlim_cur == nofile.rlim_cur && rl.rlim_max == nofile.rlim_max);
	REQUIRE(getrlimit(RLIMIT_CORE, &core_after) == 0);
	REQUIRE(core_after.rlim_cur == core.rlim_cur);
	REQUIRE(getpriority(PRIO_PROCESS, 0) == nice_before);
	REQUIRE(umask(0) == 022);
	return 0;
}

Test(confine, leaves_what_was_not_configured_as_the_master_had_it, .timeout = 30)
{
	cr_assert_eq(run(has_the_masters_limits), 0);
}

static int
has_its_own_limits(void)
{
	struct service_settings set = settings();
	struct rlimit rl;
	const char *what;
	char cwd[64];

	set.limits[RLIMIT_NOFILE] = 123;
	set.limits[RLIMIT_CORE] = 0;
	set.nice = 7;
	set.umask = 077;
	set.working_directory = (char *)"/usr";
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(getrlimit(RLIMIT_NOFILE, &rl) == 0);
	REQUIRE(rl.rlim_cur == 123 && rl.rlim_max == 123);
	REQUIRE(getrlimit(RLIMIT_CORE, &rl) == 0);
	REQUIRE(rl.rlim_cur == 0 && rl.rlim_max == 0);
	REQUIRE(getpriority(PRIO_PROCESS, 0) == 7);
	REQUIRE(umask(0) == 077);
	REQUIRE(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/usr") == 0);
	return 0;
}

Test(confine, sets_what_was_configured, .timeout = 30)
{
	cr_assert_eq(run(has_its_own_limits), 0);
}

static int
says_which_folder(void)
{
	struct service_settings set = settings();
	const char *what = NULL;

	set.working_directory = (char *)"/nonexistent";
	REQUIRE(confine(&set, &nofile, &what) == -ENOENT);
	REQUIRE(strstr(what, "working_directory") && strstr(what, "/nonexistent"));
	return 0;
}

/* Only root can enter it: the service's rights count, not ours. */
static int
enters_with_the_services_rights(void)
{
	struct service_settings set = settings();
	char folder[] = "/tmp/preforkd-XXXXXX";
	const char *what = NULL;
	int r;

	REQUIRE(mkdtemp(folder));
	set.working_directory = folder;
	if (fork() == 0)
		_exit(confine(&set, &nofile, &what) == -EACCES ? 0 : 1);
	REQUIRE(wait(&r) > 0);
	REQUIRE(rmdir(folder) == 0);
	REQUIRE(r == 0);
	return 0;
}

Test(confine, names_the_folder_it_cannot_enter, .timeout = 30)
{
	cr_assert_eq(run(says_which_folder), 0);
	if (geteuid() == 0)
		cr_assert_eq(run(enters_with_the_services_rights), 0);
}

static int
fails_on_a_limit(void)
{
	struct service_settings set = settings();
	const char *what = NULL;

	set.limits[RLIMIT_NOFILE] = (uint64_t)1 << 40; /* beyond fs.nr_open */
	REQUIRE(confine(&set, &nofile, &what) == -EPERM);
	REQUIRE(strcmp(what, "set limit_nofile") == 0);
	return 0;
}

Test(confine, fails_when_a_limit_cannot_be_set, .timeout = 30)
{
	cr_assert_eq(run(fails_on_a_limit), 0);
}

static int
is_inside(void)
{
	struct service_settings set = settings();
	char folder[] = "/tmp/preforkd-XXXXXX";
	char inner[64];
	const char *what = NULL;
	struct stat inside;
	struct stat now;
	int status;

	REQUIRE(mkdtemp(folder) && chmod(folder, 0755) == 0);
	(void)snprintf(inner, sizeof(inner), "%s/in", folder);
	REQUIRE(mkdir(inner, 0755) == 0 && stat(inner, &inside) == 0);
	set.chroot = folder;
	set.working_directory = (char *)"/in";
	if (fork() == 0) {
		bool ok = confine(&set, &nofile, &what) == 0 && stat(".", &now) == 0 &&
		          now.st_ino == inside.st_ino && stat("/in/..", &now) == 0 &&
		          chdir("..") == 0 && chdir("..") == 0 &&
		          stat("in", &now) == 0 && now.st_ino == inside.st_ino;

		_exit(ok ? 0 : 1);
	}
	REQUIRE(wait(&status) > 0);
	set.working_directory = (char *)"/none";
	if (fork() == 0)
		_exit(confine(&set, &nofile, &what) == -ENOENT &&
		              strstr(what, "'/none' inside chroot '/tmp/preforkd-")
		          ? 0
		          : 1);
	REQUIRE(status == 0 && wait(&status) > 0);
	REQUIRE(rmdir(inner) == 0 && rmdir(folder) == 0);
	REQUIRE(status == 0);
	return 0;
}

Test(confine, has_another_root_and_its_folder_in_there, .timeout = 30)
{
	if (geteuid() != 0)
		cr_skip_test("root: cannot change the root directory");
	cr_assert_eq(run(is_inside), 0);
}

static int
has_its_groups(void)
{
	struct service_settings set = settings();
	gid_t other[] = { 64400, 64401 };
	const char *what = NULL;
	gid_t got[8];

	set.supplementary_groups = (struct group_list){ other, 2, true };
	if (fork() == 0)
		_exit(confine(&set, &nofile, &what) == 0 && getgroups(8, got) == 2 &&
		              memcmp(got, other, sizeof(other)) == 0
		          ? 0
		          : 1);
	set.supplementary_groups = (struct group_list){ .set = true };
	REQUIRE(confine(&set, &nofile, &what) == 0 && getgroups(8, got) == 0);
	{
		int status = 1;

		REQUIRE(wait(&status) > 0 && status == 0);
	}
	return 0;
}

Test(confine, has_the_groups_it_is_given_also_none, .timeout = 30)
{
	if (geteuid() != 0)
		cr_skip_test("root: cannot change groups");
	cr_assert_eq(run(has_its_groups), 0);
}

static int
hides_itself(void)
{
	struct service_settings set = settings();
	const char *what = NULL;
	int status = 1;

	set.identity.switch_user = false;
	set.identity.uid = geteuid();
	if (fork() == 0) {
		set.limits[RLIMIT_CORE] = 1 << 20;
		_exit(confine(&set, &nofile, &what) == 0 && prctl(PR_GET_DUMPABLE) == 1
		          ? 0
		          : 1);
	}
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(prctl(PR_GET_DUMPABLE) == 0);
	REQUIRE(wait(&status) > 0 && status == 0);
	return 0;
}

Test(confine, hides_its_memory_unless_it_is_to_dump_core, .timeout = 30)
{
	cr_assert_eq(run(hides_itself), 0);
}

static int
has_times(void)
{
	struct service_settings set = settings();
	const char *what = NULL;
	struct rlimit rl;

	set.handler = HANDLER_INETD;
	set.limits[RLIMIT_CPU] = 1000 * UINT64_C(1000000);
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(getrlimit(RLIMIT_CPU, &rl) == 0 && rl.rlim_cur != 1000);
	set.handler = HANDLER_BUILTIN;
	set.identity.switch_user = false;
	REQUIRE(confine(&set, &nofile, &what) == 0);
	REQUIRE(getrlimit(RLIMIT_CPU, &rl) == 0);
	REQUIRE(rl.rlim_cur == 1000 && rl.rlim_max == 1001);
	return 0;
}

Test(confine, leaves_processor_time_to_the_commands_of_inetd, .timeout = 30)
{
	cr_assert_eq(run(has_times), 0);
}
