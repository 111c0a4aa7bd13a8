/*
 * test_command.c - finding a command, what it is told, and becoming it.
 */
#include "config.h"

#include "handler/command.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

static char folder[] = "/tmp/preforkd-XXXXXX";

/* first/tool cannot be executed, second/tool can, second/dir is a folder. */
static void
make_files(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} files[] = { { "first/tool", 0644 },
		      { "first/plain", 0644 },
		      { "second/tool", 0755 },
		      { "second/only", 0755 } };
	char path[96];
	size_t i;

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(mkdir("first", 0755) | mkdir("second", 0755) |
	                 mkdir("second/dir", 0755),
	             0);
	for (i = 0; i < countof(files); i++) {
		(void)snprintf(path, sizeof(path), "%s", files[i].path);
		(void)close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		cr_assert_eq(chmod(path, files[i].mode), 0);
	}
}

static void
remove_files(void)
{
	(void)unlink("first/tool");
	(void)unlink("first/plain");
	(void)unlink("second/tool");
	(void)unlink("second/only");
	(void)rmdir("second/dir");
	(void)rmdir("first");
	(void)rmdir("second");
	(void)rmdir(folder);
}

TestSuite(command, .init = make_files, .fini = remove_files, .timeout = 30);

Test(command, is_found_as_a_shell_would_find_it)
{
	static const struct {
		const char *name;
		const char *wanted; /* below the folder; NULL: fails */
		int error;
	} rows[] = {
		{ "only", "second/only", 0 },
		{ "tool", "second/tool", 0 }, /* the first cannot be executed */
		{ "second/only", "second/only", 0 },
		{ "plain", NULL, EACCES }, /* there, but not executable */
		{ "none", NULL, ENOENT },
		{ "first/tool", NULL, EACCES },
		{ "second/dir", NULL, EISDIR },
		{ "second/none", NULL, ENOENT },
		{ "/dev/null", NULL, EACCES },
		{ "second/only/x", NULL, ENOTDIR },
	};
	char search[200];
	char buf[COMMAND_PATH_MAX];
	char wanted[200];
	size_t i;
	int r;

	(void)snprintf(search, sizeof(search), "%s/none::%s/first:%s/second", folder,
	               folder, folder);
	for (i = 0; i < countof(rows); i++) {
		char *argv[] = { (char *)rows[i].name, NULL };
		struct service_settings set = { .argv = argv, .path = search };

		r = command_resolve(&set, buf, sizeof(buf));
		cr_expect_eq(r, -rows[i].error, "%s: %d", rows[i].name, r);
		if (!rows[i].wanted)
			continue;
		(void)snprintf(wanted, sizeof(wanted), "%s%s%s",
		               strchr(rows[i].name, '/') ? "" : folder,
		               strchr(rows[i].name, '/') ? "" : "/", rows[i].wanted);
		cr_expect_str_eq(buf, wanted, "%s: %s", rows[i].name, buf);
	}
}

Test(command, is_not_looked_for_in_the_current_folder)
{
	char *argv[] = { (char *)"only", NULL };
	struct service_settings set = { .argv = argv, .path = (char *)":" };
	char buf[COMMAND_PATH_MAX];

	cr_assert_eq(chdir("second"), 0);
	cr_expect_eq(command_resolve(&set, buf, sizeof(buf)), -ENOENT);
	cr_assert_eq(chdir(folder), 0);
}

static bool
has_entry(char **list, const char *entry)
{
	for (; *list; list++) {
		if (strcmp(*list, entry) == 0)
			return true;
	}
	return false;
}

static size_t
count(char **list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

Test(command, is_told_six_variables_and_what_the_service_adds)
{
	char *add[] = { (char *)"LANG=de", (char *)"PATHS=x", (char *)"X=a=b", NULL };
	struct service_settings set = {
		.path = (char *)"/bin",
		.identity = { .user = (char *)"git",
		              .home = (char *)"/srv",
		              .shell = (char *)"/bin/sh" },
	};
	static const char *const base[] = { "PATH=/bin", "HOME=/srv", "USER=git",
		                            "LOGNAME=git", "SHELL=/bin/sh" };
	char **list;
	size_t i;

	(void)setenv("SECRET", "xyzzy", 1);
	list = command_environment(&set);
	cr_assert_not_null(list);
	cr_expect_eq(count(list), countof(base) + 1);
	for (i = 0; i < countof(base); i++)
		cr_expect(has_entry(list, base[i]), "%s", base[i]);
	cr_expect(has_entry(list, "LANG=C"));
	cr_assert_null(command_environment_free(list));

	set.environment = add;
	list = command_environment(&set);
	cr_assert_not_null(list);
	cr_expect_eq(count(list), countof(base) + 3, "%zu", count(list));
	cr_expect_not(has_entry(list, "LANG=C"), "the service's own wins");
	cr_expect(has_entry(list, "PATH=/bin"), "a name that only begins the same");
	for (i = 0; add[i]; i++)
		cr_expect(has_entry(list, add[i]), "%s", add[i]);
	cr_assert_null(command_environment_free(list));
}

/* Runs a shell as a command in a child; what it prints goes through a pipe that
 * stands, like all that a worker has, above its stdio.  Returns its status. */
static int
run(struct command *c, const char *script, char *ret_text, size_t size)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	char *environment[] = { (char *)"A=b", NULL };
	int status = 0;
	int pair[2];
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	cr_assert_eq(pipe2(pair, O_CLOEXEC), 0);
	c->path = c->path ? c->path : "/bin/sh";
	c->argv = argv;
	c->environment = environment;
	(void)fflush(NULL);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)dup2(null, 0);
		(void)dup2(null, 1);
		if (c->in == 100)
			c->in = c->out = pair[1];
		_exit(-command_exec(c));
	}
	(void)close(pair[1]);
	do {
		n = read(pair[0], ret_text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	ret_text[len] = '\0';
	(void)close(pair[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

Test(command, gets_its_connection_and_a_stderr_of_its_own)
{
	/* stderr = "null" is what stands on 0 now. */
	struct command c = { .in = 100, .out = 100, .err = 0 };
	char text[256];

	cr_assert_eq(run(&c,
	                 "for n in 0 1 2; do readlink /proc/$$/fd/$n; done | "
	                 "sed 's/\\[.*//' | tr '\\n' ' '; echo \"$A\"",
	                 text, sizeof(text)),
	             0);
	cr_assert_str_eq(text, "pipe: pipe: /dev/null b\n", "%s", text);
}

Test(command, leads_a_group_if_it_is_to)
{
	struct command c = { .in = 100, .out = 100, .err = -1, .lead_group = true };
	char text[256];
	const char *script = "test $$ = $(cut -d' ' -f5 /proc/$$/stat) && echo yes";

	cr_assert_eq(run(&c, script, text, sizeof(text)), 0);
	cr_assert_str_eq(text, "yes\n");
	c = (struct command){ .in = 100, .out = 100, .err = -1 };
	cr_assert_neq(run(&c, script, text, sizeof(text)), 0);
}

Test(command, is_not_begun_for_a_parent_that_is_gone)
{
	struct command c = {
		.in = 100, .out = 100, .err = -1, .death_signal = SIGKILL
	};
	char text[256];
	int status;

	c.parent = getpid();
	cr_assert_eq(run(&c, "echo yes", text, sizeof(text)), 0);
	cr_assert_str_eq(text, "yes\n");
	c.in = 100;
	c.parent = getpid() + 1;
	status = run(&c, "echo yes", text, sizeof(text));
	cr_assert_eq(WEXITSTATUS(status), ESRCH);
	cr_assert_str_eq(text, "");
}

Test(command, says_why_it_cannot_be_executed)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = { { "second/none", ENOENT },
		     { "first/plain", EACCES },
		     { "second/only", ENOEXEC } }; /* empty: no format */
	char text[16];
	size_t i;
	int status;

	for (i = 0; i < countof(rows); i++) {
		struct command c = {
			.path = rows[i].path, .in = -1, .out = -1, .err = -1
		};

		status = run(&c, "", text, sizeof(text));
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == rows[i].error,
		          "%s: %d", rows[i].path, WEXITSTATUS(status));
	}
}
