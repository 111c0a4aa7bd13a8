/*
 * signals.c - masks, dispositions, names.
 */
#include "config.h"

#include "base/signals.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

sigset_t
signals_block_all(void)
{
	sigset_t all;
	sigset_t before;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	return before;
}

void
signals_restore(const sigset_t *mask)
{
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
}

void
signals_reset(void)
{
	struct sigaction sa;
	int signo;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	/* Fails for KILL, STOP and the two that libc keeps: as it should. */
	for (signo = 1; signo < NSIG; signo++)
		(void)sigaction(signo, &sa, NULL);
}

void
signals_handle(int signo, void (*handler)(int signo), int flags)
{
	struct sigaction sa;
	int r;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sa.sa_flags = flags;
	(void)sigfillset(&sa.sa_mask);
	r = sigaction(signo, &sa, NULL);
	assert(r == 0);
	(void)r;
}

int
signal_from_name(const char *name)
{
	const char *abbrev;
	uint64_t number;
	int signo;

	if (count_parse(name, &number) == 0)
		return number >= 1 && number < NSIG ? (int)number : -1;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	for (signo = 1; signo < NSIG; signo++) {
		abbrev = sigabbrev_np(signo);
		if (abbrev && strcmp(abbrev, name) == 0)
			return signo;
	}
	return -1;
}

const char *
signal_name(int signo)
{
	static char buf[24];
	const char *abbrev = sigabbrev_np(signo);

	if (abbrev)
		(void)snprintf(buf, sizeof(buf), "SIG%s", abbrev);
	else
		(void)snprintf(buf, sizeof(buf), "%d", signo);
	return buf;
}
