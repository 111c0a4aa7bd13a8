/*
 * signals.h - masks, dispositions, names.
 */
#ifndef PREFORKD_BASE_SIGNALS_H
#define PREFORKD_BASE_SIGNALS_H

#include <signal.h>

/* Blocks every signal and returns the mask that was. */
sigset_t signals_block_all(void);

/* Sets the mask. */
void signals_restore(const sigset_t *mask);

/* Every signal to its default disposition.  The mask is left alone.
 * Async-signal-safe. */
void signals_reset(void);

/* Ignores the two signals that libc keeps for its threads, which sigaction(3) cannot.
 */
void signals_ignore_reserved(void);

/* Installs a handler; `flags` as in sa_flags.  While it runs all is blocked. */
void signals_handle(int signo, void (*handler)(int signo), int flags);

/* "SIGTERM", "TERM" or "15" to the number, or -1; and back to "SIGTERM" (a
 * number as text for what has no name; static storage). */
int signal_from_name(const char *name);
const char *signal_name(int signo);

#endif
