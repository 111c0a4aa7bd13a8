/*
 * knobs.c - the table of keys.
 *
 * Everything that is particular to a key stands in its row; what is particular to a
 * kind of value stands in value.c (reading) and print.c (writing).
 */
#include "config.h"

#include "config/knobs.h"

#include <limits.h>
#include <string.h>

#include "base/macros.h"
#include "config/spelling.h"

#define FIELD(field) offsetof(struct service_settings, field)
#define MSEC USEC_PER_MSEC
#define SEC USEC_PER_SEC
#define HOUR (3600 * USEC_PER_SEC)
#define DAY (24 * HOUR)

#define BUILTIN HANDLER_BUILTIN
#define INETD HANDLER_INETD
#define PROGRAM HANDLER_PROGRAM
#define MODULE HANDLER_MODULE
#define ANY HANDLER_ANY

/* The field of setrlimit(2)'s resource: what a worker sets goes by it. */
#define LIMIT(resource) ANY, FIELD(limits[RLIMIT_##resource])
#define MB (UINT64_C(1) << 20)

#define FIXED                                                                          \
	"nobody but the program knows how many of its workers are idle: set workers"

/* In the order of their enums and of the builtins' table. */
static const char *const builtins[] = { "echo", "discard", "daytime",
	                                "time", "chargen", NULL };
static const char *const pass_words[] = { "listen_fds", "stdin", NULL };
static const char *const ready_words[] = { "exec", "notify", NULL };
static const char *const stderr_words[] = { "log", "null", "connection", NULL };
static const char *const proxy_words[] = { "unix", NULL };
static const char *const log_words[] = { "none", "failed", "all", NULL };

/* clang-format off */
const struct knob service_knobs[] = {
	/* what runs */
	{ "enabled", KNOB_BOOL, ANY, FIELD(enabled), 0, 0, "yes", NULL, NULL },
	{ "builtin", KNOB_TEXT, ANY, FIELD(builtin), 0, 0, NULL, builtins, NULL },
	{ "inetd", KNOB_COMMAND, ANY, FIELD(argv), 0, 0, NULL, NULL, NULL },
	{ "program", KNOB_COMMAND, ANY, FIELD(argv), 0, 0, NULL, NULL, NULL },
	{ "module", KNOB_MODULE, ANY, FIELD(module), 0, 0, NULL, NULL, NULL },
	{ "option", KNOB_OPTIONS, MODULE, FIELD(options), 0, 0, NULL, NULL,
	  "nothing but a module takes any, others have arguments and variables" },

	/* where */
	{ "listen", KNOB_ADDRESSES, ANY, FIELD(listen), 0, 0, NULL, NULL, NULL },
	{ "backlog", KNOB_COUNT, ANY, FIELD(listener.backlog), 1, 1048576, "4096", NULL, NULL },
	{ "socket_mode", KNOB_MODE, ANY, FIELD(listener.socket_mode), 0, 0777, "0666", NULL, NULL },
	{ "socket_user", KNOB_USER, ANY, FIELD(listener.socket_uid), 0, 0, NULL, NULL, NULL },
	{ "socket_group", KNOB_GROUP, ANY, FIELD(listener.socket_gid), 0, 0, NULL, NULL, NULL },
	{ "free_bind", KNOB_BOOL, ANY, FIELD(listener.free_bind), 0, 0, "no", NULL, NULL },
	{ "no_delay", KNOB_BOOL, ANY, FIELD(listener.no_delay), 0, 0, "yes", NULL, NULL },
	{ "keep_alive", KNOB_BOOL, ANY, FIELD(listener.keep_alive), 0, 0, "yes", NULL, NULL },
	{ "defer_accept", KNOB_SECONDS, ANY, FIELD(listener.defer_accept_sec), 0, 3600, "0", NULL, NULL },
	{ "ipv6_only", KNOB_BOOL, ANY, FIELD(listener.ipv6_only), 0, 0, "no", NULL, NULL },
	{ "bind_to_device", KNOB_DEVICE, ANY, FIELD(listener.bind_to_device), 0, 0, NULL, NULL, NULL },

	/* who may connect */
	{ "allow", KNOB_PREFIXES, BUILTIN | INETD | MODULE, FIELD(allow), 0, 0, NULL, NULL,
	  "a program accepts its connections itself, it or a firewall must choose" },
	{ "deny", KNOB_PREFIXES, BUILTIN | INETD | MODULE, FIELD(deny), 0, 0, NULL, NULL,
	  "a program accepts its connections itself, it or a firewall must choose" },
	{ "proxy_protocol", KNOB_PREFIXES, BUILTIN | INETD | MODULE, FIELD(proxy_protocol), 0, 0, NULL, proxy_words,
	  "a program accepts its connections itself and must read the header itself" },
	{ "max_connections_per_source", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(max_per_source), 0, 16384, "0", NULL,
	  "a program accepts its connections itself and must count them itself" },
	{ "refuse_message", KNOB_TEXT, BUILTIN | INETD | MODULE, FIELD(refuse_message), 0, 512, NULL, NULL,
	  "a program accepts its connections itself, nobody else refuses any" },

	/* how many */
	{ "workers", KNOB_WORKERS, ANY, FIELD(workers), 1, 16384, NULL, NULL, NULL },
	{ "min_spare", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(min_spare), 0, 16384, "2", NULL, FIXED },
	{ "max_spare", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(max_spare), 0, 16384, "8", NULL, FIXED },
	{ "max_workers", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(max_workers), 1, 16384, "64", NULL, FIXED },
	{ "start_workers", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(start_workers), 0, 16384, "0", NULL, FIXED },
	{ "idle_retire", KNOB_DURATION, BUILTIN | INETD | MODULE, FIELD(idle_retire_usec), SEC, 365 * DAY, "60s", NULL, FIXED },
	{ "spawn_rate", KNOB_COUNT, ANY, FIELD(spawn_rate), 1, 1000000, "4000", NULL, NULL },
	{ "max_connections_per_worker", KNOB_COUNT, BUILTIN | INETD | MODULE, FIELD(max_connections), 0, 1000000000, "0", NULL,
	  "a program counts its connections itself, and ends when it has had enough" },
	{ "max_age", KNOB_DURATION, ANY, FIELD(max_age_usec), 0, 365 * DAY, "0", NULL, NULL },
	{ "max_memory", KNOB_SIZE, ANY, FIELD(max_memory), 0, UINT64_C(1) << 50, "0", NULL, NULL },

	/* as whom, with what */
	{ "user", KNOB_USER, ANY, FIELD(identity), 0, 0, NULL, NULL, NULL },
	{ "group", KNOB_GROUP, ANY, FIELD(identity), 0, 0, NULL, NULL, NULL },
	{ "supplementary_groups", KNOB_GROUPS, ANY, FIELD(supplementary_groups), 0, 0, NULL, NULL, NULL },
	{ "no_new_privileges", KNOB_BOOL, ANY, FIELD(no_new_privileges), 0, 0, "yes", NULL, NULL },
	{ "capabilities", KNOB_CAPABILITIES, INETD | PROGRAM | MODULE, FIELD(capabilities), 0, 0, NULL, NULL,
	  "a builtin needs none, leave it out" },
	{ "environment", KNOB_ENVIRONMENT, INETD | PROGRAM | MODULE, FIELD(environment), 0, 0, NULL, NULL,
	  "a builtin has no use for variables, leave it out" },
	{ "pass_environment", KNOB_NAMES, INETD | PROGRAM | MODULE, FIELD(pass_environment), 0, 0, NULL, NULL,
	  "a builtin has no use for variables, leave it out" },
	{ "chroot", KNOB_FOLDER, ANY, FIELD(chroot), 0, 0, NULL, NULL, NULL },
	{ "working_directory", KNOB_FOLDER, ANY, FIELD(working_directory), 0, 0, "/", NULL, NULL },
	{ "umask", KNOB_MODE, ANY, FIELD(umask), 0, 0777, "0022", NULL, NULL },
	{ "nice", KNOB_SIGNED, ANY, FIELD(nice), (uint64_t)-20, 19, NULL, NULL, NULL },
	{ "oom_score_adjust", KNOB_SIGNED, ANY, FIELD(oom_score_adjust), (uint64_t)-1000, 1000, NULL, NULL, NULL },

	/* what a worker may use; less than the smallest would be the end of any */
	{ "limit_as", KNOB_RLIMIT, LIMIT(AS), 16 * MB, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_core", KNOB_RLIMIT, LIMIT(CORE), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_cpu", KNOB_RLIMIT_TIME, LIMIT(CPU), SEC, 365 * DAY, NULL, NULL, NULL },
	{ "limit_data", KNOB_RLIMIT, LIMIT(DATA), 4 * MB, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_fsize", KNOB_RLIMIT, LIMIT(FSIZE), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_locks", KNOB_RLIMIT_COUNT, LIMIT(LOCKS), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_memlock", KNOB_RLIMIT, LIMIT(MEMLOCK), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_msgqueue", KNOB_RLIMIT, LIMIT(MSGQUEUE), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_nice", KNOB_RLIMIT_COUNT, LIMIT(NICE), 0, 40, NULL, NULL, NULL },
	{ "limit_nofile", KNOB_RLIMIT_COUNT, LIMIT(NOFILE), 16, 1073741816, NULL, NULL, NULL },
	{ "limit_nproc", KNOB_RLIMIT_COUNT, LIMIT(NPROC), 1, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_rss", KNOB_RLIMIT, LIMIT(RSS), 0, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_rtprio", KNOB_RLIMIT_COUNT, LIMIT(RTPRIO), 0, 99, NULL, NULL, NULL },
	{ "limit_rttime", KNOB_RLIMIT_TIME, LIMIT(RTTIME), MSEC, 365 * DAY, NULL, NULL, NULL },
	{ "limit_sigpending", KNOB_RLIMIT_COUNT, LIMIT(SIGPENDING), 1, RLIMIT_UNLIMITED, NULL, NULL, NULL },
	{ "limit_stack", KNOB_RLIMIT, LIMIT(STACK), 256 * 1024, RLIMIT_UNLIMITED, NULL, NULL, NULL },

	/* deadlines */
	{ "first_byte_timeout", KNOB_DURATION, BUILTIN | INETD | MODULE, FIELD(first_byte_usec), 0, DAY, "60s", NULL,
	  "a program sets its own deadlines; neither this nor max_duration can watch it" },
	{ "idle_timeout", KNOB_DURATION, BUILTIN | MODULE, FIELD(idle_usec), 0, DAY, "60s", NULL,
	  "for inetd there is max_duration; a program sets its own deadlines" },
	{ "max_duration", KNOB_DURATION, BUILTIN | INETD | MODULE, FIELD(max_duration_usec), 0, 365 * DAY, "0", NULL,
	  "a program accepts for itself and sets its own deadlines" },
	{ "start_timeout", KNOB_DURATION, ANY, FIELD(start_usec), MSEC, DAY, "30s", NULL, NULL },
	{ "stop_timeout", KNOB_DURATION, ANY, FIELD(stop_usec), MSEC, DAY, "30s", NULL, NULL },
	{ "kill_timeout", KNOB_DURATION, ANY, FIELD(kill_usec), MSEC, HOUR, "5s", NULL, NULL },
	{ "linger_timeout", KNOB_DURATION, BUILTIN | MODULE, FIELD(linger_usec), 0, HOUR, "2s", NULL,
	  "a command or program closes its connections itself, leave it out" },

	/* program */
	{ "pass", KNOB_CHOICE, PROGRAM, FIELD(pass), 0, 0, "listen_fds", pass_words,
	  "only a program gets the listening socket, leave it out" },
	{ "ready", KNOB_CHOICE, PROGRAM, FIELD(ready), 0, 0, "exec", ready_words,
	  "preforkd knows when workers of its own are ready, leave it out" },
	{ "stop_signal", KNOB_SIGNAL, PROGRAM, FIELD(stop_signal), 0, 0, "SIGTERM", NULL,
	  "stop_timeout and kill_timeout say how others are stopped" },
	{ "reload_signal", KNOB_SIGNAL, PROGRAM, FIELD(reload_signal), 0, 0, NULL, NULL,
	  "a worker is replaced when its settings change, and a command is started anew each time" },
	{ "watchdog", KNOB_DURATION, PROGRAM, FIELD(watchdog_usec), 0, DAY, "0", NULL,
	  "max_duration bounds how long others serve one connection" },
	{ "success_status", KNOB_STATUSES, PROGRAM, FIELD(success_status), 0, 255, NULL, NULL,
	  "a worker ends when it is told to, and the connection of a command tells how that has ended" },

	/* messages */
	{ "stderr", KNOB_CHOICE, INETD | PROGRAM, FIELD(stderr_to), 0, 0, "log", stderr_words,
	  "a builtin writes nothing there and a module where its daemon does, leave it out" },
	{ "log_connections", KNOB_CHOICE, BUILTIN | INETD | MODULE, FIELD(log_connections), 0, 0, "failed", log_words,
	  "a program accepts its connections itself, nobody else sees them" },
};
/* clang-format on */
const size_t n_service_knobs = countof(service_knobs);

/* Where a default depends on the handler. */
static const struct {
	const char *key;
	enum handler_kind handler;
	const char *fallback;
} special_fallbacks[] = {
	{ "workers", HANDLER_PROGRAM, "1" },
	/* In ftp, ssh and smtp the server speaks first. */
	{ "first_byte_timeout", HANDLER_INETD, "0" },
};

const struct knob *
knob_find(const char *key)
{
	size_t i;

	for (i = 0; i < n_service_knobs; i++) {
		if (strcmp(service_knobs[i].key, key) == 0)
			return &service_knobs[i];
	}
	return NULL;
}

const char *
knob_fallback(const struct knob *k, enum handler_kind handler)
{
	size_t i;

	for (i = 0; i < countof(special_fallbacks); i++) {
		if (special_fallbacks[i].handler == handler &&
		    strcmp(special_fallbacks[i].key, k->key) == 0)
			return special_fallbacks[i].fallback;
	}
	return k->fallback;
}

const char *
handler_kind_name(enum handler_kind kind)
{
	switch (kind) {
	case HANDLER_BUILTIN:
		return "builtin";
	case HANDLER_INETD:
		return "inetd";
	case HANDLER_PROGRAM:
		return "program";
	case HANDLER_MODULE:
		return "module";
	case HANDLER_NONE:
		break;
	}
	return "none";
}

bool
knob_fits_defaults(const struct knob *k)
{
	return k->kind != KNOB_COMMAND && k->kind != KNOB_ADDRESSES &&
	       k->kind != KNOB_MODULE && k->kind != KNOB_OPTIONS &&
	       k->offset != FIELD(builtin);
}

const char *
knob_suggest(const char *key)
{
	const char *keys[countof(service_knobs) + 1];
	size_t i;

	for (i = 0; i < countof(service_knobs); i++)
		keys[i] = service_knobs[i].key;
	keys[i] = NULL;
	return spelling_nearest(key, keys);
}
