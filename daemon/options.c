/*
 * options.c - the command line of preforkd.
 */
#include "config.h"

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define DEFAULT_CONFIG SYSCONFDIR "/preforkd/preforkd.conf"
#define LISTEN_MAX 64
#define OPTION_MAX 64

static const char help[] =
    "usage: preforkd [-c FILE] [--strict] [--log=WHERE]\n"
    "       preforkd -t | -T [-c FILE]\n"
    "       preforkd -X [-c FILE] [SERVICE]\n"
    "       preforkd -l ADDRESS [-w N] [-u USER] -- PROGRAM [ARG]...\n"
    "       preforkd -l ADDRESS [-w N] [-u USER] --inetd -- COMMAND [ARG]...\n"
    "       preforkd -l ADDRESS [-w N] [-u USER] -b BUILTIN\n"
    "       preforkd -l ADDRESS [-w N] [-u USER] -m MODULE [-o KEY=VALUE]...\n"
    "\n"
    "Binds sockets once, forks pools of workers that accept from them, and\n"
    "supervises them, in the foreground.\n"
    "\n"
    "  -c, --config FILE    read FILE (" DEFAULT_CONFIG ")\n"
    "  -t, --test           test the configuration and exit; opens no socket\n"
    "  -T, --dump           print the effective configuration, with the origin\n"
    "                       of each value, and exit\n"
    "  -X, --single         run one worker in this process, without fork or\n"
    "                       deadlines, for a debugger\n"
    "      --strict         a service that cannot start ends the daemon\n"
    "      --log WHERE      auto, journal, stderr (with <N> prefixes) or plain\n"
    "  -V, --version        print the version and exit\n"
    "  -h, --help           print this and exit\n"
    "\n"
    "Without a file, one service:\n"
    "  -l, --listen ADDRESS 8000, 127.0.0.1:8000, [::1]:8000, /run/x.sock,\n"
    "                       @abstract, vsock:CID:PORT; may be given several times\n"
    "  -w, --workers N      how many workers, or \"auto\"\n"
    "  -u, --user USER      whom they run as\n"
    "  -i, --inetd          start the command for each connection, on its stdin\n"
    "                       and stdout; otherwise PROGRAM accepts for itself\n"
    "  -b, --builtin NAME   echo, discard, daytime, time or chargen\n"
    "  -m, --module MODULE  call the function of a shared object for each\n"
    "                       connection: ./hello.so, or the name of one in\n"
    "                       " MODULEDIR "\n"
    "  -o, --option KEY=VALUE\n"
    "                       for the module; may be given several times\n"
    "\n"
    "Exit status: 0; 1 failure at run time; 64 wrong usage; 78 wrong configuration.\n"
    "See preforkd(8) and preforkd.conf(5).\n";

enum { OPTION_STRICT = 256, OPTION_LOG };

/* '+': what follows the program belongs to it. */
static const char short_options[] = "+:c:tTXVhl:w:u:ib:m:o:";

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 't' },
	{ "dump", no_argument, NULL, 'T' },
	{ "single", no_argument, NULL, 'X' },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "log", required_argument, NULL, OPTION_LOG },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ "listen", required_argument, NULL, 'l' },
	{ "workers", required_argument, NULL, 'w' },
	{ "user", required_argument, NULL, 'u' },
	{ "inetd", no_argument, NULL, 'i' },
	{ "builtin", required_argument, NULL, 'b' },
	{ "module", required_argument, NULL, 'm' },
	{ "option", required_argument, NULL, 'o' },
	{ NULL, 0, NULL, 0 },
};

static int __attribute__((format(printf, 1, 2))) usage(const char *format, ...)
{
	va_list ap;

	(void)fputs("preforkd: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputs("\nTry 'preforkd --help'.\n", stderr);
	return EX_USAGE;
}

/* What -l … means needs the rest to agree.  -1 or an exit code. */
static int
check_service(struct options *o, bool inetd, int argc, char **argv)
{
	struct command_line_service *c = &o->service;
	static char directory[4096];

	if (!o->without_file) {
		if (c->workers || c->user || inetd || c->builtin || c->module ||
		    c->options)
			return usage("-w, -u, -i, -b, -m and -o go with -l; a file "
			             "says it all itself");
		if (argc > 0 && !o->single)
			return usage("'%s' is no option", argv[0]);
		if (argc > 1)
			return usage(
			    "-X takes one service, after all options, not '%s'",
			    argv[1]);
		if (argc == 1)
			o->single_service = argv[0];
		return -1;
	}
	if (o->config)
		return usage("-l is a service without a file: leave out -c or -l");
	if (c->builtin && (inetd || argc > 0))
		return usage("-b takes no program: leave out -b or '%s'",
		             argc > 0 ? argv[0] : "--inetd");
	if (c->module && (c->builtin || inetd || argc > 0))
		return usage("-m takes no program: leave out -m or '%s'",
		             c->builtin ? "--builtin"
		             : argc > 0 ? argv[0]
		                        : "--inetd");
	if (c->options && !c->module)
		return usage("-o goes with -m: only a module has options");
	if (!c->builtin && !c->module && argc == 0)
		return usage(
		    "-l needs a program, as in: preforkd -l 8000 -- python3 app.py");

	c->handler = HANDLER_PROGRAM;
	if (inetd)
		c->handler = HANDLER_INETD;
	if (c->builtin)
		c->handler = HANDLER_BUILTIN;
	if (c->module)
		c->handler = HANDLER_MODULE;
	c->argv = argv;
	c->path = getenv("PATH");
	c->directory = directory;
	if (!getcwd(directory, sizeof(directory)))
		return usage("cannot tell the working directory: %s", strerror(errno));
	return -1;
}

/* What getopt_long() has stumbled over.  Within a bundle of letters it is not yet
 * behind the argument; otherwise it is. */
static int
refuse(char **argv)
{
	if (optopt > 0 && !strchr(short_options, optopt))
		return usage("'-%c' is no option", optopt);
	return usage("'%s' is no option", argv[optind - 1]);
}

static int
set_log_to(struct options *o, const char *name)
{
	int to = log_to_from_name(name);

	if (to < 0)
		return usage("--log: '%s' is not auto, journal, stderr or plain", name);
	o->log_to = (enum log_to)to;
	return -1;
}

int
options_parse(int argc, char **argv, struct options *ret)
{
	static const char *listen[LISTEN_MAX + 1];
	static const char *options[OPTION_MAX + 1];
	struct options o = { .log_to = LOG_TO_AUTO };
	size_t n_listen = 0;
	size_t n_options = 0;
	bool inetd = false;
	int c;
	int r;

	opterr = 0;
	for (;;) {
		c = getopt_long(argc, argv, short_options, long_options, NULL);
		if (c < 0)
			break;
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case 't':
			o.test = true;
			break;
		case 'T':
			o.print = true;
			break;
		case 'X':
			o.single = true;
			break;
		case OPTION_STRICT:
			o.strict = true;
			break;
		case OPTION_LOG:
			r = set_log_to(&o, optarg);
			if (r >= 0)
				return r;
			break;
		case 'V':
			(void)puts("preforkd " PACKAGE_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			(void)fputs(help, stdout);
			return EXIT_SUCCESS;
		case 'l':
			if (n_listen == LISTEN_MAX)
				return usage("-l: %d addresses at most", LISTEN_MAX);
			listen[n_listen++] = optarg;
			break;
		case 'w':
			o.service.workers = optarg;
			break;
		case 'u':
			o.service.user = optarg;
			break;
		case 'i':
			inetd = true;
			break;
		case 'b':
			o.service.builtin = optarg;
			break;
		case 'm':
			o.service.module = optarg;
			break;
		case 'o':
			if (n_options == OPTION_MAX)
				return usage("-o: %d options at most", OPTION_MAX);
			options[n_options++] = optarg;
			o.service.options = options;
			break;
		case ':':
			return usage("'%s' needs a value", argv[optind - 1]);
		default:
			return refuse(argv);
		}
	}
	o.without_file = n_listen > 0;
	o.service.listen = listen;
	r = check_service(&o, inetd, argc - optind, argv + optind);
	if (r >= 0)
		return r;
	if (!o.config)
		o.config = DEFAULT_CONFIG;
	*ret = o;
	return -1;
}
