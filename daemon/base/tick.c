/*
 * tick.c - a deadline for a process that blocks in system calls.
 */
#include "config.h"

#include "base/tick.h"

#include <string.h>
#include <sys/time.h>

#include "base/macros.h"
#include "base/signals.h"

/* Short against any deadline a person would configure, long against the work
 * that a tick interrupts. */
#define TICK_USEC (20 * USEC_PER_MSEC)

static void
on_sigalrm(int signo)
{
	(void)signo;
}

void
tick_init(void)
{
	signals_handle(SIGALRM, on_sigalrm, 0);
}

void
tick_start(uint64_t usec)
{
	struct itimerval it;

	if (usec == 0)
		usec = 1;
	it.it_value.tv_sec = (time_t)(usec / USEC_PER_SEC);
	it.it_value.tv_usec = (suseconds_t)(usec % USEC_PER_SEC);
	it.it_interval.tv_sec = 0;
	it.it_interval.tv_usec = TICK_USEC;
	/* Fails only for values out of range, and these are not. */
	(void)setitimer(ITIMER_REAL, &it, NULL);
}

void
tick_stop(void)
{
	struct itimerval it;

	memset(&it, 0, sizeof(it));
	(void)setitimer(ITIMER_REAL, &it, NULL);
}
