/*
 * test_title.c - the line that ps shows.
 *
 * Most is played on a stage: memory laid out as the kernel lays out arguments and
 * environment, with a guard behind it.  One test does it to the real thing and
 * asks the kernel.
 */
#include "config.h"

#include "base/title.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

#define GUARD '#'

static char stage[64];
static char *stage_argv[4], *stage_env[4];
static size_t stage_size;

/* "preforkd\0-c\0file\0" and "A=1\0PATH=/bin\0": 17 and 14 bytes. */
static void
set_stage(void)
{
	static const char words[] = "preforkd\0-c\0file\0A=1\0PATH=/bin";
	size_t i, n = 0;

	memset(stage, GUARD, sizeof(stage));
	memcpy(stage, words, sizeof(words));
	stage_size = sizeof(words);
	for (i = 0; i < stage_size; i += strlen(stage + i) + 1, n++) {
		if (n < 3)
			stage_argv[n] = stage + i;
		else
			stage_env[n - 3] = stage + i;
	}
	environ = stage_env;
	title_init(3, stage_argv);
}

static void
look_at_guard(void)
{
	size_t i;

	for (i = stage_size; i < sizeof(stage); i++)
		cr_assert_eq(stage[i], GUARD, "overrun by %zu bytes",
		             i - stage_size + 1);
	cr_assert_eq(stage[stage_size - 1], '\0');
}

/* All of the memory is the title, then zeros: ps shows no rest of an older one. */
static void
shows(const char *title)
{
	size_t i, len = strlen(title);

	cr_assert_str_eq(stage, title);
	for (i = len; i < stage_size; i++)
		cr_assert_eq(stage[i], '\0', "'%s' is followed by '%s'", title,
		             stage + i);
	look_at_guard();
}

Test(title, does_nothing_without_memory)
{
	title_set("%s", "nothing");
	title_set_front("nothing ");
	title_set_tail("at all");
	title_init(0, NULL);
	title_init(0, (char *[]){ NULL });
	title_set("%s", "nothing");
	title_set_tail("at all");
}

Test(title, takes_the_memory_of_arguments_and_environment)
{
	set_stage();
	title_set("%s: %s", "preforkd", "master");
	shows("preforkd: master");
	title_set("short");
	shows("short");
	title_set("%s", "");
	shows("");
}

Test(title, leaves_the_environment_as_it_was)
{
	set_stage();
	title_set("%s",
	          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	cr_assert_str_eq(getenv("A"), "1");
	cr_assert_str_eq(getenv("PATH"), "/bin");
	cr_assert_null(environ[2]);
}

Test(title, is_cut_to_the_memory_there_is)
{
	static const char endless[] =
	    "0123456789012345678901234567890123456789012345678901234567890123456789";
	char want[80];
	size_t len;

	set_stage();
	for (len = stage_size - 3; len <= sizeof(endless) - 1; len++) {
		(void)snprintf(want, sizeof(want), "%.*s",
		               (int)(len < stage_size - 1 ? len : stage_size - 1),
		               endless);
		title_set("%.*s", (int)len, endless);
		shows(want);
	}
}

Test(title, is_put_together_from_front_and_tail_of_any_length)
{
	static const char endless[] =
	    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij";
	char front[80], tail[80], want[200];
	size_t i, j;

	set_stage();
	for (i = 0; i < 40; i++) {
		(void)snprintf(front, sizeof(front), "%.*s", (int)i, endless);
		title_set_front(front);
		for (j = 0; j < 80; j++) {
			size_t len = j * 37 % 41; /* longer and shorter in turn */

			(void)snprintf(tail, sizeof(tail), "%.*s", (int)len, endless);
			title_set_tail(tail);
			(void)snprintf(want, stage_size, "%s%s", front, tail);
			shows(want);
		}
	}
}

Test(title, uses_only_memory_that_is_adjacent)
{
	static char program[] = "preforkd", elsewhere[] = "elsewhere", env[] = "A=1";
	char *argv[] = { program, elsewhere, NULL };
	char *envp[] = { env, NULL };

	environ = envp;
	title_init(2, argv);
	title_set("%s", "0123456789abcdef");
	if (program + sizeof(program) != elsewhere) {
		cr_assert_str_eq(elsewhere, "elsewhere");
		cr_assert_str_eq(program, "01234567");
	}
	cr_assert_str_eq(env, "A=1");
}

static int real_argc;
static char **real_argv;

/* glibc hands main's arguments to constructors, too. */
__attribute__((constructor)) static void
remember_arguments(int argc, char **argv)
{
	real_argc = argc;
	real_argv = argv;
}

static void
kernel_shows(const char *title)
{
	char line[4096];
	FILE *f = fopen("/proc/self/cmdline", "re");
	size_t n;

	cr_assert_not_null(f);
	n = fread(line, 1, sizeof(line) - 1, f);
	(void)fclose(f);
	line[n] = '\0';
	cr_assert_str_eq(line, title);
	for (; n > strlen(title); n--)
		cr_assert_eq(line[n], '\0', "a rest of an older title shows");
}

Test(title, is_what_the_kernel_shows)
{
	char home[256] = "";

	if (getenv("PATH") != NULL)
		(void)snprintf(home, sizeof(home), "%s", getenv("PATH"));
	title_init(real_argc, real_argv);
	title_set("preforkd: git[3] idle");
	kernel_shows("preforkd: git[3] idle");
	title_set_front("preforkd: git[3] ");
	title_set_tail("192.0.2.7:40112");
	kernel_shows("preforkd: git[3] 192.0.2.7:40112");
	title_set_tail("idle");
	kernel_shows("preforkd: git[3] idle");
	if (home[0] != '\0')
		cr_assert_eq(strncmp(getenv("PATH"), home, sizeof(home) - 1), 0);
}
