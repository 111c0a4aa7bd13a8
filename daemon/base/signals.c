/*
 * signals.c - masks, dispositions, names.
 */
#include "config.h"

#include "base/signals.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/number.h"

/* Bytes of the mask that the kernel knows. */
#define KERNEL_SIGSET_SIZE ((NSIG - 1) / 8)

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
	/* The kernel's own struct: all zero is SIG_DFL, no flags, no mask. */
	static const unsigned long zero[8];
	int signo;

	/* Not by sigaction(3), which refuses the two signals that libc keeps for its
	 * threads; whoever started us may have left even them ignored.  The call
	 * fails for KILL and STOP, as it should. */
	for (signo = 1; signo < NSIG; signo++)
		(void)syscall(SYS_rt_sigaction, signo, zero, NULL, KERNEL_SIGSET_SIZE);
}

void
signals_ignore_reserved(void)
{
	/* The kernel's own struct again: the handler is its first word. */
	unsigned long ignore[8] = { (unsigned long)SIG_IGN };
	int signo;

	/* They lie between the last of the old signals and SIGRTMIN. */
	for (signo = 32; signo < SIGRTMIN; signo++)
		(void)syscall(SYS_rt_sigaction, signo, ignore, NULL,
		              KERNEL_SIGSET_SIZE);
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
