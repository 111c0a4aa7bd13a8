/*
 * test_load_errors.c - every malformed configuration gets exactly these messages.
 */
#include "config.h"

#include "config/load.h"

#include <errno.h>
#include <sys/types.h>

#include "config/include.h"
#include "config/settings.h"
#include "test_load_fixture.h"
#include "test_load_keys.h"
#include "test_load_services.h"
#include "test_load_syntax.h"
#include "test_load_values.h"

TestSuite(load_errors, .init = enter_folder, .fini = leave_folder);

static void
check(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct settings *s = load_text(rows[i].text);

		cr_expect_null(s, "%s: is refused", rows[i].what);
		cr_expect_str_eq(errors, rows[i].messages, "%s: says\n%snot\n%s",
		                 rows[i].what, rows[i].messages, errors);
		(void)settings_free(s);
	}
}

Test(load_errors, of_syntax_are_exact)
{
	check(syntax_rows, countof(syntax_rows));
}

Test(load_errors, of_keys_and_handlers_are_exact)
{
	check(keys_rows, countof(keys_rows));
}

Test(load_errors, of_values_are_exact)
{
	check(values_rows, countof(values_rows));
}

Test(load_errors, of_services_together_are_exact)
{
	check(services_rows, countof(services_rows));
}

Test(load_errors, are_sixty_at_least)
{
	cr_expect_geq(countof(syntax_rows) + countof(keys_rows) + countof(values_rows) +
	                  countof(services_rows),
	              60);
}

/* Each starts with a file, a line and a word; nothing of libconfuse shows. */
Test(load_errors, have_one_form)
{
	static const struct {
		const struct row *rows;
		size_t n;
	} tables[] = {
		{ syntax_rows, countof(syntax_rows) },
		{ keys_rows, countof(keys_rows) },
		{ values_rows, countof(values_rows) },
		{ services_rows, countof(services_rows) },
	};
	size_t i;
	size_t j;

	for (i = 0; i < countof(tables); i++) {
		for (j = 0; j < tables[i].n; j++) {
			const char *p = tables[i].rows[j].messages;

			for (; *p != '\0'; p = strchr(p, '\n') + 1) {
				int line = 0;
				char key[64] = "";
				int n = 0;

				(void)sscanf(p, "x.conf:%d: %63[A-Za-z0-9_]: %n", &line,
				             key, &n);
				cr_expect(n > 0 && line > 0, "%s: %s",
				          tables[i].rows[j].what, p);
				cr_expect(strstr(p, "[buf]") == NULL &&
				              strstr(p + n, "option") == NULL,
				          "%s", p);
			}
		}
	}
}

Test(load_errors, of_several_files_come_in_the_order_of_reading)
{
	write_file("a.conf", "service a { builtin = ping }\n}\n");
	write_file("b.conf", "service b { builtin = pong\n workers = 0 }\n");
	cr_expect_null(load_text("include(\"a.conf\")\ninclude(\"b.conf\")\n"
	                         "service c { inetd = \"/bin/cat -n\" }\nusr = x\n"));
	cr_expect_str_eq(
	    errors,
	    "x.conf:3: inetd: '/bin/cat -n' is one word with blanks in it, write a "
	    "list: "
	    "inetd = {\"/path/to/command\", \"argument\"}\n"
	    "x.conf:4: usr: unknown key, did you mean 'user' (in a service)?\n"
	    "a.conf:1: builtin: 'ping' is not known, allowed are echo, discard, "
	    "daytime, "
	    "time and chargen\n"
	    "a.conf:2: syntax: '}' is unexpected, no section is open\n"
	    "b.conf:1: builtin: 'pong' is not known, allowed are echo, discard, "
	    "daytime, "
	    "time and chargen\n"
	    "b.conf:2: workers: 0 workers serve nobody, allowed is \"auto\" or a "
	    "number "
	    "from 1 to 16384; enabled = no switches a service off\n",
	    "%s", errors);
}

Test(load_errors, name_the_other_file_of_what_is_given_twice)
{
	write_file("a.conf", "\nlog_level = info\ndefaults { nice = 1 }\n"
	                     "service a { builtin = echo\n listen = 7000 }\n");
	cr_expect_null(load_text("log_level = debug\ndefaults { nice = 2 }\n"
	                         "service a { builtin = echo }\n"
	                         "service b { builtin = echo  listen = 7000 }\n"
	                         "include(\"a.conf\")\n"));
	cr_expect_str_eq(
	    errors,
	    "a.conf:2: log_level: is given twice, first in x.conf:1; keep one\n"
	    "a.conf:3: defaults: is given twice, first in x.conf:2; keep one\n"
	    "a.conf:4: service: 'a' is given twice, first in x.conf:3; names must be "
	    "unique\n"
	    "a.conf:5: listen: '[::]:7000' is taken by service 'b' in x.conf:4, an "
	    "address has one service\n",
	    "%s", errors);
}

/* What can stand where a file should: each in the place of the main file, and in
 * that of an included one. */
Test(load_errors, of_files_that_are_none_are_exact)
{
	char *big = malloc(INCLUDE_FILE_MAX + 2);
	FILE *f;

	memset(big, '\n', INCLUDE_FILE_MAX + 1);
	big[INCLUDE_FILE_MAX + 1] = '\0';
	write_file("big.conf", big);
	big[INCLUDE_FILE_MAX] = '\0';
	write_file("full.conf", big);
	free(big);
	cr_assert_eq(mkdir("folder.conf", 0755), 0);
	cr_assert_eq(mkfifo("pipe.conf", 0644), 0);
	f = fopen("binary.conf", "w");
	cr_assert_eq(fwrite("log_level\0= info\n", 1, 17, f), 17);
	cr_assert_eq(fclose(f), 0);

	cr_expect_null(load("big.conf"));
	cr_expect_str_eq(errors, "big.conf: file: is larger than 1 MiB, split it\n");
	cr_expect_null(load("folder.conf"));
	cr_expect_str_eq(errors, "folder.conf: file: is a folder, a file is needed\n");
	cr_expect_null(load("pipe.conf"));
	cr_expect_str_eq(errors,
	                 "pipe.conf: file: is not a regular file, as it must be\n");
	cr_expect_null(load("binary.conf"));
	cr_expect_str_eq(
	    errors, "binary.conf: file: has a NUL byte in it, a text file is needed\n");
	cr_expect_null(load("none.conf"));
	cr_expect_str_eq(
	    errors, "none.conf: file: cannot be read: No such file or directory\n");

	cr_expect_null(load_text("include(\"[bf]*r*.conf\")\ninclude(\"pipe.conf\")\n"
	                         "include(\"big.conf\")\n"));
	cr_expect_str_eq(
	    errors,
	    "x.conf:1: include: 'folder.conf' is a folder, a file is "
	    "needed\n"
	    "x.conf:2: include: 'pipe.conf' is not a regular file, as it "
	    "must be\n"
	    "x.conf:3: include: 'big.conf' is larger than 1 MiB, split it\n"
	    "binary.conf: file: has a NUL byte in it, a text file is "
	    "needed\n",
	    "%s", errors);
}

Test(load_errors, of_a_full_file_are_none)
{
	char *full = malloc(INCLUDE_FILE_MAX + 1);
	struct settings *s;

	memset(full, '\n', INCLUDE_FILE_MAX);
	full[INCLUDE_FILE_MAX] = '\0';
	s = load_text(full);
	cr_expect_not_null(s, "%s", errors);
	(void)settings_free(s);
	free(full);
}

Test(load_errors, end_circles_and_deep_nesting)
{
	char name[32];
	char text[64];
	int i;

	write_file("a.conf", "include(\"b.conf\")\n");
	write_file("b.conf", "\ninclude(\"./a.conf\")\n");
	cr_expect_null(load("a.conf"));
	cr_expect_str_eq(errors,
	                 "b.conf:2: include: './a.conf' is being read already, a "
	                 "file cannot include itself\n");
	for (i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "%d.conf", i);
		(void)snprintf(text, sizeof(text), "include(\"%d.conf\")\n", i + 1);
		write_file(name, text);
	}
	cr_expect_null(load("0.conf"));
	cr_expect_str_eq(
	    errors, "7.conf:1: include: is nested too deeply, allowed are 8 levels\n");
}

/* As somebody who may not read it: root may read all. */
Test(load_errors, tell_what_may_not_be_read)
{
	need_root("cannot become somebody else");
	cr_assert_eq(mkdir("closed", 0700), 0);
	write_file("closed/a.conf", "");
	write_file("secret.conf", "");
	cr_assert_eq(chmod("secret.conf", 0600), 0);
	cr_assert_eq(chmod(".", 0755), 0);
	write_file("x.conf", "include(\"closed/*.conf\")\ninclude(\"secret.conf\")\n");
	cr_assert_eq(chmod("x.conf", 0644), 0);
	cr_assert_eq(seteuid(65534), 0);
	cr_expect_null(load("x.conf"));
	cr_assert_eq(seteuid(0), 0);
	cr_expect_str_eq(
	    errors,
	    "x.conf:1: include: cannot look for 'closed/*.conf': Permission "
	    "denied\n"
	    "x.conf:2: include: 'secret.conf' cannot be read: Permission "
	    "denied\n",
	    "%s", errors);
}

/* Text cut anywhere, and text with any byte in it, is refused or loaded, and never
 * more: the sanitizers look on. */
Test(load_errors, survive_every_cut_and_every_byte)
{
	static const char whole[] =
	    "log_level = info # c\ndefaults { nice = 3 umask = \"0\\0622\" }\n/* c */\n"
	    "service a { listen = {7000, '@x'}, }\nservice b { inetd = {\"/b\", \"$\"} "
	    "environment = {A=}\n}\n";
	char text[sizeof(whole)];
	size_t i;
	int c;

	for (i = 0; i < sizeof(whole); i++) {
		memcpy(text, whole, i);
		text[i] = '\0';
		(void)settings_free(load_text(text));
	}
	for (i = 0; i < sizeof(whole) - 1; i += 3) {
		for (c = 1; c < 256; c += c < 128 ? 1 : 17) {
			memcpy(text, whole, sizeof(whole));
			text[i] = (char)c;
			(void)settings_free(load_text(text));
			cr_expect(strstr(errors, "not understood") == NULL,
			          "byte %d at %zu: %s", c, i, errors);
		}
	}
}
