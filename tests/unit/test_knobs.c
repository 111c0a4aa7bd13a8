/*
 * test_knobs.c - the table of keys holds together, the man page knows all of it, and
 * a misspelt key is recognised.
 */
#include "config.h"

#include "config/knobs.h"

#include <ctype.h>
#include <limits.h>

#include "base/fd.h"
#include "config/equal.h"
#include "test_load_fixture.h"

TestSuite(knobs, .init = enter_folder, .fini = leave_folder);

Test(knobs, have_rows_that_make_sense)
{
	size_t i;
	size_t j;

	for (i = 0; i < n_service_knobs; i++) {
		const struct knob *k = &service_knobs[i];

		cr_expect(
		    k->key[strspn(k->key, "abcdefghijklmnopqrstuvwxyz_0123456789")] ==
		        '\0',
		    "%s", k->key);
		cr_expect(k->kind < KNOB_N_KINDS, "%s", k->key);
		cr_expect(k->kind == KNOB_SIGNED ? (int64_t)k->min <= (int64_t)k->max
		                                 : k->min <= k->max,
		          "%s", k->key);
		cr_expect(k->offset < sizeof(struct service_settings), "%s", k->key);
		cr_expect(k->handlers != 0 &&
		              (k->handlers & ~(unsigned)HANDLER_ANY) == 0,
		          "%s", k->key);
		cr_expect((k->handlers == HANDLER_ANY) == (k->instead == NULL),
		          "%s: what fits not everywhere says what to do", k->key);
		cr_expect_eq(k->kind == KNOB_CHOICE && k->choices == NULL, false, "%s",
		             k->key);
		cr_expect_eq(knob_find(k->key), k);
		for (j = 0; j < i; j++)
			cr_expect_str_neq(k->key, service_knobs[j].key);
	}
	cr_expect_null(knob_find("nix"));
}

Test(knobs, are_all_in_the_man_page)
{
	static const char *const top[] = { "include",           "defaults",
		                           "service",           "log_level",
		                           "max_workers_total", "control",
		                           "control_group",     "exit_when_idle" };
	const char *source = getenv("SRCDIR");
	char path[PATH_MAX];
	char wanted[2][128];
	char *text;
	size_t len;
	size_t i;

	cr_assert_not_null(source, "SRCDIR is set");
	(void)snprintf(path, sizeof(path), "%s/doc/preforkd.conf.5", source);
	cr_assert_eq(fd_read_file(path, 1 << 20, &text, &len), 0, "cannot read %s",
	             path);
	for (i = 0; i < n_service_knobs; i++) {
		const struct knob *k = &service_knobs[i];

		(void)snprintf(wanted[0], sizeof(wanted[0]), "\n.It Ic %s", k->key);
		(void)snprintf(wanted[1], sizeof(wanted[1]), " , %s\n", k->key);
		cr_expect(strstr(text, wanted[0]) != NULL ||
		              strstr(text, wanted[1]) != NULL,
		          "%s has no entry in preforkd.conf(5)", k->key);
	}
	for (i = 0; i < countof(top); i++) {
		(void)snprintf(wanted[0], sizeof(wanted[0]), "\n.It Ic %s", top[i]);
		(void)snprintf(wanted[1], sizeof(wanted[1]), "\n.It Fn %s", top[i]);
		cr_expect(strstr(text, wanted[0]) != NULL ||
		              strstr(text, wanted[1]) != NULL,
		          "%s has no entry in preforkd.conf(5)", top[i]);
	}
	free(text);
}

/* limit_rs may have been meant for limit_as as well: the first one is named. */
static void
expect_suggestion(const char *wrong, const char *key)
{
	const char *got = knob_suggest(wrong);

	cr_assert_not_null(got, "%s", wrong);
	cr_expect(strcmp(got, key) == 0 ||
	              (strcmp(key, "limit_rss") == 0 && strcmp(got, "limit_as") == 0),
	          "%s: %s", wrong, got);
}

/* One letter wrong anywhere, of any key. */
Test(knobs, are_suggested_for_every_slip_of_a_finger)
{
	size_t i;
	size_t j;

	for (i = 0; i < n_service_knobs; i++) {
		const char *key = service_knobs[i].key;
		size_t n = strlen(key);
		char wrong[64];

		for (j = 0; j < n; j++) {
			(void)snprintf(wrong, sizeof(wrong), "%.*s%s", (int)j, key,
			               key + j + 1);
			expect_suggestion(wrong, key);
			(void)snprintf(wrong, sizeof(wrong), "%.*sx%s", (int)j, key,
			               key + j);
			expect_suggestion(wrong, key);
			(void)snprintf(wrong, sizeof(wrong), "%s", key);
			wrong[j] = 'x';
			expect_suggestion(wrong, key);
			(void)snprintf(wrong, sizeof(wrong), "%s", key);
			if (j + 1 < n) {
				wrong[j] = key[j + 1];
				wrong[j + 1] = key[j];
			}
			expect_suggestion(wrong, key);
		}
	}
}

Test(knobs, are_not_suggested_for_just_anything)
{
	static const char *const words[] = {
		"colour", "x",    "",
		"zzzzz",  "port", "this_is_a_word_of_forty_characters_or_more_",
		"a",      "uid"
	};
	size_t i;

	for (i = 0; i < countof(words); i++)
		cr_expect_null(knob_suggest(words[i]), "%s: %s", words[i],
		               knob_suggest(words[i]));
}

/* It may be set, and nothing stands for it otherwise. */
#define NO_FALLBACK ""

Test(knobs, know_the_defaults_of_each_handler)
{
	static const struct {
		const char *key;
		const char *builtin;
		const char *inetd;
		const char *program;
	} rows[] = {
		{ "workers", NO_FALLBACK, NO_FALLBACK, "1" },
		{ "min_spare", "2", "2", NULL },
		{ "max_spare", "8", "8", NULL },
		{ "max_workers", "64", "64", NULL },
		{ "start_workers", "0", "0", NULL },
		{ "idle_retire", "60s", "60s", NULL },
		{ "spawn_rate", "4000", "4000", "4000" },
		{ "max_connections_per_worker", "0", "0", NULL },
		{ "max_age", "0", "0", "0" },
		{ "max_memory", "0", "0", "0" },
		{ "first_byte_timeout", "60s", "0", NULL },
		{ "idle_timeout", "60s", NULL, NULL },
		{ "max_duration", "0", "0", NULL },
		{ "start_timeout", "30s", "30s", "30s" },
		{ "stop_timeout", "30s", "30s", "30s" },
		{ "kill_timeout", "5s", "5s", "5s" },
		{ "linger_timeout", "2s", NULL, NULL },
		{ "backlog", "4096", "4096", "4096" },
		{ "keep_alive", "yes", "yes", "yes" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const struct knob *k = knob_find(rows[i].key);
		const char *const wanted[] = { rows[i].builtin, rows[i].inetd,
			                       rows[i].program };
		size_t j;

		for (j = 0; j < countof(wanted); j++) {
			enum handler_kind kind = (enum handler_kind)(1 << j);

			cr_assert_eq((k->handlers & (unsigned)kind) != 0,
			             wanted[j] != NULL, "%s", k->key);
			if (wanted[j] != NULL && *wanted[j] == '\0')
				cr_expect_null(knob_fallback(k, kind), "%s", k->key);
			else if (wanted[j] != NULL)
				cr_expect_str_eq(knob_fallback(k, kind), wanted[j],
				                 "%s", k->key);
		}
	}
}

/* For every key a value that is not the default, and that is another thing than
 * that: the one way to see that a comparison leaves nothing out. */
static const struct {
	const char *key;
	const char *handler;
	const char *value;
} others[] = {
	{ "enabled", "builtin = echo", "no" },
	{ "builtin", "", "time" },
	{ "inetd", "", "{\"/bin/cat\", \"-n\"}" },
	{ "program", "", "{\"/bin/true\"}" },
	{ "module", "", "/srv/x.so" },
	{ "option", "module = x", "{\"a=b\"}" },
	{ "listen", "builtin = echo", "{8000, \"/run/x\"}" },
	{ "backlog", "builtin = echo", "5" },
	{ "socket_mode", "builtin = echo", "0600" },
	{ "socket_user", "builtin = echo", "1" },
	{ "socket_group", "builtin = echo", "1" },
	{ "free_bind", "builtin = echo", "yes" },
	{ "no_delay", "builtin = echo", "no" },
	{ "keep_alive", "builtin = echo", "off" },
	{ "defer_accept", "builtin = echo", "5s" },
	{ "ipv6_only", "builtin = echo", "true" },
	{ "bind_to_device", "builtin = echo", "lo" },
	{ "allow", "builtin = echo", "{\"10.0.0.0/8\"}" },
	{ "deny", "builtin = echo", "::1" },
	{ "proxy_protocol", "builtin = echo", "unix" },
	{ "max_connections_per_source", "builtin = echo", "1" },
	{ "refuse_message", "builtin = echo", "\"no\\n\"" },
	{ "workers", "builtin = echo", "3" },
	{ "min_spare", "builtin = echo", "3" },
	{ "max_spare", "builtin = echo", "9" },
	{ "max_workers", "builtin = echo", "65" },
	{ "start_workers", "builtin = echo", "5" },
	{ "idle_retire", "builtin = echo", "61s" },
	{ "spawn_rate", "builtin = echo", "1" },
	{ "max_connections_per_worker", "builtin = echo", "1000" },
	{ "max_age", "builtin = echo", "1d" },
	{ "max_memory", "builtin = echo", "64M" },
	{ "user", "builtin = echo", "www-data" },
	{ "group", "builtin = echo", "www-data" },
	{ "supplementary_groups", "builtin = echo", "{}" },
	{ "no_new_privileges", "builtin = echo", "no" },
	{ "capabilities", "inetd = \"/bin/cat\"", "{}" },
	{ "environment", "inetd = \"/bin/cat\"", "{\"A=b\"}" },
	{ "pass_environment", "inetd = \"/bin/cat\"", "TZ" },
	{ "chroot", "builtin = echo", "/tmp" },
	{ "working_directory", "builtin = echo", "/tmp" },
	{ "umask", "builtin = echo", "077" },
	{ "nice", "builtin = echo", "0" },
	{ "oom_score_adjust", "builtin = echo", "0" },
	{ "limit_as", "builtin = echo", "1G" },
	{ "limit_core", "builtin = echo", "0" },
	{ "limit_cpu", "builtin = echo", "10s" },
	{ "limit_data", "builtin = echo", "1G" },
	{ "limit_fsize", "builtin = echo", "0" },
	{ "limit_locks", "builtin = echo", "0" },
	{ "limit_memlock", "builtin = echo", "0" },
	{ "limit_msgqueue", "builtin = echo", "0" },
	{ "limit_nice", "builtin = echo", "0" },
	{ "limit_nofile", "builtin = echo", "100" },
	{ "limit_nproc", "builtin = echo", "1000" },
	{ "limit_rss", "builtin = echo", "0" },
	{ "limit_rtprio", "builtin = echo", "0" },
	{ "limit_rttime", "builtin = echo", "1s" },
	{ "limit_sigpending", "builtin = echo", "1000" },
	{ "limit_stack", "builtin = echo", "1M" },
	{ "first_byte_timeout", "builtin = echo", "1ms" },
	{ "idle_timeout", "builtin = echo", "0" },
	{ "max_duration", "builtin = echo", "365d" },
	{ "start_timeout", "builtin = echo", "1s" },
	{ "stop_timeout", "builtin = echo", "1s" },
	{ "kill_timeout", "builtin = echo", "1s" },
	{ "linger_timeout", "builtin = echo", "1s" },
	{ "pass", "program = \"/bin/cat\"", "stdin" },
	{ "ready", "program = \"/bin/cat\"", "notify" },
	{ "stop_signal", "program = \"/bin/cat\"", "HUP" },
	{ "reload_signal", "program = \"/bin/cat\"", "HUP" },
	{ "watchdog", "program = \"/bin/cat\"", "10s" },
	{ "success_status", "program = \"/bin/cat\"", "{ 75, 143 }" },
	{ "stderr", "inetd = \"/bin/cat\"", "connection" },
	{ "log_connections", "builtin = echo", "all" },
};

static const char *
usual_handler(const char *key, const char *handler)
{
	if (*handler != '\0')
		return handler;
	if (strcmp(key, "builtin") == 0)
		return "builtin = echo";
	if (strcmp(key, "module") == 0)
		return "module = x";
	return strcmp(key, "inetd") == 0 ? "inetd = \"/bin/cat\""
	                                 : "program = \"/bin/cat\"";
}

Test(knobs, all_count_when_services_are_compared)
{
	size_t i;
	char text[256];

	cr_assert_eq(countof(others), n_service_knobs, "a row for every key");
	for (i = 0; i < countof(others); i++) {
		const char *key = others[i].key;
		struct settings *a;
		struct settings *same;
		struct settings *b;
		const char *differs = "nothing";

		cr_assert_not_null(knob_find(key), "%s", key);
		if (geteuid() != 0 &&
		    (strcmp(key, "user") == 0 || strcmp(key, "group") == 0 ||
		     strcmp(key, "supplementary_groups") == 0 ||
		     strcmp(key, "chroot") == 0))
			continue;
		(void)snprintf(text, sizeof(text), "service x { %s }\n",
		               usual_handler(key, others[i].handler));
		a = load_text(text);
		same = load_text(text);
		(void)snprintf(text, sizeof(text), "\nservice x { %s\n%s = %s }\n",
		               others[i].handler, key, others[i].value);
		b = load_text(text);
		cr_assert(a != NULL && same != NULL && b != NULL, "%s: %s", key,
		          errors);
		cr_expect(service_settings_equal(&a->services[0], &same->services[0],
		                                 &differs),
		          "%s: %s", key, differs);
		cr_expect_not(
		    service_settings_equal(&a->services[0], &b->services[0], &differs),
		    "%s", key);
		if (strcmp(key, "group") == 0)
			key = "user"; /* both are one identity */
		cr_expect_str_eq(differs, key);
		(void)settings_free(a);
		(void)settings_free(same);
		(void)settings_free(b);
	}
}

Test(knobs, tell_handlers_apart_when_services_are_compared)
{
	struct settings *a = load_text("service x { inetd = \"/bin/cat\" }");
	struct settings *b =
	    load_text("service x { program = \"/bin/cat\" workers = 8 }");
	const char *differs = NULL;

	cr_expect_not(
	    service_settings_equal(&a->services[0], &b->services[0], &differs));
	cr_expect_str_eq(differs, "program");
	(void)settings_free(a);
	(void)settings_free(b);
}
