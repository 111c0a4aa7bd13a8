/*
 * test_print.c - what -T prints loads again to the same settings.
 */
#include "config.h"

#include <glob.h>
#include <limits.h>

#include "config/equal.h"
#include "config/load.h"
#include "config/print.h"
#include "config/sizes.h"
#include "test_load_fixture.h"

TestSuite(print, .init = enter_folder, .fini = leave_folder);

static char *
print(const struct settings *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	settings_print(s, f);
	cr_assert_eq(fclose(f), 0);
	return text;
}

/* Prints, loads, compares, and once more: the second text is the first but for the
 * origins. */
static void
check_round_trip(const struct settings *s, const char *what)
{
	char *text = print(s);
	struct settings *again;
	size_t i;

	write_file("again.conf", text);
	again = load("again.conf");
	cr_assert_not_null(again, "%s: %s\n%s", what, errors, text);
	cr_expect_eq(again->log_level, s->log_level, "%s", what);
	cr_expect_eq(again->max_workers_total, s->max_workers_total, "%s", what);
	if (s->control == NULL || again->control == NULL)
		cr_expect_eq(again->control, s->control, "%s", what);
	else
		cr_expect_str_eq(again->control, s->control, "%s", what);
	cr_expect_eq(again->control_gid, s->control_gid, "%s", what);
	cr_expect_eq(again->exit_when_idle_usec, s->exit_when_idle_usec, "%s", what);
	cr_assert_eq(again->n_services, s->n_services, "%s", what);
	for (i = 0; i < s->n_services; i++) {
		const char *differs = "";

		cr_expect_str_eq(again->services[i].name, s->services[i].name);
		cr_expect(service_settings_equal(&s->services[i], &again->services[i],
		                                 &differs),
		          "%s: %s differs\n%s", what, differs, text);
		cr_expect_str_eq(again->services[i].path, s->services[i].path);
	}
	(void)settings_free(again);
	free(text);
}

Test(print, shows_every_value_with_its_origin)
{
	static const char wanted[] =
	    "log_level = debug                                # x.conf:1\n"
	    "max_workers_total = 0                            # default\n"
	    "control = /x/control                             # default\n"
	    "# control_group is not set\n"
	    "exit_when_idle = 0                               # default\n"
	    "\n"
	    "service cat {\n"
	    "\t# 2 addresses x 3 workers = 6 processes\n"
	    "\tenabled = yes                            # default\n"
	    "\tinetd = {\"/bin/cat\", \"a b\", \"\\${X} \\\"\\\\\\012\"} # x.conf:3\n"
	    "\tlisten = {\"7000\", \"/run/x y\"}            # x.conf:4\n"
	    "\tbacklog = 4096                           # default\n"
	    "\tsocket_mode = 0660                       # x.conf:2\n"
	    "\t# socket_user is not set\n"
	    "\t# socket_group is not set\n"
	    "\tfree_bind = no                           # default\n"
	    "\tno_delay = yes                           # default\n"
	    "\tkeep_alive = yes                         # default\n"
	    "\tdefer_accept = 0                         # default\n"
	    "\tipv6_only = no                           # default\n"
	    "\t# bind_to_device is not set\n"
	    "\t# allow is not set\n"
	    "\t# deny is not set\n"
	    "\t# proxy_protocol is not set\n"
	    "\tmax_connections_per_source = 0           # default\n"
	    "\t# refuse_message is not set\n"
	    "\tworkers = 3                              # x.conf:5\n"
	    "\t# min_spare is not set\n"
	    "\t# max_spare is not set\n"
	    "\t# max_workers is not set\n"
	    "\t# start_workers is not set\n"
	    "\t# idle_retire is not set\n"
	    "\tspawn_rate = 4000                        # default\n"
	    "\tmax_connections_per_worker = 0           # default\n"
	    "\tmax_age = 0                              # default\n"
	    "\tmax_memory = 0                           # default\n";
	struct settings *s;

	cr_assert_eq(setenv("RUNTIME_DIRECTORY", "/x:/y", 1), 0);
	s = load_text(
	    "log_level = debug\ndefaults { socket_mode = 660 }\n"
	    "service cat { inetd = {/bin/cat, 'a b', \"\\${X} \\\"\\\\\\n\"}\n"
	    "listen = {7000, '/run/x y'}\nworkers = 3 }\n");
	char *text;

	cr_assert_not_null(s, "%s", errors);
	text = print(s);
	cr_expect(strncmp(text, wanted, strlen(wanted)) == 0, "%s", text);
	check_round_trip(s, "the example");
	free(text);
	(void)settings_free(s);
}

Test(print, counts_the_processes_of_each_kind)
{
	static const struct {
		const char *text;
		const char *wanted;
	} rows[] = {
		{ "builtin = echo",
		  "# up to 64 processes for each socket from systemd\n" },
		{ "builtin = echo workers = 8",
		  "# 8 processes for each socket from systemd\n" },
		{ "builtin = echo listen = 1",
		  "# 1 address x 2 to 64 workers = up to 64 processes\n" },
		{ "builtin = echo listen = 1 max_workers = 1",
		  "# 1 address x 1 worker = up to 1 process\n" },
		{ "builtin = echo listen = 1 workers = 1",
		  "# 1 address x 1 worker = 1 process\n" },
		{ "builtin = echo listen = {1, 2} workers = 8",
		  "# 2 addresses x 8 workers = 16 processes\n" },
		{ "builtin = echo listen = {1, 2} min_spare = 0",
		  "# 2 addresses x 0 to 64 workers = up to 128 processes\n" },
		{ "builtin = echo enabled = no", "# not enabled: 0 processes\n" },
		{ "program = {a} listen = {1, 2}", "# 1 process\n" },
		{ "program = {a} workers = 4", "# 4 processes\n" },
	};
	char text[256];
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct settings *s;
		char *printed;

		(void)snprintf(text, sizeof(text), "service a { %s }\n", rows[i].text);
		s = load_text(text);
		cr_assert_not_null(s, "%s", errors);
		printed = print(s);
		cr_expect(strstr(printed, rows[i].wanted) != NULL, "%s: %s",
		          rows[i].text, printed);
		check_round_trip(s, rows[i].text);
		free(printed);
		(void)settings_free(s);
	}
}

Test(print, shows_what_comes_from_the_command_line)
{
	const char *const listen[] = { "7000", NULL };
	char *const argv[] = { (char *)"/bin/cat", (char *)"-n", NULL };
	const struct command_line_service c = { .listen = listen,
		                                .workers = "2",
		                                .handler = HANDLER_INETD,
		                                .argv = argv,
		                                .path = "/bin:/a $b",
		                                .directory = "/tmp" };
	struct settings *s = NULL;
	char *text;

	cr_assert_eq(settings_from_command_line(&c, &ears, &s), 0, "%s", errors);
	text = print(s);
	cr_expect(strstr(text, "\tinetd = {\"/bin/cat\", \"-n\"}   "
	                       "            # command line\n") != NULL,
	          "%s", text);
	cr_expect(strstr(text, "\tworkers = 2                              # command "
	                       "line\n") != NULL,
	          "%s", text);
	check_round_trip(s, "the command line");
	free(text);
	(void)settings_free(s);
}

Test(print, every_configuration_of_ours_survives)
{
	const char *source = getenv("SRCDIR");
	char pattern[PATH_MAX];
	glob_t found = { 0 };
	size_t i;

	need_root("the examples name users");
	cr_assert_not_null(source, "SRCDIR is set");
	(void)snprintf(pattern, sizeof(pattern), "%s/conf/examples/*.conf", source);
	cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "no %s", pattern);
	cr_expect_geq(found.gl_pathc, 14);
	(void)snprintf(pattern, sizeof(pattern), "%s/conf/preforkd.conf", source);
	cr_assert_eq(glob(pattern, GLOB_APPEND, NULL, &found), 0, "no %s", pattern);
	for (i = 0; i < found.gl_pathc; i++) {
		struct settings *s = load(found.gl_pathv[i]);

		cr_assert_not_null(s, "%s", errors);
		/* One has to be root, and is told. */
		cr_expect(strcmp(warnings, "") == 0 ||
		              strstr(warnings, "'ssh' runs as root") != NULL,
		          "%s", warnings);
		/* The last is the one that gets installed. */
		cr_expect_eq(s->n_services == 0, i == found.gl_pathc - 1, "%s",
		             found.gl_pathv[i]);
		check_round_trip(s, found.gl_pathv[i]);
		(void)settings_free(s);
	}
	globfree(&found);
}

static unsigned
pick(unsigned n)
{
	static uint64_t state = 88172645463325252U;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

static const char *
random_duration(uint64_t min_usec)
{
	static char text[32];
	static const char *const units[] = { "ms", "s", "min", "m", "" };

	(void)snprintf(text, sizeof(text), "%u%s", pick(59) + (min_usec > 0 ? 1 : 0),
	               units[pick(countof(units))]);
	return text;
}

/* Any bytes but NUL, in single quotes. */
static const char *
random_text(const char *front)
{
	static char text[64];
	size_t n = (size_t)snprintf(text, sizeof(text), "'%s", front);
	size_t end = n + pick(20);

	while (n < end) {
		char c = (char)(pick(255) + 1);

		if ((unsigned char)c < ' ' || c == 0x7f || c == '\'' || c == '\\')
			c = "$\"{}#*"[pick(6)];
		text[n++] = c;
	}
	text[n] = '\'';
	text[n + 1] = '\0';
	return text;
}

static void
print_random_value(FILE *f, const struct knob *k)
{
	switch (k->kind) {
	case KNOB_BOOL:
		(void)fprintf(f, "%s", pick(2) ? "yes" : "off");
		break;
	case KNOB_COUNT:
	case KNOB_WORKERS:
		(void)fprintf(f, "%u", pick(16000) + 1);
		break;
	case KNOB_DURATION:
		(void)fprintf(f, "%s", random_duration(k->min));
		break;
	case KNOB_SECONDS:
		(void)fprintf(f, "%us", pick(3601));
		break;
	case KNOB_MODE:
		(void)fprintf(f, "%03o", pick(01000));
		break;
	case KNOB_SIGNED:
		(void)fprintf(f, "%d", (int)pick(40) - 20);
		break;
	case KNOB_SIZE:
		(void)fprintf(f, "%u%s", pick(1000), pick(2) ? "K" : "G");
		break;
	case KNOB_RLIMIT:
		(void)fprintf(f, "%u", pick(1000000) + (16 << 20));
		break;
	case KNOB_RLIMIT_COUNT:
		/* Enough for all the workers there can be. */
		(void)fprintf(f, "%u",
		              k->max < 1000 ? pick((unsigned)k->max + 1)
		                            : pick(1000000) + 100000);
		break;
	case KNOB_RLIMIT_TIME:
		(void)fprintf(f, "%us", pick(3600) + 1);
		break;
	case KNOB_CAPABILITIES:
		(void)fprintf(f, "%s", pick(2) ? "{ CAP_NET_RAW, CAP_BPF }" : "{}");
		break;
	case KNOB_STATUSES:
		(void)fprintf(f, "%s", pick(2) ? "{ 255, 0, 75 }" : "{}");
		break;
	case KNOB_NAMES:
		(void)fprintf(f, "%s", pick(2) ? "{ TZ, COLOUR }" : "{}");
		break;
	case KNOB_SIGNAL:
		/* The two must differ. */
		if (strcmp(k->key, "reload_signal") == 0)
			(void)fprintf(f, "%s", pick(2) ? "SIGHUP" : "10");
		else
			(void)fprintf(f, "%s", pick(2) ? "SIGQUIT" : "12");
		break;
	case KNOB_CHOICE:
		(void)fprintf(f, "%s", k->choices[pick(2)]);
		break;
	case KNOB_FOLDER:
		(void)fprintf(f, "%s", random_text("/"));
		break;
	case KNOB_DEVICE:
		(void)fprintf(f, "eth%u", pick(100));
		break;
	case KNOB_ENVIRONMENT:
		(void)fprintf(f, "{ %s,", random_text("A="));
		(void)fprintf(f, " %s, }", random_text("PATH="));
		break;
	case KNOB_GROUPS:
		(void)fprintf(f, "{ %u, %u }", pick(65000), pick(65000));
		break;
	case KNOB_USER:
	case KNOB_GROUP:
		(void)fprintf(f, "%u", pick(65000));
		break;
	case KNOB_PREFIXES:
		/* None of them for two keys. */
		(void)fprintf(f, "{ 10.%u.0.0/%u, \"%x::/16\", 192.0.2.%u }",
		              2 * pick(100) + (*k->key == 'a'), 16 + pick(17),
		              (*k->key == 'a' ? 0x2000 : 0x3000) + pick(100),
		              2 * pick(100) + (*k->key == 'a'));
		break;
	case KNOB_TEXT:
		(void)fprintf(f, "%s", random_text("a"));
		break;
	default:
		cr_assert_fail("%s", k->key);
	}
}

/* A fixed number, or a range in its order. */
static void
print_random_size(FILE *f, enum handler_kind kind)
{
	unsigned spare = pick(5000);

	if (pick(3) == 0)
		return;
	if (kind == HANDLER_PROGRAM || pick(2)) {
		(void)fprintf(f, "\n\tworkers = %u", pick(16000) + 1);
		return;
	}
	(void)fprintf(f, "\n\tmin_spare = %u", spare);
	if (pick(2))
		(void)fprintf(f, "\n\tmax_spare = %u", spare + pick(5000));
	if (pick(2))
		(void)fprintf(f, "\n\tmax_workers = %u", spare + pick(5000) + 1);
	else if (pick(2))
		(void)fprintf(f, "\n\tstart_workers = %u", pick(16000));
	if (pick(2))
		(void)fprintf(f, "\n\tidle_retire = %u", pick(3600) + 1);
}

static void
print_random_service(FILE *f, unsigned number)
{
	enum handler_kind kind = (enum handler_kind)(1 << pick(3));
	unsigned n_listen = pick(3);
	size_t i;

	(void)fprintf(f, "service s%u { ", number);
	if (kind == HANDLER_BUILTIN)
		(void)fprintf(f, "builtin = chargen ");
	else
		(void)fprintf(f, "%s = {/bin/cat, %s} ", handler_kind_name(kind),
		              random_text(""));
	if (n_listen == 1)
		(void)fprintf(f, "listen = %u ", 1000 + number);
	if (n_listen == 2)
		(void)fprintf(f, "listen = {\"127.0.0.1:%u\", '@%u$ {'} ",
		              1000 + number, number);
	for (i = 0; i < n_service_knobs; i++) {
		const struct knob *k = &service_knobs[i];

		if (!knob_fits_defaults(k) || (k->handlers & (unsigned)kind) == 0)
			continue;
		if (pick(3) > 0 || strcmp(k->key, "pass") == 0)
			continue;
		if (strcmp(k->key, "user") == 0 || strcmp(k->key, "group") == 0)
			continue;
		if (geteuid() != 0 &&
		    (k->kind == KNOB_GROUPS || strcmp(k->key, "chroot") == 0))
			continue;
		if (k->kind == KNOB_WORKERS || sizes_is_range(k))
			continue;
		(void)fprintf(f, "\n\t%s = ", k->key);
		print_random_value(f, k);
	}
	print_random_size(f, kind);
	(void)fprintf(f, "\n}\n");
}

Test(print, random_settings_survive)
{
	unsigned round;
	unsigned i;

	for (round = 0; round < 300; round++) {
		FILE *f = fopen("x.conf", "w");
		struct settings *s;

		(void)fprintf(f, "log_level = %s\n", pick(2) ? "error" : "notice");
		if (pick(2))
			(void)fprintf(f, "max_workers_total = %u\n",
			              900000 + pick(100000));
		if (pick(2))
			(void)fprintf(f, "control = %s\n",
			              pick(2) ? "none" : "\"/run/x y\"");
		if (pick(2))
			(void)fprintf(f, "control_group = %u\n", pick(1000));
		for (i = 0; i < 1 + pick(5); i++)
			print_random_service(f, i);
		cr_assert_eq(fclose(f), 0);
		s = load("x.conf");
		cr_assert_not_null(s, "%s", errors);
		check_round_trip(s, "random settings");
		(void)settings_free(s);
	}
}
