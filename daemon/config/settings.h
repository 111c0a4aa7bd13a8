/*
 * settings.h - everything that was configured: plain, complete, never changed
 * after it has been loaded.
 *
 * Every field has its final value: defaults applied, durations in microseconds,
 * users resolved.  One `struct settings` owns all it points to, and is shared by
 * counting: after a reload a service that finishes with its old settings keeps the
 * whole of them alive.
 */
#ifndef PREFORKD_CONFIG_SETTINGS_H
#define PREFORKD_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "net/address.h"
#include "net/listener.h"
#include "net/prefix.h"

/* Which key says what runs.  Bits, because a knob names the kinds it fits. */
enum handler_kind {
	HANDLER_NONE = 0,
	HANDLER_BUILTIN = 1 << 0,
	HANDLER_INETD = 1 << 1,
	HANDLER_PROGRAM = 1 << 2,
	HANDLER_MODULE = 1 << 3,
};
#define HANDLER_ANY (HANDLER_BUILTIN | HANDLER_INETD | HANDLER_PROGRAM | HANDLER_MODULE)

enum pass_how { PASS_LISTEN_FDS, PASS_STDIN };
enum ready_when { READY_EXEC, READY_NOTIFY };
enum stderr_to { STDERR_LOG, STDERR_NULL, STDERR_CONNECTION };
enum log_connections { CONNECTIONS_NONE, CONNECTIONS_FAILED, CONNECTIONS_ALL };

/* Who a worker becomes.  Resolved while loading: after the fork nobody asks the
 * name service. */
struct identity {
	char *user;  /* name, or the number as text if it has none */
	char *home;  /* "/" if unknown */
	char *shell; /* "/bin/sh" if unknown */
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary groups */
	size_t n_groups;
	bool switch_user; /* false: the master is not root, there is nothing to drop */
};

/* Where a value came from. */
enum origin_kind {
	ORIGIN_DEFAULT,
	ORIGIN_DEFAULTS_SECTION,
	ORIGIN_SERVICE,
	ORIGIN_TOP_LEVEL, /* outside of all sections */
	ORIGIN_COMMAND_LINE,
};
struct origin {
	enum origin_kind kind;
	const char *file; /* owned by struct settings; NULL for the built-in and -l … */
	int line;
};

/* Networks as they were written. */
struct prefix_list {
	struct prefix *list;
	size_t n;
	bool local; /* "unix" was among them */
};

/* Groups, where none are as good as some. */
struct group_list {
	gid_t *list;
	size_t n;
	bool set;
};

/* Exit statuses, a bit each. */
#define STATUSES 256
struct status_set {
	uint64_t words[STATUSES / 64];
};

/* The marks of service_settings.rules. */
enum rule { RULE_ALLOW, RULE_DENY };

#define RLIMIT_UNSET UINT64_MAX
#define RLIMIT_UNLIMITED (UINT64_MAX - 1)
#define SIGNED_UNSET INT32_MIN
#define CAPABILITIES_UNSET UINT64_MAX

struct settings;

struct service_settings {
	char *name;
	struct settings *owner;
	const char *file; /* where the section stands; owned by struct settings */
	int line;
	bool enabled;

	/* what runs */
	enum handler_kind handler;
	char *builtin;  /* "echo"; NULL for the other kinds */
	char **argv;    /* inetd, program; NULL-terminated */
	char *module;   /* "socketmap", or an absolute path; NULL for the other kinds */
	char **options; /* module; NULL-terminated "key=value" list */

	/* where */
	struct address *listen;
	size_t n_listen; /* 0: adopts what systemd passes under its name */
	struct listener_options listener;

	/* who may connect: builtin, inetd, module */
	struct prefix_list allow;
	struct prefix_list deny;
	struct prefix_list proxy_protocol;
	struct prefix_table rules;   /* made of allow and deny */
	struct prefix_table proxies; /* made of proxy_protocol */
	unsigned max_per_source;     /* 0: as many as there are workers */
	char *refuse_message;        /* NULL: none */

	/* how many; per listener, for a program per service */
	unsigned workers; /* a fixed number; 0: as many as are needed, within: */
	unsigned min_spare;
	unsigned max_spare;
	unsigned max_workers;
	unsigned start_workers;
	uint64_t idle_retire_usec; /* with min_spare = 0 */
	unsigned spawn_rate;       /* a second */

	/* how long one of them lasts; 0: for ever */
	unsigned max_connections;
	uint64_t max_age_usec;
	uint64_t max_memory; /* bytes, resident */

	/* as whom, with what */
	struct identity identity;
	struct group_list supplementary_groups; /* not set: identity.groups */
	bool no_new_privileges;
	uint64_t capabilities;   /* a bit each, or CAPABILITIES_UNSET */
	char **environment;      /* NULL-terminated "NAME=value" list of additions */
	char **pass_environment; /* NULL-terminated names, of the master's */
	char *path;              /* PATH for the handler */
	char *chroot;            /* NULL: the master's root */
	char *working_directory;
	mode_t umask;
	int nice;             /* SIGNED_UNSET: as the master */
	int oom_score_adjust; /* SIGNED_UNSET: as the master */
	/* By RLIMIT_*; RLIMIT_UNSET: as the master was started with.  Times are in
	 * microseconds. */
	uint64_t limits[RLIM_NLIMITS];

	/* deadlines; 0: none */
	uint64_t first_byte_usec;
	uint64_t idle_usec;
	uint64_t max_duration_usec;
	uint64_t start_usec;
	uint64_t stop_usec;
	uint64_t kill_usec;
	uint64_t linger_usec;

	/* program */
	enum pass_how pass;
	enum ready_when ready;
	int stop_signal;
	int reload_signal;                /* 0: none */
	uint64_t watchdog_usec;           /* 0: off */
	struct status_set success_status; /* besides 0 */

	enum stderr_to stderr_to; /* inetd, program */

	enum log_connections log_connections; /* builtin, inetd, module */

	struct origin *origins; /* one per knob, in the order of service_knobs[] */
};

struct settings {
	unsigned refs; /* the loader's, and one for each that settings_ref() gave */
	char *file;    /* the main file as named; NULL: from the command line */
	int log_level;
	unsigned max_workers_total;   /* 0: off */
	uint64_t exit_when_idle_usec; /* 0: off */
	char *control;                /* path of the control socket; NULL: none */
	gid_t control_gid;            /* (gid_t)-1: root and the master's user only */
	struct origin log_level_origin;
	struct origin max_workers_total_origin;
	struct origin exit_when_idle_origin;
	struct origin control_origin;
	struct origin control_group_origin;

	struct service_settings *services; /* in the order of the files; all of them */
	size_t n_services;

	char **files; /* every file read, for `file` pointers and messages */
	size_t n_files;
};

/* Frees what a service holds. */
void service_settings_done(struct service_settings *s);

/* One reference less, and with the last one all is freed; takes NULL, returns NULL. */
struct settings *settings_free(struct settings *s);

/* One more: to be given back by settings_free().  Returns s. */
struct settings *settings_ref(struct settings *s);

/* An exit status that is none is in no set, and must not be added. */
bool status_set_has(const struct status_set *s, int status);
void status_set_add(struct status_set *s, int status);

/* The fewest and the most workers of each listener (of a program: of all). */
unsigned service_settings_min(const struct service_settings *s);
unsigned service_settings_max(const struct service_settings *s);

/* Processes that a service may start: listeners x workers, or workers for a program.
 * A service without `listen` counts as one listener. */
unsigned service_settings_processes(const struct service_settings *s);

#endif
