/*
 * stray.c - signals that mean nothing to the master, and would end it.
 *
 * Their default is a death without a word, of which nothing would tell an
 * administrator who meant another daemon's SIGUSR1.  What a fault raises (SIGSEGV,
 * SIGSYS, ...), and what a terminal or a limit sends, stays as it is.
 */
#include "config.h"

#include "master/stray.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/gate.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/signals.h"

/* Whoever sends thousands is named once in this time. */
#define STRAY_LINE_USEC (10 * USEC_PER_SEC)

static int
on_stray(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
	static struct gate gate;
	char more[48] = "";
	uint32_t suppressed;

	(void)source;
	(void)userdata;
	if (!gate_pass(&gate, clock_usec(), STRAY_LINE_USEC, &suppressed))
		return 0;
	if (suppressed > 0)
		(void)snprintf(more, sizeof(more), " (and %" PRIu32 " more before)",
		               suppressed);
	log_warning("%s from pid %" PRIu32 " of uid %" PRIu32
	            " means nothing here, ignoring; SIGHUP reloads, SIGTERM stops%s",
	            signal_name((int)si->ssi_signo), si->ssi_pid, si->ssi_uid, more);
	return 0;
}

static int
watch(sd_event *event, int signo)
{
	sigset_t one;

	(void)sigemptyset(&one);
	(void)sigaddset(&one, signo);
	if (sigprocmask(SIG_BLOCK, &one, NULL) < 0)
		return -errno;
	return sd_event_add_signal(event, NULL, signo, on_stray, NULL);
}

int
stray_watch(sd_event *event)
{
	static const int strays[] = { SIGUSR1, SIGUSR2, SIGALRM,   SIGVTALRM,
		                      SIGPROF, SIGIO,   SIGSTKFLT, SIGPWR };
	size_t i;
	int signo;
	int r;

	for (i = 0; i < countof(strays); i++) {
		r = watch(event, strays[i]);
		if (r < 0)
			return r;
	}
	for (signo = SIGRTMIN; signo <= SIGRTMAX; signo++) {
		r = watch(event, signo);
		if (r < 0)
			return r;
	}
	signals_ignore_reserved();
	return 0;
}
