/*
 * load.c - a client that opens very many connections to an echo service and
 * counts what became of each.
 *
 *     load [OPTION...] ADDRESS
 *
 * Prints one line of key=value pairs on standard output, the same in words on
 * standard error.  Exit code 0 when every connection was right to the last byte,
 * 1 when one was not (or, with --allow-failures, when it had to give up), 64 for
 * a wrong option.  It cannot hang: see client.h; should a client process die,
 * that is an error too.
 *
 * SIGTERM and SIGINT let it finish what is open and report.
 */
#include "config.h"

#include "client.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_PROCESSES = 256,
	MAX_CONCURRENCY = 100000,
};

static struct load_shared *shared;

static const char help[] =
    "usage: load [OPTION...] ADDRESS\n"
    "ADDRESS is 127.0.0.1:PORT, [::1]:PORT, /path or @abstract.\n"
    "  -n, --connections=N    open exactly N connections\n"
    "  -t, --duration=SECONDS open connections for that long (default 1);\n"
    "                         with --hold: keep them that long, 0 is until SIGTERM\n"
    "  -c, --concurrency=N    connections at a time (default 32)\n"
    "  -p, --processes=N      client processes (default 2)\n"
    "  -s, --size=BYTES       sent and read back on each (default 64)\n"
    "  -d, --deadline=SECONDS for one connection (default 5)\n"
    "  -S, --source-spread    source addresses from all over 127.0.0.0/8\n"
    "  -H, --hold             open all of --concurrency, wait until every one is\n"
    "                         answered, say \"held=N failed=N after_us=N\", keep them\n"
    "  -a, --allow-failures   exit 0 although connections failed\n"
    "  -q, --quiet            no words on standard error\n"
    "  -h, --help             this\n";

static const struct option options[] = {
	{ "connections", required_argument, NULL, 'n' },
	{ "duration", required_argument, NULL, 't' },
	{ "concurrency", required_argument, NULL, 'c' },
	{ "processes", required_argument, NULL, 'p' },
	{ "size", required_argument, NULL, 's' },
	{ "deadline", required_argument, NULL, 'd' },
	{ "source-spread", no_argument, NULL, 'S' },
	{ "hold", no_argument, NULL, 'H' },
	{ "allow-failures", no_argument, NULL, 'a' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct cli {
	bool allow_failures;
	bool quiet;
};

static uint64_t
number(const char *what, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || value < min ||
	    value > max)
		errx(64, "%s: '%s', allowed is a number from %llu to %llu", what, text,
		     (unsigned long long)min, (unsigned long long)max);
	return value;
}

static uint64_t
seconds(const char *what, const char *text, double min)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= 86400))
		errx(64, "%s: '%s', allowed are %g to 86400 seconds", what, text, min);
	return (uint64_t)(value * 1e6);
}

static void
parse(int argc, char **argv, struct load_settings *set, struct cli *cli)
{
	int option;

	while ((option = getopt_long(argc, argv, "n:t:c:p:s:d:SHaqh", options, NULL)) !=
	       -1)
		switch (option) {
		case 'n':
			set->connections =
			    number("connections", optarg, 1, UINT64_C(1) << 40);
			break;
		case 't':
			set->duration_usec = seconds("duration", optarg, 0);
			break;
		case 'c':
			set->concurrency =
			    (unsigned)number("concurrency", optarg, 1, MAX_CONCURRENCY);
			break;
		case 'p':
			set->processes =
			    (unsigned)number("processes", optarg, 1, MAX_PROCESSES);
			break;
		case 's':
			set->bytes =
			    (size_t)number("size", optarg, 1, UINT64_C(1) << 40);
			break;
		case 'd':
			set->deadline_usec = seconds("deadline", optarg, 0.001);
			break;
		case 'S':
			set->source_spread = true;
			break;
		case 'H':
			set->hold = true;
			break;
		case 'a':
			cli->allow_failures = true;
			break;
		case 'q':
			cli->quiet = true;
			break;
		case 'h':
			(void)fputs(help, stdout);
			exit(0);
		default:
			(void)fputs(help, stderr);
			exit(64);
		}
	if (optind != argc - 1) {
		(void)fputs(help, stderr);
		exit(64);
	}
	if (bench_address_parse(argv[optind], &set->to) < 0)
		errx(64,
		     "'%s' is no address; 127.0.0.1:PORT, [::1]:PORT, /path or @name",
		     argv[optind]);
	if (set->source_spread && set->to.sa.sa_family != AF_INET)
		errx(64, "source-spread: 127.0.0.0/8 reaches IPv4 addresses only");
	if (set->hold && set->connections)
		errx(64,
		     "hold: opens as many as --concurrency says, not --connections");
	if (set->processes > set->concurrency)
		set->processes = set->concurrency;
}

static void
on_stop(int signo)
{
	(void)signo;
	atomic_store(&shared->stop, true);
}

static void
allow_many_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void
start_client(const struct load_settings *set, unsigned index)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		return;
	/* The parent passes a stop on, whoever the signal was sent to. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	client_run(set, shared, index);
	_exit(0);
}

/* True when one has ended; it ended badly: an error at once. */
static bool
reap(int flags)
{
	int status;
	pid_t pid = waitpid(-1, &status, flags);

	if (pid < 0 && errno != EINTR)
		err(1, "waitpid");
	if (pid <= 0)
		return false;
	if (WIFSIGNALED(status))
		errx(1, "a client process died of signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		errx(1, "a client process failed");
	return true;
}

/* Hold: waits until all are answered, and says so.  Returns how many have ended. */
static unsigned
announce_held(const struct load_settings *set)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	unsigned ended = 0;

	while (atomic_load(&shared->settled_usec) == 0 && ended < set->processes) {
		(void)nanosleep(&pause, NULL);
		ended += reap(WNOHANG);
	}
	(void)printf("held=%u failed=%u after_us=%llu\n", atomic_load(&shared->held),
	             set->concurrency - atomic_load(&shared->held),
	             atomic_load(&shared->settled_usec) - shared->started_usec);
	(void)fflush(stdout);
	return ended;
}

int
main(int argc, char **argv)
{
	struct load_settings set = {
		.duration_usec = 1000000,
		.deadline_usec = 5000000,
		.bytes = 64,
		.concurrency = 32,
		.processes = 2,
	};
	struct cli cli = { 0 };
	struct sigaction stop = { .sa_handler = on_stop };
	struct tally sum = { 0 };
	uint64_t elapsed;
	unsigned ended = 0;

	parse(argc, argv, &set, &cli);
	allow_many_descriptors();
	shared = mmap(NULL, sizeof(*shared) + set.processes * sizeof(shared->tally[0]),
	              PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)sigaction(SIGINT, &stop, NULL);

	shared->started_usec = client_clock();
	for (unsigned i = 0; i < set.processes; i++)
		start_client(&set, i);
	if (set.hold)
		ended = announce_held(&set);
	while (ended < set.processes)
		ended += reap(0);

	for (unsigned i = 0; i < set.processes; i++)
		tally_merge(&sum, &shared->tally[i]);
	elapsed = sum.finished_usec - shared->started_usec;
	tally_print_line(&sum, elapsed, stdout);
	if (!cli.quiet)
		tally_print_words(&sum, elapsed, stderr);
	if (sum.gave_up)
		return 1;
	return tally_failed(&sum) > 0 && !cli.allow_failures;
}
