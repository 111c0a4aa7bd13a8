/*
 * test_target.c - which daemon is meant.
 */
#include "config.h"

#include "ctl/target.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

static void
forget(void)
{
	unsetenv("PREFORKD_CONTROL");
	unsetenv("RUNTIME_DIRECTORY");
}

static void
chooses(const char *control, const char *instance, const char *text,
        const char *address, const char *unit)
{
	struct target t;

	cr_assert_eq(target_choose(control, instance, &t), 0);
	cr_assert_str_eq(t.text, text, "%s", t.text);
	cr_assert_str_eq(t.address, address, "%s", t.address);
	cr_assert_str_eq(t.unit, unit, "%s", t.unit);
	target_done(&t);
}

Test(target, is_the_usual_place_if_nobody_says_more, .init = forget)
{
	chooses(NULL, NULL, "/run/preforkd/control", "unix:path=/run/preforkd/control",
	        "preforkd");
}

Test(target, is_that_of_the_unit_it_runs_in, .init = forget)
{
	setenv("RUNTIME_DIRECTORY", "/run/preforkd/git:/run/other", 1);
	chooses(NULL, NULL, "/run/preforkd/git/control",
	        "unix:path=/run/preforkd/git/control", "preforkd");
	setenv("RUNTIME_DIRECTORY", "relative", 1);
	chooses(NULL, NULL, "/run/preforkd/control", "unix:path=/run/preforkd/control",
	        "preforkd");
	setenv("RUNTIME_DIRECTORY", "", 1);
	chooses(NULL, NULL, "/run/preforkd/control", "unix:path=/run/preforkd/control",
	        "preforkd");
}

Test(target, is_what_is_said_nearest, .init = forget)
{
	setenv("RUNTIME_DIRECTORY", "/run/unit", 1);
	setenv("PREFORKD_CONTROL", "/run/environment", 1);
	chooses(NULL, NULL, "/run/environment", "unix:path=/run/environment",
	        "preforkd");
	chooses(NULL, "git", "/run/preforkd/git/control",
	        "unix:path=/run/preforkd/git/control", "preforkd@git");
	chooses("/run/option", NULL, "/run/option", "unix:path=/run/option",
	        "preforkd");
	setenv("PREFORKD_CONTROL", "", 1);
	chooses(NULL, NULL, "/run/unit/control", "unix:path=/run/unit/control",
	        "preforkd");
}

Test(target, escapes_paths_and_takes_addresses, .init = forget)
{
	chooses("/tmp/a b,c;d", NULL, "/tmp/a b,c;d", "unix:path=/tmp/a%20b%2cc%3bd",
	        "preforkd");
	chooses("@name", NULL, "@name", "unix:abstract=name", "preforkd");
	chooses("unix:path=/x,guid=1", NULL, "unix:path=/x,guid=1",
	        "unix:path=/x,guid=1", "preforkd");
	chooses("./a:b", NULL, "./a:b", "unix:path=./a%3ab", "preforkd");
	chooses("\xc3\xa9", NULL, "\xc3\xa9", "unix:path=%c3%a9", "preforkd");
}

Test(target, takes_no_folder_for_an_instance, .init = forget)
{
	struct target t;

	cr_assert_eq(target_choose(NULL, "", &t), -EINVAL);
	cr_assert_eq(target_choose(NULL, "..", &t), -EINVAL);
	cr_assert_eq(target_choose(NULL, "a/b", &t), -EINVAL);
}
