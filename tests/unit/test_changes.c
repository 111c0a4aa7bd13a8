/*
 * test_changes.c - what a new configuration changes; and how long settings live.
 *
 * Configurations are files, loaded as the daemon loads them; the services that run are
 * made by hand, without pools.
 */
#include "config.h"

#include "master/changes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "config/load.h"

TestSuite(changes, .timeout = 60);

static void
on_message(void *userdata, int level, const char *text)
{
	(void)userdata;
	(void)level;
	cr_log_warn("%s", text);
}

static struct settings *
load(const char *services)
{
	const struct message_sink sink = { on_message, NULL };
	char file[] = "/tmp/preforkd-changes-XXXXXX";
	struct settings *settings = NULL;
	int fd = mkstemp(file);

	cr_assert_geq(fd, 0);
	cr_assert_eq(dprintf(fd, "defaults { workers = 2 %s }\n%s\n",
	                     geteuid() == 0 ? "user = \"nobody\"" : "", services) > 0,
	             true);
	(void)close(fd);
	cr_assert_eq(settings_load(file, &sink, &settings), 0, "%s", services);
	(void)unlink(file);
	return settings;
}

/* What runs after a start with these settings. */
static void
run(struct services *s, struct settings *settings)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < settings->n_services; i++) {
		if (settings->services[i].enabled)
			cr_assert_not_null(services_add(s, &settings->services[i]));
	}
}

#define ECHO(name, more) "service " name " { builtin = \"echo\"  listen = " more " }\n"
#define A "\"127.0.0.1:1001\""
#define B "\"127.0.0.1:1002\""

Test(changes, are_found_service_by_service)
{
	/* clang-format off */
	static const struct {
		const char *from, *to, *wanted;
	} rows[] = {
		{ "", "", "" },
		{ ECHO("a", A), ECHO("a", A), "a unchanged;" },
		{ ECHO("a", A), "# another line\n" ECHO("a", A), "a unchanged;" },
		{ ECHO("a", A), ECHO("a", A " workers = 2"), "a unchanged;" },
		{ ECHO("a", A), ECHO("a", A " workers = 3"), "a reloaded workers;" },
		{ ECHO("a", A), ECHO("a", B), "a reloaded listen;" },
		{ ECHO("a", A), ECHO("a", "{" A "," B "}"), "a reloaded listen;" },
		{ ECHO("a", A), ECHO("a", A " stop_timeout = 7s"), "a reloaded stop_timeout;" },
		{ ECHO("a", A), "service a { inetd = {\"/bin/cat\"}  listen = " A " }", "a reloaded inetd;" },
		{ "service a { inetd = {\"/bin/cat\"}  listen = " A " }",
		  "service a { inetd = {\"/bin/cat\", \"-u\"}  listen = " A " }", "a reloaded inetd;" },
		{ "service a { inetd = {\"/bin/cat\"}  listen = " A " }",
		  "service a { program = {\"/bin/cat\"}  listen = " A " }", "a reloaded program;" },
		{ "", ECHO("a", A), "a added;" },
		{ ECHO("a", A " enabled = no"), ECHO("a", A), "a added;" },
		{ ECHO("a", A), "", "a removed;" },
		{ ECHO("a", A), ECHO("a", A " enabled = no"), "a removed;" },
		{ ECHO("a", A), ECHO("b", A), "b added;a removed;" },
		{ ECHO("a", A) ECHO("b", B), ECHO("b", B) ECHO("a", A), "b unchanged;a unchanged;" },
		{ ECHO("a", A) ECHO("b", B), ECHO("a", B) ECHO("b", A), "a reloaded listen;b reloaded listen;" },
		{ ECHO("a", A) ECHO("b", B), ECHO("c", A) ECHO("b", B "nice = 3"), "c added;b reloaded nice;a removed;" },
	};
	/* clang-format on */
	struct services running;
	struct settings *from;
	struct settings *to;
	struct changes changes;
	char text[256];
	size_t len;
	size_t i;
	size_t j;

	for (i = 0; i < countof(rows); i++) {
		from = load(rows[i].from);
		to = load(rows[i].to);
		run(&running, from);
		cr_assert_eq(changes_find(&running, to, &changes), 0);
		text[0] = '\0';
		for (j = 0, len = 0; j < changes.n; j++) {
			const struct change *c = &changes.list[j];

			len += (size_t)snprintf(text + len, sizeof(text) - len,
			                        "%s %s%s%s;", c->name,
			                        change_kind_name(c->kind),
			                        c->detail[0] ? " " : "", c->detail);
			cr_assert_eq(c->to == NULL, c->kind == CHANGE_REMOVED);
			cr_assert_eq(c->service == NULL, c->kind == CHANGE_ADDED);
			cr_assert_eq(c->decided, c->kind == CHANGE_NONE);
			cr_assert_eq(c->group, j);
		}
		cr_expect_str_eq(text, rows[i].wanted, "row %zu: %s", i, text);
		changes_done(&changes);
		services_done(&running);
		cr_assert_null(settings_free(from));
		cr_assert_null(settings_free(to));
	}
}

Test(changes, one_that_comes_back_before_it_has_gone_is_the_same)
{
	struct settings *set = load(ECHO("a", A));
	struct services running;
	struct changes changes;

	run(&running, set);
	running.table[0]->removed = true;
	cr_assert_null(services_find(&running, "a"));
	cr_assert_eq(services_find_removed(&running, "a"), running.table[0]);
	cr_assert_eq(changes_find(&running, set, &changes), 0);
	cr_assert_eq(changes.n, 1);
	cr_assert_eq(changes.list[0].kind, CHANGE_ADDED);
	cr_assert_eq(changes.list[0].service, running.table[0]);
	changes_done(&changes);
	services_done(&running);
	(void)settings_free(set);
}

Test(changes, keep_the_old_settings_alive_as_long_as_somebody_has_them)
{
	struct settings *from = load(ECHO("a", A));
	struct settings *to = load(ECHO("a", B));
	struct services running;

	run(&running, from);
	cr_assert_eq(from->refs, 2);
	(void)settings_free(from);
	cr_assert_str_eq(running.table[0]->settings->listen[0].text, "127.0.0.1:1001");
	service_move_settings(running.table[0], &to->services[0]);
	cr_assert_eq(to->refs, 2);
	cr_assert_str_eq(running.table[0]->settings->listen[0].text, "127.0.0.1:1002");
	/* To itself: it is not freed on the way. */
	(void)settings_free(to);
	service_move_settings(running.table[0], &to->services[0]);
	cr_assert_eq(to->refs, 1);
	services_done(&running);
}
