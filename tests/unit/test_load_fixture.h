/*
 * test_load_fixture.h - a folder of its own for a test that loads configurations,
 * and ears for what is said.
 */
#ifndef PREFORKD_TEST_LOAD_FIXTURE_H
#define PREFORKD_TEST_LOAD_FIXTURE_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/macros.h"
#include "config/load.h"

struct row {
	const char *what;
	const char *text;
	const char *messages; /* a line each */
};

/* All messages since hear() or load(), a line each. */
static char *errors;
static char *warnings;

static char folder[256];

static void
append(char **text, const char *line)
{
	char *more;

	cr_assert(asprintf(&more, "%s%s\n", *text != NULL ? *text : "", line) >= 0);
	free(*text);
	*text = more;
}

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	cr_assert(strchr(text, '\n') == NULL, "a message is one line");
	append(level == LOG_ERR ? &errors : &warnings, text);
}

static const struct message_sink UNUSED ears = { .message = on_message };

static void
forget(void)
{
	free(errors);
	free(warnings);
	errors = strdup("");
	warnings = strdup("");
}

/* Settings or NULL; what was said is in `errors` and `warnings`. */
static UNUSED struct settings *
load(const char *path)
{
	struct settings *s = NULL;
	int r;

	forget();
	r = settings_load(path, &ears, &s);
	cr_assert_eq(r == 0, s != NULL, "a result comes exactly with success");
	cr_assert_eq(r == 0, *errors == '\0', "errors come exactly with failure: %s",
	             errors);
	return s;
}

static UNUSED void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	cr_assert_not_null(f, "cannot write %s", path);
	cr_assert(fputs(text, f) >= 0);
	cr_assert_eq(fclose(f), 0);
}

static UNUSED struct settings *
load_text(const char *text)
{
	write_file("x.conf", text);
	return load("x.conf");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static UNUSED void
enter_folder(void)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(folder, sizeof(folder), "%s/preforkd-load-XXXXXX",
	               base != NULL ? base : "/tmp");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	forget();
}

static UNUSED void
leave_folder(void)
{
	free(errors);
	free(warnings);
	errors = warnings = NULL;
	if (chdir("/") < 0)
		abort();
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A skipped test has no .fini. */
static UNUSED void
need_root(const char *what)
{
	if (geteuid() == 0)
		return;
	leave_folder();
	cr_skip("root: %s", what);
}

#endif
