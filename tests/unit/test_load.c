/*
 * test_load.c - configurations that are right, and what they come to.
 */
#include "config.h"

#include "config/load.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "config/cpus.h"
#include "config/identity.h"
#include "config/knobs.h"
#include "config/value.h"
#include "test_load_fixture.h"

TestSuite(load, .init = enter_folder, .fini = leave_folder);

static struct settings *
must_load(const char *text)
{
	struct settings *s = load_text(text);

	cr_assert_not_null(s, "%s", errors);
	return s;
}

Test(load, of_an_empty_file_gives_no_services)
{
	struct settings *s = must_load("");

	cr_expect_eq(s->n_services, 0);
	cr_expect_eq(s->log_level, LOG_INFO);
	cr_expect_eq(s->max_workers_total, 0);
	cr_expect_str_eq(s->file, "x.conf");
	cr_expect_str_eq(warnings, "");
	(void)settings_free(s);
}

/* RUNTIME_DIRECTORY, what is written, the path. */
Test(load, finds_a_place_for_the_control_socket)
{
	static const char *const rows[][3] = {
		{ NULL, "", "/run/preforkd/control" },
		{ "relative", "", "/run/preforkd/control" },
		{ "/run/x", "", "/run/x/control" },
		{ "/run/x:/run/y", "", "/run/x/control" },
		{ "/run/x", "control = /run/z.sock\n", "/run/z.sock" },
		{ "/run/x", "control = none\n", NULL },
	};
	char deep[200];
	struct settings *s;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		if (rows[i][0])
			cr_assert_eq(setenv("RUNTIME_DIRECTORY", rows[i][0], 1), 0);
		else
			cr_assert_eq(unsetenv("RUNTIME_DIRECTORY"), 0);
		s = must_load(rows[i][1]);
		if (rows[i][2])
			cr_expect_str_eq(s->control, rows[i][2], "row %zu", i);
		else
			cr_expect_null(s->control, "row %zu", i);
		cr_expect_eq(s->control_origin.kind == ORIGIN_DEFAULT,
		             *rows[i][1] == '\0', "row %zu", i);
		cr_expect_eq(s->control_gid, (gid_t)-1);
		cr_expect_str_eq(warnings, "");
		(void)settings_free(s);
	}
	memset(deep, 'x', sizeof(deep) - 1);
	deep[0] = '/';
	deep[sizeof(deep) - 1] = '\0';
	cr_assert_eq(setenv("RUNTIME_DIRECTORY", deep, 1), 0);
	s = must_load("");
	cr_expect_null(s->control);
	cr_expect(strstr(warnings, "too long") != NULL, "%s", warnings);
	(void)settings_free(s);
}

Test(load, gives_a_service_all_its_defaults)
{
	struct settings *s = must_load("service b { builtin = echo }\n"
	                               "service i { inetd = /bin/cat }\n"
	                               "service p { program = /bin/cat }\n");
	const struct service_settings *b = &s->services[0];
	const struct service_settings *i = &s->services[1];
	const struct service_settings *p = &s->services[2];

	cr_assert_eq(s->n_services, 3);
	cr_expect_eq(b->handler, HANDLER_BUILTIN);
	cr_expect_str_eq(b->builtin, "echo");
	cr_expect_null(b->argv);
	cr_expect_eq(i->handler, HANDLER_INETD);
	cr_expect_null(i->builtin);
	cr_expect_str_eq(i->argv[0], "/bin/cat");
	cr_expect_null(i->argv[1]);
	cr_expect_eq(p->handler, HANDLER_PROGRAM);
	cr_expect_str_eq(p->argv[0], "/bin/cat");

	cr_expect_str_eq(b->name, "b");
	cr_expect_str_eq(b->file, "x.conf");
	cr_expect_eq(p->line, 3);
	cr_expect(b->enabled);
	cr_expect_eq(b->n_listen, 0);
	cr_expect_eq(b->listener.backlog, 4096);
	cr_expect_eq(b->listener.socket_mode, 0666);
	cr_expect_eq(b->listener.socket_uid, (uid_t)-1);
	cr_expect_eq(b->listener.socket_gid, (gid_t)-1);
	cr_expect_not(b->listener.free_bind);
	cr_expect(b->listener.no_delay);
	cr_expect(b->listener.keep_alive);
	cr_expect_eq(b->listener.defer_accept_sec, 0);
	cr_expect_not(b->listener.ipv6_only);
	cr_expect_null(b->listener.bind_to_device);
	cr_expect_eq(b->workers, 0);
	cr_expect_eq(b->min_spare, 2);
	cr_expect_eq(b->max_spare, 8);
	cr_expect_eq(b->max_workers, 64);
	cr_expect_eq(b->start_workers, 0);
	cr_expect_eq(b->idle_retire_usec, 60 * USEC_PER_SEC);
	cr_expect_eq(b->spawn_rate, 4000);
	cr_expect_eq(b->max_connections, 0);
	cr_expect_eq(b->max_age_usec, 0);
	cr_expect_eq(b->max_memory, 0);
	cr_expect_eq(i->workers, 0);
	cr_expect_eq(i->max_workers, 64);
	cr_expect_eq(p->workers, 1);
	cr_expect_eq(service_settings_min(b), 2);
	cr_expect_eq(service_settings_max(b), 64);
	cr_expect_eq(service_settings_min(p), 1);
	cr_expect_eq(service_settings_max(p), 1);
	cr_expect(b->no_new_privileges);
	cr_expect_null(b->environment[0]);
	cr_expect_null(i->environment[0]);
	cr_expect_str_eq(
	    i->path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	cr_expect_str_eq(b->working_directory, "/");
	cr_expect_eq(b->umask, 022);
	cr_expect_eq(b->nice, SIGNED_UNSET);
	cr_expect_eq(b->limits[RLIMIT_NOFILE], RLIMIT_UNSET);
	cr_expect_eq(b->limits[RLIMIT_CORE], RLIMIT_UNSET);
	cr_expect_eq(b->first_byte_usec, 60 * USEC_PER_SEC);
	cr_expect_eq(i->first_byte_usec, 0);
	cr_expect_eq(p->first_byte_usec, 0);
	cr_expect_eq(b->idle_usec, 60 * USEC_PER_SEC);
	cr_expect_eq(i->idle_usec, 0);
	cr_expect_eq(i->max_duration_usec, 0);
	cr_expect_eq(p->start_usec, 30 * USEC_PER_SEC);
	cr_expect_eq(p->stop_usec, 30 * USEC_PER_SEC);
	cr_expect_eq(p->kill_usec, 5 * USEC_PER_SEC);
	cr_expect_eq(b->linger_usec, 2 * USEC_PER_SEC);
	cr_expect_eq(i->linger_usec, 0);
	cr_expect_eq(p->pass, PASS_LISTEN_FDS);
	cr_expect_eq(p->ready, READY_EXEC);
	cr_expect_eq(p->stop_signal, SIGTERM);
	cr_expect_eq(i->stderr_to, STDERR_LOG);
	cr_expect_eq(b->origins[0].kind, ORIGIN_DEFAULT);
	(void)settings_free(s);
}

Test(load, takes_the_service_over_defaults_over_the_table)
{
	/* Of what defaults say, each service takes what fits it. */
	struct settings *s = must_load(
	    "service a { builtin = echo  stop_timeout = 7s }\n"
	    "defaults { stop_timeout = 8s  kill_timeout = 9s  idle_timeout = 10s\n"
	    " pass = stdin  stderr = connection  environment = {\"A=b\"}  workers = 3 "
	    "}\n"
	    "service i { inetd = /bin/cat environment = {} }\n"
	    "service p { program = /bin/cat  workers = 2 }\n");
	const struct service_settings *a = &s->services[0];
	const struct service_settings *i = &s->services[1];
	const struct service_settings *p = &s->services[2];
	size_t stop = (size_t)(knob_find("stop_timeout") - service_knobs);
	size_t kill = (size_t)(knob_find("kill_timeout") - service_knobs);

	cr_expect_eq(a->stop_usec, 7 * USEC_PER_SEC);
	cr_expect_eq(i->stop_usec, 8 * USEC_PER_SEC);
	cr_expect_eq(a->kill_usec, 9 * USEC_PER_SEC);
	cr_expect_eq(a->idle_usec, 10 * USEC_PER_SEC);
	cr_expect_eq(i->idle_usec, 0);
	cr_expect_eq(i->stderr_to, STDERR_CONNECTION);
	cr_expect_eq(p->stderr_to, STDERR_LOG);
	cr_expect_eq(p->pass, PASS_STDIN);
	cr_expect_null(i->environment[0]);
	cr_expect_str_eq(p->environment[0], "A=b");
	cr_expect_eq(a->workers, 3);
	cr_expect_eq(p->workers, 2);
	cr_expect_eq(a->origins[stop].kind, ORIGIN_SERVICE);
	cr_expect_eq(a->origins[stop].line, 1);
	cr_expect_str_eq(a->origins[stop].file, "x.conf");
	cr_expect_eq(a->origins[kill].kind, ORIGIN_DEFAULTS_SECTION);
	cr_expect_eq(a->origins[kill].line, 2);
	(void)settings_free(s);
}

/* What is said gives the measure to what is not. */
Test(load, settles_how_many_workers_there_are)
{
	/* clang-format off */
	static const struct {
		const char *defaults, *service;
		unsigned workers, min_spare, max_spare, max_workers, start;
	} rows[] = {
		{ "", "", 0, 2, 8, 64, 0 },
		{ "", "workers = 5", 5, 2, 8, 64, 0 },
		{ "", "min_spare = 1", 0, 1, 8, 64, 0 },
		{ "", "min_spare = 0", 0, 0, 8, 64, 0 },
		{ "", "min_spare = 10", 0, 10, 20, 64, 0 },
		{ "", "min_spare = 100", 0, 100, 100, 100, 0 },
		{ "", "max_spare = 1", 0, 1, 1, 64, 0 },
		{ "", "max_spare = 0", 0, 0, 0, 64, 0 },
		{ "", "max_workers = 1", 0, 1, 1, 1, 0 },
		{ "", "max_workers = 6", 0, 2, 6, 6, 0 },
		{ "", "start_workers = 100", 0, 2, 8, 100, 100 },
		{ "", "min_spare = 4 max_spare = 4 max_workers = 4", 0, 4, 4, 4, 0 },
		{ "workers = 3", "", 3, 2, 8, 64, 0 },
		{ "workers = 3", "max_workers = 9", 0, 2, 8, 9, 0 },
		{ "max_workers = 9", "workers = 3", 3, 2, 8, 9, 0 },
		{ "min_spare = 3", "max_workers = 9", 0, 3, 8, 9, 0 },
		{ "min_spare = 3 max_spare = 5", "min_spare = 1", 0, 1, 5, 64, 0 },
	};
	/* clang-format on */
	char text[256];
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const struct service_settings *ss;
		struct settings *s;

		(void)snprintf(
		    text, sizeof(text),
		    "defaults { %s }\nservice a { builtin = echo listen = 1 %s }\n",
		    rows[i].defaults, rows[i].service);
		s = must_load(text);
		ss = &s->services[0];
		cr_expect_eq(ss->workers, rows[i].workers, "%s", text);
		cr_expect_eq(ss->start_workers, rows[i].start, "%s", text);
		if (rows[i].workers == 0) {
			cr_expect_eq(ss->min_spare, rows[i].min_spare, "%s", text);
			cr_expect_eq(ss->max_spare, rows[i].max_spare, "%s", text);
			cr_expect_eq(ss->max_workers, rows[i].max_workers, "%s", text);
		}
		(void)settings_free(s);
	}
}

/* A range in `defaults` is for those whom it fits. */
Test(load, gives_a_program_no_range)
{
	struct settings *s = must_load("defaults { min_spare = 5 }\n"
	                               "service p { program = /bin/cat listen = 1 }\n");

	cr_expect_eq(s->services[0].workers, 1);
	cr_expect_eq(service_settings_max(&s->services[0]), 1);
	(void)settings_free(s);
}

Test(load, counts_processes)
{
	struct settings *s =
	    must_load("max_workers_total = 21\n"
	              "service a { builtin = echo  listen = {1, 2}  workers = 9 }\n"
	              "service b { program = a  listen = {3, 4}  workers = 3 }\n"
	              "service c { builtin = echo  listen = 5  enabled = no }\n"
	              "service d { builtin = echo  enabled = no }\n");

	cr_expect_eq(service_settings_processes(&s->services[0]), 18);
	cr_expect_eq(service_settings_processes(&s->services[1]), 3);
	cr_expect_eq(service_settings_processes(&s->services[2]), 64);
	cr_expect_eq(service_settings_processes(&s->services[3]), 64);
	cr_expect_eq(s->max_workers_total, 21);
	(void)settings_free(s);
}

/* What stands between the quotes, byte by byte: ours and libconfuse's reading must
 * be the same. */
Test(load, reads_words_and_quotes_as_documented)
{
	static const struct {
		const char *written;
		const char *read[4];
	} rows[] = {
		{ "/bin/a", { "/bin/a" } },
		{ "{/bin/a}", { "/bin/a" } },
		{ "{/bin/a,}", { "/bin/a" } },
		{ "{/bin/a, b,c}", { "/bin/a", "b", "c" } },
		{ "{a /* c */,/**/b # d\n,// e {\n'c'}", { "a", "b", "c" } },
		{ "{a,b}// \"\n", { "a", "b" } },
		{ "{a, b//c}", { "a", "b//c" } },
		{ "{a, http://x}", { "a", "http://x" } },
		{ "{a, b;}", { "a", "b;" } },
		{ "{a, \"\"}", { "a", "" } },
		{ "{a, ''}", { "a", "" } },
		{ "{a, \"b c\", 'd e'}", { "a", "b c", "d e" } },
		{ "{a, \"# no // comment /* at all */\"}",
		  { "a", "# no // comment /* at all */" } },
		{ "{a, \"'\", '\"'}", { "a", "'", "\"" } },
		{ "{a, \"\\\"\\\\\", '\\'\\\\'}", { "a", "\"\\", "'\\" } },
		{ "{a, \"\\n\\t\\e\\a\\r\\b\\f\\v\"}", { "a", "\n\t\033\a\r\b\f\v" } },
		{ "{a, '\\n\\x'}", { "a", "\\n\\x" } },
		{ "{a, \"\\101\\x42\\7\\x4a4\"}", { "a", "AB\aJ4" } },
		{ "{a, \"\\377\"}", { "a", "\377" } },
		{ "{a, \"b\\\nc\"}", { "a", "bc" } },
		{ "{a, 'b\\\nc'}", { "a", "bc" } },
		{ "{a, \"\\$\\{x}\", '${x}', \"$x $\"}",
		  { "a", "${x}", "${x}", "$x $" } },
		{ "{a, $b}", { "a", "$b" } },
		{ "{a, \"*+={}(),\"}", { "a", "*+={}()," } },
		{ "{a, \"\303\244\", \303\266}", { "a", "\303\244", "\303\266" } },
		{ "{a,\r\n b}\r\n", { "a", "b" } },
		{ "{\ta\t,\tb\t}", { "a", "b" } },
	};
	char text[256];
	size_t i;
	size_t j;

	cr_assert_eq(setenv("x", "from the environment", 1), 0);
	for (i = 0; i < countof(rows); i++) {
		struct settings *s;
		char **argv;

		(void)snprintf(text, sizeof(text),
		               "service s { inetd = %s nice = 1\n}\n", rows[i].written);
		s = must_load(text);
		argv = s->services[0].argv;
		for (j = 0; j < 4 && rows[i].read[j] != NULL; j++) {
			cr_assert_not_null(argv[j], "%s: %zu", rows[i].written, j);
			cr_expect_str_eq(argv[j], rows[i].read[j], "%s: %s",
			                 rows[i].written, argv[j]);
		}
		cr_expect_null(argv[j], "%s: %s", rows[i].written, argv[j]);
		cr_expect_eq(s->services[0].nice, 1);
		(void)settings_free(s);
	}
}

Test(load, tells_lines_after_comments_and_quotes)
{
	struct settings *s =
	    must_load("\xef\xbb\xbf# one\n/* two\nthree */ service a { // four\n"
	              "/* a */ /* b */ inetd = {\"x\\\ny\",\n# z\n'w'}\n"
	              "nice = 8 } service b { builtin = echo }");
	size_t nice_at = (size_t)(knob_find("nice") - service_knobs);

	cr_expect_eq(s->services[0].line, 3);
	cr_expect_eq(s->services[0].origins[nice_at].line, 8);
	cr_expect_eq(s->services[1].line, 8);
	(void)settings_free(s);
}

/* --- values, by the thousand ------------------------------------------------- */

static int
parse(const char *key, const char *text, struct service_settings *ret)
{
	char *list[] = { (char *)text, NULL };
	const struct written_value v = { .set = true, .values = list, .n = 1 };
	char why[WHY_MAX] = "";
	int r;

	memset(ret, 0, sizeof(*ret));
	r = value_parse(knob_find(key), &v, ret, why);
	cr_expect_eq(r == 0, *why == '\0', "%s = '%s': %s", key, text, why);
	return r;
}

Test(load, takes_every_count_in_range_and_no_other)
{
	struct service_settings s;
	char text[32];
	unsigned n;

	for (n = 0; n < 17000; n++) {
		(void)snprintf(text, sizeof(text), "%u", n);
		cr_assert_eq(parse("workers", text, &s) == 0, n >= 1 && n <= 16384,
		             "%s", text);
		cr_assert(n < 1 || n > 16384 || s.workers == n, "%s", text);
		(void)snprintf(text, sizeof(text), "0%u", n);
		cr_assert_neq(parse("workers", text, &s), 0, "%s", text);
		(void)snprintf(text, sizeof(text), "-%u", n);
		cr_assert_neq(parse("backlog", text, &s), 0, "%s", text);
		(void)snprintf(text, sizeof(text), "%u ", n);
		cr_assert_neq(parse("backlog", text, &s), 0, "%s", text);
	}
}

Test(load, takes_every_duration_in_range_and_no_other)
{
	static const struct {
		const char *unit;
		uint64_t usec;
	} units[] = { { "ms", 1000 },      { "s", 1000000 },    { "", 1000000 },
		      { "m", 60000000 },   { "min", 60000000 }, { "h", 3600000000 },
		      { "d", 86400000000 } };
	const uint64_t day = 86400000000;
	struct service_settings s;
	char text[32];
	unsigned n;
	size_t i;

	for (i = 0; i < countof(units); i++) {
		for (n = 0; n < 3000; n++) {
			uint64_t usec = n * units[i].usec;

			(void)snprintf(text, sizeof(text), "%u%s", n, units[i].unit);
			cr_assert_eq(parse("stop_timeout", text, &s) == 0,
			             usec > 0 && usec <= day, "%s", text);
			if (usec > 0 && usec <= day)
				cr_assert_eq(s.stop_usec, usec, "%s", text);
			cr_assert_eq(parse("idle_timeout", text, &s) == 0, usec <= day,
			             "%s", text);
			cr_assert_eq(parse("defer_accept", text, &s) == 0,
			             usec % 1000000 == 0 && usec <= day / 24, "%s",
			             text);
			if (usec % 1000000 == 0 && usec <= day / 24)
				cr_assert_eq(s.listener.defer_accept_sec,
				             usec / 1000000);
		}
	}
}

Test(load, takes_every_mode_and_no_other)
{
	struct service_settings s;
	char text[32];
	unsigned n;

	for (n = 0; n < 020000; n++) {
		(void)snprintf(text, sizeof(text), "%03o", n);
		cr_assert_eq(parse("socket_mode", text, &s) == 0, n <= 0777, "%s",
		             text);
		cr_assert(n > 0777 || s.listener.socket_mode == n, "%s", text);
		(void)snprintf(text, sizeof(text), "%04o", n);
		cr_assert_eq(parse("umask", text, &s) == 0, n <= 0777, "%s", text);
		cr_assert(n > 0777 || s.umask == n, "%s", text);
	}
}

Test(load, takes_the_edges_of_every_other_kind)
{
	static const struct {
		const char *key;
		const char *text;
		bool good;
	} rows[] = {
		{ "nice", "-20", true },
		{ "nice", "-21", false },
		{ "nice", "19", true },
		{ "nice", "20", false },
		{ "nice", "--1", false },
		{ "nice", "-", false },
		{ "nice", "", false },
		{ "no_delay", "true", true },
		{ "no_delay", "off", true },
		{ "no_delay", "TRUE", false },
		{ "no_delay", "y", false },
		{ "limit_core", "0", true },
		{ "limit_core", "unlimited", true },
		{ "limit_core", "16M", true },
		{ "limit_core", "18446744073709551613", true },
		{ "limit_core", "18446744073709551614", false },
		{ "limit_core", "18446744073709551615", false },
		{ "limit_core", "18446744073709551616", false },
		{ "limit_core", "16777216T", false },
		{ "limit_nofile", "16", true },
		{ "limit_nofile", "15", false },
		{ "limit_nofile", "1K", false },
		{ "limit_nofile", "unlimited", false },
		{ "limit_as", "16M", true },
		{ "limit_as", "16777215", false },
		{ "limit_as", "unlimited", true },
		{ "limit_data", "4M", true },
		{ "limit_data", "3M", false },
		{ "limit_stack", "256K", true },
		{ "limit_stack", "255K", false },
		{ "limit_fsize", "0", true },
		{ "limit_memlock", "1T", true },
		{ "limit_msgqueue", "1X", false },
		{ "limit_rss", "", false },
		{ "limit_cpu", "1", true },
		{ "limit_cpu", "1min", true },
		{ "limit_cpu", "unlimited", true },
		{ "limit_cpu", "0", false },
		{ "limit_cpu", "500ms", false },
		{ "limit_cpu", "1500ms", false },
		{ "limit_cpu", "366d", false },
		{ "limit_rttime", "1ms", true },
		{ "limit_rttime", "1500ms", true },
		{ "limit_rttime", "0", false },
		{ "limit_nice", "0", true },
		{ "limit_nice", "40", true },
		{ "limit_nice", "41", false },
		{ "limit_nice", "unlimited", false },
		{ "limit_rtprio", "99", true },
		{ "limit_rtprio", "100", false },
		{ "limit_nproc", "1", true },
		{ "limit_nproc", "0", false },
		{ "limit_nproc", "1K", false },
		{ "limit_nproc", "unlimited", true },
		{ "limit_nproc", "18446744073709551613", true },
		{ "limit_nproc", "18446744073709551614", false },
		{ "limit_locks", "0", true },
		{ "limit_sigpending", "0", false },
		{ "limit_sigpending", "1", true },
		{ "oom_score_adjust", "-1000", true },
		{ "oom_score_adjust", "-1001", false },
		{ "oom_score_adjust", "1000", true },
		{ "oom_score_adjust", "1001", false },
		{ "oom_score_adjust", "+1", false },
		{ "chroot", "/srv/jail", true },
		{ "chroot", "jail", false },
		{ "capabilities", "CAP_NET_RAW", true },
		{ "capabilities", "CAP_CHOWN", true },
		{ "capabilities", "CAP_CHECKPOINT_RESTORE", true },
		{ "capabilities", "NET_RAW", false },
		{ "capabilities", "cap_net_raw", false },
		{ "capabilities", "CAP_", false },
		{ "capabilities", "", false },
		{ "stop_signal", "SIGTERM", true },
		{ "stop_signal", "HUP", true },
		{ "stop_signal", "12", true },
		{ "stop_signal", "0", false },
		{ "stop_signal", "9", false },
		{ "stop_signal", "SIGSTOP", false },
		{ "stop_signal", "sigterm", false },
		{ "working_directory", "/", true },
		{ "working_directory", "./x", false },
		{ "bind_to_device", "eth0", true },
		{ "bind_to_device", "abcdefghijklmno", true },
		{ "bind_to_device", "abcdefghijklmnop", false },
		{ "bind_to_device", "a b", false },
		{ "bind_to_device", "..", false },
		{ "socket_user", "0", true },
		{ "socket_user", "4294967294", true },
		{ "socket_user", "4294967295", false },
		{ "socket_user", "nobody", true },
		{ "socket_user", "no-such-user", false },
		{ "socket_group", "no-such-group", false },
		{ "builtin", "chargen", true },
		{ "builtin", "Echo", false },
		{ "workers", "auto", true },
		{ "workers", "AUTO", false },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct service_settings s;

		cr_expect_eq(parse(rows[i].key, rows[i].text, &s) == 0, rows[i].good,
		             "%s = %s", rows[i].key, rows[i].text);
		free(s.builtin);
		free(s.working_directory);
		free(s.chroot);
		free((char *)s.listener.bind_to_device);
	}
}

Test(load, lets_addresses_meet_that_do_not_collide)
{
	struct settings *s =
	    must_load("service a { builtin = echo  listen = {\"127.0.0.1:80\", "
	              "\"0.0.0.0:80\", 80, \"[::1]:80\", 0, \"127.0.0.1:0\"} }\n"
	              "service b { builtin = echo  listen = {0, \"127.0.0.1:0\"} }\n"
	              "service c { builtin = echo  listen = 80  enabled = no }\n"
	              "service d { builtin = echo  listen = 80  enabled = no }\n"
	              "service e { builtin = echo }\nservice f { builtin = echo }\n");

	cr_expect_eq(s->services[0].n_listen, 6);
	cr_expect_str_eq(s->services[0].listen[2].text, "[::]:80");
	(void)settings_free(s);
}

Test(load, takes_the_path_from_the_environment_of_the_service)
{
	struct settings *s = must_load("service a { inetd = cat  environment = "
	                               "{\"XPATH=/x\", \"PATH=/a:/b\", \"LANG=\"} }\n");

	cr_expect_str_eq(s->services[0].path, "/a:/b");
	cr_expect_str_eq(s->services[0].environment[1], "PATH=/a:/b");
	cr_expect_str_eq(s->services[0].environment[2], "LANG=");
	(void)settings_free(s);
}

/* --- includes ------------------------------------------------------------------ */

Test(load, includes_by_pattern_in_the_order_of_bytes)
{
	static const char *const names[] = { "b.conf",  "B.conf", "a.conf",
		                             "10.conf", "9.conf", "_.conf" };
	static const char *const order[] = { "10.conf", "9.conf", "B.conf",
		                             "_.conf",  "a.conf", "b.conf" };
	char path[64];
	char text[128];
	struct settings *s;
	size_t i;

	/* A folder whose name is a pattern by itself, and not the current one. */
	cr_assert_eq(mkdir("[x]*", 0755), 0);
	cr_assert_eq(mkdir("[x]*/d", 0755), 0);
	for (i = 0; i < countof(names); i++) {
		(void)snprintf(path, sizeof(path), "[x]*/d/%s", names[i]);
		(void)snprintf(text, sizeof(text), "service s%s { builtin = echo }\n",
		               names[i]);
		write_file(path, text);
	}
	write_file("[x]*/d/.hidden.conf", "nonsense");
	write_file("[x]*/d/a.conf~", "nonsense");
	write_file("[x]*/main.conf",
	           "include(\"none/*.conf\")\ninclude(\"d/*.conf\")\n"
	           "include(\"d/*.none\")\nservice first { builtin = echo }\n");
	s = load("[x]*/main.conf");
	cr_assert_not_null(s, "%s", errors);
	cr_assert_eq(s->n_services, 1 + countof(order));
	cr_expect_str_eq(s->services[0].name, "first");
	for (i = 0; i < countof(order); i++) {
		cr_expect_str_eq(s->services[i + 1].name + 1, order[i]);
		(void)snprintf(path, sizeof(path), "[x]*/d/%s", order[i]);
		cr_expect_str_eq(s->services[i + 1].file, path);
	}
	(void)settings_free(s);
}

Test(load, includes_relative_to_the_file_that_says_so)
{
	struct settings *s;
	char text[512];

	cr_assert_eq(mkdir("a", 0755), 0);
	cr_assert_eq(mkdir("a/b", 0755), 0);
	write_file("a/one.conf", "include(\"b/two.conf\")\n");
	write_file("a/b/two.conf", "include(\"../../three.conf\")\n");
	(void)snprintf(text, sizeof(text), "include(\"%s/four.conf\")\n", folder);
	write_file("three.conf", text);
	write_file("four.conf", "defaults { nice = 4 }\n");
	s = must_load("service x { builtin = echo }\ninclude(\"a/one.conf\")\n");
	cr_expect_eq(s->services[0].nice, 4);
	cr_expect_eq(s->n_files, 5);
	cr_expect_str_eq(s->files[3], "a/b/../../three.conf");
	(void)settings_free(s);
}

/* --- who ------------------------------------------------------------------------ */

Test(load, resolves_users_and_groups)
{
	struct settings *s;
	const struct identity *id;

	need_root("cannot become somebody else");
	s = must_load("service a { builtin = echo  user = www-data }\n"
	              "service b { builtin = echo  user = 33  group = nogroup }\n"
	              "service c { builtin = echo  user = 54321  group = 12345 }\n"
	              "defaults { group = www-data }\n"
	              "service d { builtin = echo  user = nobody }\n");
	id = &s->services[0].identity;
	cr_expect_str_eq(id->user, "www-data");
	cr_expect_eq(id->uid, getpwnam("www-data")->pw_uid);
	cr_expect_eq(id->gid, getpwnam("www-data")->pw_gid);
	cr_expect_str_eq(id->home, getpwnam("www-data")->pw_dir);
	cr_expect_str_eq(id->shell, getpwnam("www-data")->pw_shell);
	cr_expect(id->switch_user);
	cr_expect_geq(id->n_groups, 1);
	cr_expect_eq(id->groups[0], id->gid);
	id = &s->services[1].identity;
	cr_expect_str_eq(id->user, "www-data");
	cr_expect_eq(id->gid, getgrnam("nogroup")->gr_gid);
	id = &s->services[2].identity;
	cr_expect_str_eq(id->user, "54321");
	cr_expect_str_eq(id->home, "/");
	cr_expect_str_eq(id->shell, "/bin/sh");
	cr_expect_eq(id->uid, 54321);
	cr_expect_eq(id->gid, 12345);
	cr_expect_eq(id->n_groups, 1);
	cr_expect_eq(id->groups[0], 12345);
	id = &s->services[3].identity;
	cr_expect_eq(id->gid, getgrnam("www-data")->gr_gid);
	cr_expect_str_eq(warnings, "");
	(void)settings_free(s);
}

Test(load, says_which_user_or_group_is_missing)
{
	need_root("cannot become somebody else");
	cr_expect_null(load_text("service a { builtin = echo  user = no-such }\n"
	                         "service b { builtin = echo  group = no-such }\n"
	                         "service c { builtin = echo  user = 54321 }\n"
	                         "service d { builtin = echo\n socket_user = no-such\n"
	                         "socket_group = no-such }\n"));
	cr_expect_str_eq(
	    errors,
	    "x.conf:1: user: there is no user 'no-such', write the name of one or a "
	    "number\n"
	    "x.conf:2: group: there is no group 'no-such', write the name of one or a "
	    "number\n"
	    "x.conf:3: user: number 54321 is in no user database, set 'group' too\n"
	    "x.conf:5: socket_user: there is no user 'no-such', write the name of one "
	    "or "
	    "a number\n"
	    "x.conf:6: socket_group: there is no group 'no-such', write the name of "
	    "one "
	    "or a number\n",
	    "%s", errors);
	cr_expect_null(load_text("defaults { user = no-such }\n"
	                         "service a { builtin = echo }\n"
	                         "service b { builtin = echo }\n"));
	cr_expect_str_eq(
	    errors,
	    "x.conf:1: user: there is no user 'no-such', write the name of "
	    "one or a number\n",
	    "%s", errors);
}

/* No descriptor is left: nobody can tell who is there. */
static int
resolve_without_descriptors(const char *user, const char *group,
                            struct identity_error *error)
{
	struct rlimit before;
	struct identity id;
	bool fell_back = false;
	int r;

	(void)getpwnam("root"); /* the libraries are loaded */
	(void)getgrnam("root");
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, before.rlim_max }),
	             0);
	r = identity_resolve(user, group, &id, &fell_back, error);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	if (r == 0)
		identity_done(&id);
	return r;
}

Test(load, makes_nobody_of_a_user_database_that_cannot_be_read)
{
	static const char why[] =
	    "the user database cannot be read: Too many open files";
	struct identity_error error;

	need_root("cannot become somebody else");
	cr_expect_eq(resolve_without_descriptors(NULL, NULL, &error), -EINVAL);
	cr_expect_str_eq(error.why, why);
	cr_expect_eq(resolve_without_descriptors("www-data", NULL, &error), -EINVAL);
	cr_expect_str_eq(error.why, why);
	cr_expect_eq(resolve_without_descriptors("54321", "7", &error), -EINVAL);
	cr_expect_str_eq(error.why, why);
}

Test(load, warns_once_of_the_substitute_user_and_each_time_of_root)
{
	struct settings *s;
	size_t privileges = (size_t)(knob_find("no_new_privileges") - service_knobs);

	need_root("cannot become somebody else");
	s = must_load("\nservice o { builtin = echo  enabled = no }\n"
	              "service a { builtin = echo }\nservice b { builtin = echo }\n");
	if (getpwnam("_preforkd") == NULL) {
		cr_expect_str_eq(
		    warnings, "x.conf:3: user: user '_preforkd' does not exist, using "
		              "'nobody'; make it with systemd-sysusers or set user\n");
		cr_expect_str_eq(s->services[1].identity.user, "nobody");
	} else {
		cr_expect_str_eq(warnings, "");
		cr_expect_str_eq(s->services[1].identity.user, "_preforkd");
	}
	cr_expect(s->services[1].no_new_privileges);
	(void)settings_free(s);

	s = must_load("defaults { user = root }\nservice a { builtin = echo }\n"
	              "service b { builtin = echo\n no_new_privileges = yes }\n");
	cr_expect_str_eq(warnings,
	                 "x.conf:1: user: 'a' runs as root, give it a user of "
	                 "its own\n"
	                 "x.conf:1: user: 'b' runs as root, give it a user of "
	                 "its own\n");
	cr_expect_not(s->services[0].no_new_privileges);
	cr_expect(s->services[1].no_new_privileges);
	cr_expect_eq(s->services[0].origins[privileges].kind, ORIGIN_DEFAULT);
	cr_expect(s->services[0].identity.switch_user);
	(void)settings_free(s);
}

/* The master is somebody: it stays so, and may say so. */
Test(load, takes_no_other_user_without_root)
{
	struct settings *s;
	char text[256];
	char user[64];
	bool was_root = geteuid() == 0;

	cr_assert_eq(chmod(".", 0777), 0);
	if (was_root)
		cr_assert_eq(seteuid(65534), 0);
	(void)snprintf(user, sizeof(user), "%u", (unsigned)geteuid());
	s = must_load("service a { builtin = echo }\n");
	cr_expect_not(s->services[0].identity.switch_user);
	cr_expect_eq(s->services[0].identity.uid, geteuid());
	cr_expect_eq(s->services[0].identity.gid, getegid());
	cr_expect_str_eq(warnings, "");
	(void)settings_free(s);
	(void)snprintf(text, sizeof(text),
	               "service a { builtin = echo  user = %u  group = %u }\n",
	               (unsigned)geteuid(), (unsigned)getegid());
	s = must_load(text);
	cr_expect_eq(s->services[0].identity.uid, geteuid());
	if (getpwuid(geteuid()) != NULL)
		(void)snprintf(user, sizeof(user), "%s", getpwuid(geteuid())->pw_name);
	cr_expect_str_eq(s->services[0].identity.user, user);
	(void)settings_free(s);

	cr_expect_null(load_text("service a { builtin = echo  user = root }\n"
	                         "service b { builtin = echo  group = 54321 }\n"));
	(void)snprintf(
	    text, sizeof(text),
	    "x.conf:1: user: only root can become 'root', leave it out to run "
	    "as '%s'",
	    user);
	cr_expect(strncmp(errors, text, strlen(text)) == 0, "%s", errors);
	cr_expect_not_null(strstr(errors, "x.conf:2: group: only root can change to "
	                                  "'54321', leave it out or start preforkd as "
	                                  "root\n"),
	                   "%s", errors);
	if (was_root) /* for the leak check, which traces this process */
		cr_assert_eq(seteuid(0), 0);
}

/* --- workers = "auto" --------------------------------------------------------------
 */

Test(load, counts_processors_by_quota)
{
	static const struct {
		const char *self;
		const char *file;
		const char *text;
		unsigned n;
	} rows[] = {
		{ "0::/a/b\n", "a/b/cpu.max", "max 100000\n", 0 },
		{ "0::/a/b\n", "a/b/cpu.max", "50000 100000\n", 1 },
		{ "0::/a/b\n", "a/b/cpu.max", "250000 100000\n", 3 },
		{ "0::/a/b\n", "a/cpu.max", "200000 100000\n", 2 },
		{ "0::/\n", "cpu.max", "400000 100000\n", 4 },
		{ "0::/a/b\n", "a/b/cpu.max", "nonsense\n", 0 },
		{ "0::/elsewhere\n", "a/b/cpu.max", "50000 100000\n", 0 },
		{ "4:memory:/\n3:cpuacct,cpu:/a/b\n", "cpu/a/b/cpu.cfs_quota_us",
		  "150000\n", 2 },
		{ "3:cpu,cpuacct:/a/b\n", "cpu/a/b/cpu.cfs_quota_us", "-1\n", 0 },
		{ "3:cpuset:/a/b\n", "cpu/a/b/cpu.cfs_quota_us", "150000\n", 0 },
		{ "", "cpu.max", "50000 100000\n", 0 },
		{ "nonsense", "cpu.max", "50000 100000\n", 0 },
	};
	size_t i;

	cr_assert_eq(mkdir("a", 0755), 0);
	cr_assert_eq(mkdir("a/b", 0755), 0);
	cr_assert_eq(mkdir("cpu", 0755), 0);
	cr_assert_eq(mkdir("cpu/a", 0755), 0);
	cr_assert_eq(mkdir("cpu/a/b", 0755), 0);
	write_file("cpu/a/b/cpu.cfs_period_us", "100000\n");
	for (i = 0; i < countof(rows); i++) {
		write_file(rows[i].file, rows[i].text);
		cr_expect_eq(cpus_by_quota(rows[i].self, folder), rows[i].n,
		             "%s, %s: %u", rows[i].self, rows[i].text,
		             cpus_by_quota(rows[i].self, folder));
		cr_assert_eq(unlink(rows[i].file), 0);
	}
	write_file("cpu.max", "300000 100000\n");
	write_file("a/cpu.max", "200000 100000\n");
	write_file("a/b/cpu.max", "800000 100000\n");
	cr_expect_eq(cpus_by_quota("0::/a/b\n", folder), 2, "the tightest counts");
}

Test(load, takes_no_more_processors_than_the_mask_has)
{
	struct settings *s =
	    must_load("service a { builtin = echo  workers = auto }\n");
	cpu_set_t one;

	cr_expect_eq(s->services[0].workers, cpus_available());
	(void)settings_free(s);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	cr_assert_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	cr_expect_eq(cpus_available(), 1);
}

/* --- the command line ----------------------------------------------------------------
 */

static struct settings *
from_options(const struct command_line_service *c)
{
	struct settings *s = NULL;
	int r;

	forget();
	r = settings_from_command_line(c, &ears, &s);
	cr_expect_eq(r == 0, s != NULL);
	return s;
}

static void
write_program(const char *path)
{
	write_file(path, "#!/bin/sh\n");
	cr_assert_eq(chmod(path, 0755), 0);
}

Test(load, of_a_command_line_finds_the_program_as_a_shell_does)
{
	const char *const listen[] = { "7000", "/run/x", NULL };
	char *argv[] = { NULL, (char *)"-n", (char *)"${X}", NULL };
	struct command_line_service c = { .listen = listen,
		                          .workers = "3",
		                          .handler = HANDLER_PROGRAM,
		                          .argv = argv,
		                          .path = "none:/none:b:/bin",
		                          .directory = folder };
	static const struct {
		const char *written;
		const char *path;
		const char *found; /* with '/': relative to the folder */
		const char *name;
	} rows[] = {
		{ "tool", "none:/none:b:/bin", "/b/tool", "tool" },
		{ "tool", "folder:b", "/b/tool", "tool" },
		{ "tool.sh", "b:", "/tool.sh", "tool.sh" },
		{ "tool.sh", ":b", "/tool.sh", "tool.sh" },
		{ "b/tool", "", "/b/tool", "tool" },
		{ "./b/tool", "", "/b/tool", "tool" },
		{ "../x/to$ol", "", "/../x/to$ol", "to_ol" },
		{ "missing/.sh", "", "/missing/.sh", "_sh" },
	};
	char wanted[512];
	size_t i;

	cr_assert_eq(mkdir("b", 0755), 0);
	cr_assert_eq(mkdir("folder", 0755), 0);
	cr_assert_eq(mkdir("folder/tool", 0755), 0);
	write_program("b/tool");
	write_program("tool.sh");
	write_file("tool", "not executable\n");
	for (i = 0; i < countof(rows); i++) {
		struct settings *s;

		argv[0] = (char *)rows[i].written;
		c.path = rows[i].path;
		s = from_options(&c);
		cr_assert_not_null(s, "%s: %s", rows[i].written, errors);
		cr_assert_eq(s->n_services, 1);
		(void)snprintf(wanted, sizeof(wanted), "%s%s", folder, rows[i].found);
		cr_expect_str_eq(s->services[0].argv[0], wanted);
		cr_expect_str_eq(s->services[0].argv[2], "${X}");
		cr_expect_null(s->services[0].argv[3]);
		cr_expect_str_eq(s->services[0].name, rows[i].name);
		cr_expect_str_eq(s->services[0].path, rows[i].path);
		cr_expect_str_eq(s->services[0].working_directory, folder);
		cr_expect_eq(s->services[0].workers, 3);
		cr_expect_eq(s->services[0].n_listen, 2);
		cr_expect_null(s->file);
		(void)settings_free(s);
	}
}

Test(load, of_a_command_line_serves_a_builtin)
{
	const char *const listen[] = { "127.0.0.1:7000", NULL };
	const struct command_line_service c = { .listen = listen,
		                                .handler = HANDLER_BUILTIN,
		                                .builtin = "echo",
		                                .path = "/bin",
		                                .directory = "/" };
	struct settings *s = from_options(&c);

	cr_assert_not_null(s, "%s", errors);
	cr_expect_str_eq(s->services[0].name, "echo");
	cr_expect_str_eq(s->services[0].builtin, "echo");
	cr_expect_eq(s->services[0].workers, 0);
	cr_expect_eq(s->services[0].max_workers, 64);
	cr_expect_eq(s->services[0].origins[knob_find("workers") - service_knobs].kind,
	             ORIGIN_DEFAULT);
	cr_expect_eq(s->services[0].origins[knob_find("listen") - service_knobs].kind,
	             ORIGIN_COMMAND_LINE);
	(void)settings_free(s);
}

Test(load, of_a_command_line_names_the_option_that_is_wrong)
{
	const char *const good[] = { "7000", NULL };
	const char *const bad[] = { "7000", "localhost:1", NULL };
	const char *const twice[] = { "7000", "[::]:7000", NULL };
	char *const cat[] = { (char *)"/bin/cat", NULL };
	char *const nix[] = { (char *)"no-such-command", NULL };
	char *const none[] = { NULL };
	const struct {
		struct command_line_service c;
		const char *messages;
	} rows[] = {
		{ { .listen = bad, .handler = HANDLER_INETD, .argv = cat },
		  "-l: 'localhost:1' is no address: a host is a number such as "
		  "127.0.0.1 "
		  "or [::1], not a name\n" },
		{ { .listen = twice, .handler = HANDLER_INETD, .argv = cat },
		  "-l: '[::]:7000' is given twice, keep one\n" },
		{ { .listen = good, .handler = HANDLER_BUILTIN, .builtin = "http" },
		  "-b: 'http' is not known, allowed are echo, discard, daytime, time "
		  "and "
		  "chargen\n" },
		{ { .listen = good,
		    .handler = HANDLER_INETD,
		    .argv = cat,
		    .workers = "0x" },
		  "-w: '0x' is not a number, allowed is \"auto\" or a number from 1 to "
		  "16384\n" },
		{ { .listen = good, .handler = HANDLER_INETD, .argv = none },
		  "--: a command must follow, with its arguments\n" },
		{ { .listen = good, .handler = HANDLER_INETD, .argv = nix },
		  "no-such-command: is not found in PATH, write its path\n" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct command_line_service c = rows[i].c;

		c.path = "/bin";
		c.directory = "/";
		cr_expect_null(from_options(&c));
		cr_expect_str_eq(errors, rows[i].messages, "%s", errors);
	}
}

Test(load, of_a_command_line_knows_its_users)
{
	const char *const listen[] = { "7000", NULL };
	struct command_line_service c = { .listen = listen,
		                          .handler = HANDLER_BUILTIN,
		                          .builtin = "echo",
		                          .user = "no-such",
		                          .path = "/bin",
		                          .directory = "/" };
	struct settings *s;

	need_root("cannot become somebody else");
	cr_expect_null(from_options(&c));
	cr_expect_str_eq(errors,
	                 "-u: there is no user 'no-such', write the name of one "
	                 "or a number\n");
	c.user = "root";
	s = from_options(&c);
	cr_expect_str_eq(warnings,
	                 "-u: 'echo' runs as root, give it a user of its own\n");
	(void)settings_free(s);
}
