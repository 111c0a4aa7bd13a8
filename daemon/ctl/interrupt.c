/*
 * interrupt.c - signals, for what goes on until somebody ends it.
 */
#include "config.h"

#include "ctl/interrupt.h"

#include <poll.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH };

static volatile sig_atomic_t ending;
static volatile sig_atomic_t pausing;
static sigset_t waiting;
static bool catching;

static void
on_signal(int signo)
{
	if (signo == SIGTSTP)
		pausing = 1;
	else if (signo != SIGWINCH)
		ending = 1;
}

void
interrupt_catch(void)
{
	struct sigaction action;
	struct sigaction old;
	sigset_t block;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&block);
	for (i = 0; i < countof(caught); i++) {
		/* nohup(1) and shells without job control have their reasons. */
		(void)sigaction(caught[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(caught[i], &action, NULL);
		(void)sigaddset(&block, caught[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &block, &waiting);
	catching = true;
}

const sigset_t *
interrupt_mask(void)
{
	return catching ? &waiting : NULL;
}

bool
interrupt_wants_end(void)
{
	return ending;
}

bool
interrupt_wants_pause(void)
{
	bool wants = pausing;

	pausing = 0;
	return wants;
}

void
interrupt_pause(void)
{
	(void)raise(SIGSTOP);
}

void
interrupt_sleep(uint64_t until_usec)
{
	uint64_t now = clock_usec();
	struct timespec left = { 0, 0 };

	if (until_usec > now) {
		left.tv_sec = (time_t)((until_usec - now) / USEC_PER_SEC);
		left.tv_nsec = (long)((until_usec - now) % USEC_PER_SEC * 1000);
	}
	(void)ppoll(NULL, 0, &left, interrupt_mask());
}
