/*
 * preforkctl.c - the command line of the client: options, and which command.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/macros.h"
#include "base/number.h"
#include "base/output.h"
#include "ctl/commands.h"
#include "ctl/outcome.h"

static const char help[] =
    "usage: preforkctl [OPTION]... [COMMAND [SERVICE]...]\n"
    "\n"
    "Asks and steers a running preforkd.\n"
    "\n"
    "  status [SERVICE]     all services, or one with its processes (the default)\n"
    "  list                 the names of the services, one a line\n"
    "  reload               read the configuration again; says what has changed\n"
    "  reload SERVICE...    have its programs reread theirs (reload_signal)\n"
    "  restart SERVICE...   replace the workers one by one\n"
    "  drain SERVICE...     finish what is in hand, take nothing new; clients queue\n"
    "  resume SERVICE...    go on after a drain\n"
    "  agent SERVICE        a line for HAProxy's agent-check\n"
    "  why SERVICE[/SLOT]   what its workers, or that one, are doing or waiting for\n"
    "  events [SERVICE]     what happens, as it happens: starts, ends, failures, "
    "reloads\n"
    "  convert FILE...      inetd.conf, files of xinetd.d, units with Accept=yes as "
    "ours\n"
    "  probe ADDRESS        connect, send, expect, close: each step with its time\n"
    "  http                 answer one HTTP request on stdin: metrics, health, a page\n"
    "  version              of this client and of the daemon\n"
    "\n"
    "  -c, --control ADDRESS  the daemon's control socket: a path or a D-Bus address\n"
    "                         (PREFORKD_CONTROL, or /run/preforkd/control)\n"
    "  -i, --instance NAME    that of preforkd@NAME: /run/preforkd/NAME/control\n"
    "      --json             status, reload, why, events, probe: for programs\n"
    "  -a, --all              status SERVICE, why: idle workers too\n"
    "  -w, --watch[=SECONDS]  status: again and again (2)\n"
    "  -n, --dry-run          reload: say what would change, and change nothing\n"
    "  -f, --follow           events: wait for a daemon that is not there\n"
    "      --send TEXT        probe: with \\r \\n \\t \\0 \\\\ \\xHH\n"
    "      --expect REGEX     probe: what must come\n"
    "      --socks PROXY      probe: through [USER:PASSWORD@]HOST:PORT\n"
    "      --count N          probe: so often\n"
    "      --no-wait          drain: do not wait for the end\n"
    "      --timeout TIME     wait so long at most, as in 30s or 5min; 0: as long as\n"
    "                         the daemon needs, or 10s for an answer\n"
    "  -V, --version          print the version of this client and exit\n"
    "  -h, --help             print this and exit\n"
    "\n"
    "Exit status: 0; 1 failure, or a service shown is failing; 3 not running; 4 no\n"
    "such service; 64 wrong usage; 77 permission denied.  See preforkctl(8).\n";

enum {
	OPTION_JSON = 256,
	OPTION_NO_WAIT,
	OPTION_TIMEOUT,
	OPTION_SEND,
	OPTION_EXPECT,
	OPTION_SOCKS,
	OPTION_COUNT
};

static const char short_options[] = ":c:i:aw::nfVh";

static const struct option long_options[] = {
	{ "control", required_argument, NULL, 'c' },
	{ "instance", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "all", no_argument, NULL, 'a' },
	{ "watch", optional_argument, NULL, 'w' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "send", required_argument, NULL, OPTION_SEND },
	{ "expect", required_argument, NULL, OPTION_EXPECT },
	{ "socks", required_argument, NULL, OPTION_SOCKS },
	{ "count", required_argument, NULL, OPTION_COUNT },
	{ "follow", no_argument, NULL, 'f' },
	{ "no-wait", no_argument, NULL, OPTION_NO_WAIT },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

#define WATCH_DEFAULT (2 * USEC_PER_SEC)
#define WATCH_LEAST (100 * USEC_PER_MSEC)
#define COUNT_MOST 100000
#define ANY_NUMBER ((size_t)-1)

/* Which options go with a command. */
enum {
	ALLOW_JSON = 1,
	ALLOW_ALL = 2,
	ALLOW_WATCH = 4,
	ALLOW_DRY = 8,
	ALLOW_NO_WAIT = 16,
	ALLOW_FOLLOW = 32,
	ALLOW_PROBE = 64
};

/* clang-format off */
static const struct command {
	const char *name;
	enum outcome (*run)(const struct request *q);
	size_t least; /* services */
	size_t most;
	unsigned allows;
} commands[] = {
	{ "status", command_status, 0, 1, ALLOW_JSON | ALLOW_ALL | ALLOW_WATCH },
	{ "list", command_list, 0, 0, 0 },
	{ "reload", command_reload, 0, ANY_NUMBER, ALLOW_JSON | ALLOW_DRY },
	{ "restart", command_restart, 1, ANY_NUMBER, 0 },
	{ "drain", command_drain, 1, ANY_NUMBER, ALLOW_NO_WAIT },
	{ "resume", command_resume, 1, ANY_NUMBER, 0 },
	{ "agent", command_agent, 1, 1, 0 },
	{ "why", command_why, 1, 1, ALLOW_JSON | ALLOW_ALL },
	{ "events", command_events, 0, 1, ALLOW_JSON | ALLOW_FOLLOW },
	{ "convert", command_convert, 1, ANY_NUMBER, 0 },
	{ "probe", command_probe, 1, 1, ALLOW_JSON | ALLOW_PROBE },
	{ "http", command_http, 0, 0, 0 },
	{ "version", command_version, 0, 0, 0 },
};
/* clang-format on */

static int PRINTF_LIKE(1, 2) usage(const char *format, ...)
{
	char *text;
	va_list ap;
	int r;

	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	complain("%s\ntry 'preforkctl --help'", r < 0 ? "wrong usage" : text);
	if (r >= 0)
		free(text);
	return OUTCOME_USAGE;
}

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < countof(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return commands + i;
	}
	return NULL;
}

/* -1 or an exit status. */
static int
check(const struct command *command, const struct request *q)
{
	const struct {
		bool given;
		unsigned allow;
		const char *name;
	} options[] = {
		{ q->json, ALLOW_JSON, "--json" },
		{ q->all, ALLOW_ALL, "--all" },
		{ q->watch_usec > 0, ALLOW_WATCH, "--watch" },
		{ q->dry_run, ALLOW_DRY, "--dry-run" },
		{ q->send, ALLOW_PROBE, "--send" },
		{ q->expect, ALLOW_PROBE, "--expect" },
		{ q->socks, ALLOW_PROBE, "--socks" },
		{ q->count > 0, ALLOW_PROBE, "--count" },
		{ q->follow, ALLOW_FOLLOW, "--follow" },
		{ q->no_wait, ALLOW_NO_WAIT, "--no-wait" },
	};
	size_t i;

	for (i = 0; i < countof(options); i++) {
		if (options[i].given && !(command->allows & options[i].allow))
			return usage("%s does not go with %s", options[i].name,
			             command->name);
	}
	if (q->n_services < command->least)
		return usage("%s needs the name of a %s", command->name,
		             command->run == command_convert ? "file" : "service");
	if (q->n_services > command->most)
		return usage("%s takes %s, not '%s'", command->name,
		             command->most ? "one service" : "no service",
		             q->services[command->most]);
	return -1;
}

static int
parse_watch(struct request *q, const char *text)
{
	q->watch_usec = WATCH_DEFAULT;
	if (text &&
	    (duration_parse(text, &q->watch_usec) < 0 || q->watch_usec < WATCH_LEAST))
		return usage("--watch: '%s' is no time of at least 100ms", text);
	return -1;
}

static int
parse_timeout(struct request *q, const char *text)
{
	if (duration_parse(text, &q->timeout_usec) < 0)
		return usage("--timeout: '%s' is no time, such as 30s or 5min", text);
	return -1;
}

static int
parse_count(struct request *q, const char *text)
{
	if (count_parse(text, &q->count) < 0 || q->count < 1 || q->count > COUNT_MOST)
		return usage("--count: '%s' is no number from 1 to %d", text,
		             COUNT_MOST);
	return -1;
}

/* Within a bundle of letters getopt is not yet behind the argument. */
static int
refuse(char **argv)
{
	if (optopt > 0 && optopt < OPTION_JSON && !strchr(short_options, optopt))
		return usage("'-%c' is no option", optopt);
	return usage("'%s' is no option, or takes no value", argv[optind - 1]);
}

struct where {
	const char *control;
	const char *instance;
};

/* -1 to go on, or an exit status. */
static int
parse(int argc, char **argv, struct request *q, struct where *where)
{
	int r = -1;
	int c;

	opterr = 0;
	while (r < 0) {
		c = getopt_long(argc, argv, short_options, long_options, NULL);
		if (c < 0)
			break;
		switch (c) {
		case 'c':
			where->control = optarg;
			break;
		case 'i':
			where->instance = optarg;
			break;
		case OPTION_JSON:
			q->json = true;
			break;
		case 'a':
			q->all = true;
			break;
		case 'w':
			r = parse_watch(q, optarg);
			break;
		case 'n':
			q->dry_run = true;
			break;
		case 'f':
			q->follow = true;
			break;
		case OPTION_SEND:
			q->send = optarg;
			break;
		case OPTION_EXPECT:
			q->expect = optarg;
			break;
		case OPTION_SOCKS:
			q->socks = optarg;
			break;
		case OPTION_COUNT:
			r = parse_count(q, optarg);
			break;
		case OPTION_NO_WAIT:
			q->no_wait = true;
			break;
		case OPTION_TIMEOUT:
			r = parse_timeout(q, optarg);
			break;
		case 'V':
			(void)puts("preforkctl " PACKAGE_VERSION);
			return OUTCOME_OK;
		case 'h':
			(void)fputs(help, stdout);
			return OUTCOME_OK;
		case ':':
			return usage("'%s' needs a value", argv[optind - 1]);
		default:
			return refuse(argv);
		}
	}
	return r;
}

static int
choose_target(const struct where *where, struct target *ret)
{
	int r;

	if (where->control && where->instance)
		return usage("-c and -i are two ways to say the same: leave out one");
	if (where->control && !*where->control)
		return usage("-c: '' is no address");
	r = target_choose(where->control, where->instance, ret);
	if (r == -EINVAL)
		return usage("-i: '%s' is no name of an instance", where->instance);
	return r < 0 ? (int)fail_memory() : -1;
}

static int
run(int argc, char **argv)
{
	struct request q = { 0 };
	struct where where = { 0 };
	const struct command *command = commands;
	int code;

	code = parse(argc, argv, &q, &where);
	if (code >= 0)
		return code;
	if (optind < argc) {
		command = find_command(argv[optind]);
		if (!command)
			return usage("'%s' is no command", argv[optind]);
		q.services = argv + optind + 1;
		q.n_services = (size_t)(argc - optind - 1);
	}
	code = check(command, &q);
	if (code < 0)
		code = choose_target(&where, &q.target);
	if (code >= 0)
		return code;
	code = (int)command->run(&q);
	target_done(&q.target);
	return code;
}

/* What could not be written is a failure; if nobody wants to read any more, one without
 * a word. */
static int
finish(int code)
{
	int r = output_finish();

	if (r == 0)
		return code;
	if (r != -EPIPE)
		complain("cannot write: %s", strerror(-r));
	return code == OUTCOME_OK ? OUTCOME_FAILED : code;
}

int
main(int argc, char **argv)
{
	if (fd_fill_standard() < 0)
		return OUTCOME_FAILED; /* and nowhere to say it */
	/* How wide letters are; figures stay as they are. */
	(void)setlocale(LC_CTYPE, "");
	return finish(run(argc, argv));
}
