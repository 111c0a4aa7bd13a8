/*
 * log.h - one line to whoever runs us: the journal, a pipe, or a terminal.
 *
 * The only process-wide state of the program.  The verbs are usable before
 * log_init() (plain text on stderr) and in a worker after the fork; they are
 * not async-signal-safe.  Control characters in a line, and what is
 * no UTF-8, become '?'; errno is preserved.
 */
#ifndef PREFORKD_BASE_LOG_H
#define PREFORKD_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <syslog.h>

#include "base/macros.h"

/* Longer lines are cut; the journal's own limit for a field is far above. */
#define LOG_LINE_MAX 2048

enum log_to {
	LOG_TO_AUTO,    /* the journal if stderr is connected to it, else below */
	LOG_TO_JOURNAL, /* native records to journald */
	LOG_TO_STDERR,  /* "<6>text": what systemd and other collectors parse */
	LOG_TO_PLAIN,   /* "preforkd: text": for people */
	LOG_TO_N,
};

/* What a line is about.  The journal keeps it as fields beside the text; elsewhere
 * the text must do.  NULL and 0 are "not known"; where 0 is a value, a flag says so. */
struct log_fields {
	const char *message_id; /* MESSAGE_ID=: one of base/message_id.h */
	const char *event;   /* in no journal: what to call it where there is no id */
	const char *service; /* PREFORKD_SERVICE=, and so on */
	const char *pool;
	const char *peer;
	const char *cause;
	pid_t pid;    /* of a worker, where another process speaks of it */
	bool in_slot; /* slot and generation are known */
	unsigned slot;
	unsigned generation;
	uint64_t duration_usec;
	bool counted; /* connections are known */
	uint64_t connections;
};

/* "auto", "journal", "stderr", "plain" to its value, or -1.  Does not log. */
int log_to_from_name(const char *name);

/* "error" "warning" "notice" "info" "debug" to LOG_ERR …, or -1; and back. */
int log_level_from_name(const char *name);
const char *log_level_name(int level);

/* Chooses where lines go.  LOG_TO_AUTO is the journal when JOURNAL_STREAM names
 * our stderr, plain text on a terminal, prefixed lines otherwise.  If the
 * journal cannot be reached, lines go to stderr with a prefix. */
void log_init(enum log_to to);

/* What the choice came to: never LOG_TO_AUTO. */
enum log_to log_destination(void);

/* Lines of a lower priority than `level` (LOG_ERR … LOG_DEBUG) are dropped. */
void log_set_level(int level);
bool log_wants(int level);

/* The descriptor that libsystemd keeps for the journal, or -1.  Whoever closes
 * descriptors after a fork must keep it: libsystemd would go on using the
 * number, and it would be somebody's connection by then. */
int log_fd(void);

/* This process is a worker now: every line is about this slot, as far as its own fields
 * do not say otherwise (the strings must stay), and nobody of the master's gets a copy.
 */
void log_enter_worker(struct log_fields scope);

/* From now on a line for which stderr has no room is dropped, and counted, instead of
 * waited for: in a process that others depend on. */
void log_be_impatient(void);

/* Every line that is written is also handed to `copy`; NULL: no more.  For the
 * time of one task whose messages somebody waits for. */
void log_copy_to(void (*copy)(void *userdata, int level, const char *line),
                 void *userdata);

/* What log_event() is told, whatever its level, is also handed to `watch`; NULL: no
 * more. The process after a fork is not watched (log_set_scope()). */
void log_watch(void (*watch)(void *userdata, const struct log_fields *about,
                             const char *line),
               void *userdata);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);
void log_at(int level, const char *format, ...) PRINTF_LIKE(2, 3);

/* With the fields that are known:
 *	log_event(LOG_INFO, (struct log_fields){ .message_id = MESSAGE_READY }, …) */
void log_event(int level, struct log_fields about, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Likewise, with ": " and the reason appended.  `error` is an errno value of either
 * sign; returns it negative. */
int log_event_errno(int level, struct log_fields about, int error, const char *format,
                    ...) PRINTF_LIKE(4, 5);

/* As above, with ": " and the reason appended.  `error` is an errno value of
 * either sign; returns it negative, so that `return log_errno(r, …)` reads well. */
int log_errno(int error, const char *format, ...) PRINTF_LIKE(2, 3);
int log_warning_errno(int error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
