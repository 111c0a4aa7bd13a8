/*
 * snapshot.h - what the daemon said of itself and its services, at one moment.
 *
 * Plain data: read from one answer of the daemon (read.h), formatted by overview,
 * detail and document, interpreted by advice.  Strings are never NULL; a property
 * that a daemon of another version does not have is empty or 0.
 */
#ifndef PREFORKD_CTL_SNAPSHOT_H
#define PREFORKD_CTL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker/effort.h"

#define RSS_UNKNOWN UINT64_MAX

/* A worker, or a program. */
struct slot_facts {
	char *pool; /* "git", "git/2": that of its second address */
	uint32_t slot;
	uint32_t generation;
	uint32_t pid;
	char *state;
	char *peer;   /* "" if none */
	char *status; /* what a program says of itself; "" */
	uint64_t state_usec;
	uint64_t age_usec;
	uint64_t connections;
	uint64_t failed;
	uint64_t timed_out;
	uint64_t rss; /* bytes, of /proc; RSS_UNKNOWN */
};

/* What `slots` has for each slot of a pool; '-' is a free one. */
#define SLOT_LETTER_IDLE 'i'
#define SLOT_LETTER_BUSY 'b'
#define SLOT_LETTER_STARTING 's'
#define SLOT_LETTER_LEAVING 'l'
#define SLOT_LETTER_RUNNING 'r' /* of a program */

/* One generation of the workers of an address. */
struct pool_facts {
	char *name;
	char *stage; /* current, coming, leaving */
	uint32_t generation;
	uint32_t workers;
	uint32_t max_workers;
	uint32_t ready;
	uint32_t busy;
	uint32_t queue;
	uint32_t queue_limit;
	char *slots; /* a letter each, up to the last that is taken */
};

struct end_count {
	char *cause;
	uint64_t n;
};

struct service_facts {
	char *name;
	char *file; /* where it is configured */
	uint32_t line;
	char *handler; /* builtin, inetd, program, module */
	char **command;
	char **addresses;
	char *state;
	char *user;
	uint32_t workers; /* wanted */
	uint32_t max_workers;
	char *limit_key; /* what to raise: "workers", "max_workers" */
	uint32_t ready;
	uint32_t busy;
	uint32_t queue;
	uint32_t queue_limit;
	uint64_t connections;
	uint64_t failed;
	uint64_t timed_out;
	uint64_t refused_by_rule; /* allow, deny; none of these is a connection */
	uint64_t refused_by_source;
	uint64_t refused_by_proxy;
	uint64_t busy_usec; /* of all connections together */
	uint64_t bytes_in;  /* 0 if nobody knows */
	uint64_t bytes_out;
	uint64_t times[EFFORT_TIMES]; /* see effort.h */
	uint64_t rate_milli;          /* thousandths of a connection per second */
	char *failure;                /* "" while it does not fail */
	uint32_t failed_starts;
	char *last_failure; /* "" if it never did */
	uint64_t last_failure_usec;
	uint32_t generation;
	uint32_t leaving; /* processes of earlier generations */
	uint32_t stale;   /* still to be replaced by a running restart */
	uint64_t starts;  /* of processes, ever */
	struct end_count *ends;
	size_t n_ends;
	uint64_t busy_hour_usec; /* of the worst address */
	uint64_t saturated_usec; /* ever, of all addresses together */
	struct pool_facts *pools;
	size_t n_pools;
	struct slot_facts *slots; /* only if asked for */
	size_t n_slots;
};

struct daemon_facts {
	char *version;
	char *config_file;
	char *state;
	char *status;
	char *last_reload;
	uint32_t pid;
	uint32_t reloads;
	uint32_t max_workers_total;
	char *log_level;
	uint64_t uptime_usec;
	uint64_t started_usec; /* since 1970 */
	uint32_t last_reload_failed;
};

struct snapshot {
	struct daemon_facts daemon;
	struct service_facts *services;
	size_t n_services;
};

struct snapshot *snapshot_new(void); /* NULL without memory */
struct snapshot *snapshot_free(struct snapshot *s);

/* Adds an empty service; NULL without memory. */
struct service_facts *snapshot_add(struct snapshot *s);

/* NULL if there is none of that name. */
struct service_facts *snapshot_find(const struct snapshot *s, const char *name);

bool service_is(const struct service_facts *s, const char *state);
bool service_is_program(const struct service_facts *s);

/* Somebody ends it, or all of preforkd: it finishes what it has and takes nobody new.
 * Whether a failure does so too is for the one who asks to say: a balancer goes on with
 * what is ready (agent.c), a health check tells (http_respond.c). */
bool service_takes_nobody(const struct daemon_facts *d, const struct service_facts *s);

/* A service of the snapshot fails. */
bool snapshot_any_failing(const struct snapshot *s);

size_t strings_count(char *const *list); /* NULL: 0 */

#endif
