/*
 * exit_cause.c - why a worker ended: exactly one cause each, and its words.
 */
#include "config.h"

#include "pool/exit_cause.h"

#include <stdio.h>
#include <sys/wait.h>

#include "base/macros.h"
#include "base/signals.h"
#include "worker/worker.h"

static const char *const cause_name[] = {
	[CAUSE_RETIRED] = "retired",
	[CAUSE_USED_UP] = "used-up",
	[CAUSE_CLEAN_EXIT] = "exit",
	[CAUSE_EXIT_CODE] = "exit-code",
	[CAUSE_SIGNAL] = "signal",
	[CAUSE_START_TIMEOUT] = "start-timeout",
	[CAUSE_STOP_TIMEOUT] = "stop-timeout",
	[CAUSE_HURRIED] = "hurried",
	[CAUSE_OVERRUN] = "max-duration",
	[CAUSE_KILL_TIMEOUT] = "kill-timeout",
	[CAUSE_WATCHDOG] = "watchdog",
	[CAUSE_FAILED_START] = "failed-start",
	[CAUSE_LISTENER_LOST] = "listener-lost",
	[CAUSE_NO_DESCRIPTORS] = "no-descriptors",
	[CAUSE_BUG] = "bug",
};
_Static_assert(countof(cause_name) == CAUSE_N, "name every cause");

static enum exit_cause
cause_of_status(const struct exit_facts *f)
{
	if (f->program)
		return f->si->si_status == 0 || f->success ? CAUSE_CLEAN_EXIT
		                                           : CAUSE_EXIT_CODE;
	switch (f->si->si_status) {
	case WORKER_EXIT_FAILED_START:
		return CAUSE_FAILED_START;
	case WORKER_EXIT_LISTENER_LOST:
		return CAUSE_LISTENER_LOST;
	case WORKER_EXIT_NO_DESCRIPTORS:
		return CAUSE_NO_DESCRIPTORS;
	case WORKER_EXIT_BUG:
		return CAUSE_BUG;
	case WORKER_EXIT_RETIRED:
		/* Somebody else sent it SIGQUIT. */
		return CAUSE_RETIRED;
	default:
		return CAUSE_EXIT_CODE;
	}
}

enum exit_cause
exit_cause_of(const struct exit_facts *f)
{
	bool exited = f->si->si_code == CLD_EXITED;
	bool killed = !exited && f->si->si_status == SIGKILL;

	/* However it takes the signal. */
	if (f->doom == DOOM_WATCHDOG || f->before == DOOM_WATCHDOG)
		return CAUSE_WATCHDOG;
	if (f->reported && exited)
		return CAUSE_FAILED_START;
	if (f->by_module && exited)
		return CAUSE_EXIT_CODE;
	if (f->doom == DOOM_START_TIMEOUT && killed)
		return CAUSE_START_TIMEOUT;
	/* What follows a program's stop_signal is SIGKILL, when stop_timeout is over.
	 */
	if ((f->doom == DOOM_KILLED || f->doom == DOOM_GIVEN_UP) && killed) {
		if (f->before == DOOM_OVERRUN)
			return CAUSE_OVERRUN;
		return f->before == DOOM_ASKED || f->before == DOOM_LEAVES
		           ? CAUSE_STOP_TIMEOUT
		           : CAUSE_KILL_TIMEOUT;
	}
	if (f->doom == DOOM_NONE || f->doom == DOOM_LEAVES)
		return exited ? cause_of_status(f) : CAUSE_SIGNAL;

	/* We asked: a program may answer with any status, or by dying of one of the
	 * signals that ask; a worker of ours leaves by itself. */
	if (!exited && !f->program)
		return CAUSE_SIGNAL;
	if (f->si->si_code == CLD_DUMPED)
		return CAUSE_SIGNAL;
	if (exited && !f->program && f->si->si_status != WORKER_EXIT_RETIRED)
		return cause_of_status(f);
	if (f->doom == DOOM_ASKED)
		return f->worn ? CAUSE_USED_UP : CAUSE_RETIRED;
	if (f->doom == DOOM_OVERRUN)
		return CAUSE_OVERRUN;
	return f->doom == DOOM_HURRIED ? CAUSE_HURRIED : CAUSE_STOP_TIMEOUT;
}

const char *
exit_cause_name(enum exit_cause cause)
{
	return cause_name[cause];
}

char *
exit_cause_describe(enum exit_cause cause, const siginfo_t *si, char *buf, size_t size)
{
	switch (cause) {
	case CAUSE_RETIRED:
		(void)snprintf(buf, size, "retired");
		break;
	case CAUSE_USED_UP:
		(void)snprintf(buf, size, "used up");
		break;
	case CAUSE_START_TIMEOUT:
		(void)snprintf(buf, size, "was not ready in start_timeout, killed");
		break;
	case CAUSE_STOP_TIMEOUT:
		(void)snprintf(buf, size, "ended by stop_timeout");
		break;
	case CAUSE_HURRIED:
		(void)snprintf(buf, size, "ended by a second signal");
		break;
	case CAUSE_OVERRUN:
		(void)snprintf(buf, size, "outlasted max_duration, %s",
		               si->si_code == CLD_EXITED ? "ended" : "killed");
		break;
	case CAUSE_KILL_TIMEOUT:
		(void)snprintf(buf, size, "did not stop in kill_timeout, killed");
		break;
	case CAUSE_LISTENER_LOST:
		(void)snprintf(buf, size, "ended: its socket no longer listens");
		break;
	case CAUSE_NO_DESCRIPTORS:
		(void)snprintf(buf, size,
		               "ended: too many open files; raise limit_nofile");
		break;
	case CAUSE_BUG:
		(void)snprintf(buf, size, "ended: its listener is no socket");
		break;
	default:
		if (si->si_code == CLD_EXITED)
			(void)snprintf(buf, size, "exited with status %d",
			               si->si_status);
		else
			(void)snprintf(
			    buf, size, "killed by %s%s%s", signal_name(si->si_status),
			    si->si_code == CLD_DUMPED ? " (core dumped)" : "",
			    si->si_status == SIGSYS
			        ? " (a system call that a filter forbids, likely the "
			          "unit's SystemCallFilter=)"
			        : "");
		break;
	}
	return buf;
}

bool
exit_cause_is_expected(enum exit_cause cause)
{
	return cause == CAUSE_RETIRED || cause == CAUSE_USED_UP ||
	       cause == CAUSE_CLEAN_EXIT;
}
