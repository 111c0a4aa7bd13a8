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
#include <syslog.h>

#include "base/macros.h"

enum log_to {
	LOG_TO_AUTO,    /* the journal if stderr is connected to it, else below */
	LOG_TO_JOURNAL, /* native records to journald */
	LOG_TO_STDERR,  /* "<6>text": what systemd and other collectors parse */
	LOG_TO_PLAIN,   /* "preforkd: text": for people */
	LOG_TO_N,
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

/* Names the service in the journal's PREFORKD_SERVICE= field from now on; the
 * string must stay.  For workers, which speak for one service only. */
void log_set_service(const char *service);

/* From now on a line for which stderr has no room is dropped, and counted, instead of
 * waited for: in a process that others depend on. */
void log_be_impatient(void);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);
void log_at(int level, const char *format, ...) PRINTF_LIKE(2, 3);

/* As above, with ": " and the reason appended.  `error` is an errno value of
 * either sign; returns it negative, so that `return log_errno(r, …)` reads well. */
int log_errno(int error, const char *format, ...) PRINTF_LIKE(2, 3);
int log_warning_errno(int error, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
