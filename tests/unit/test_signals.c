/*
 * test_signals.c - masks, dispositions, names.
 */
#include "config.h"

#include "base/signals.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

/* The C library keeps two signals to itself, between the last classic one and
 * SIGRTMIN. */
static bool
is_anybodys(int signo)
{
	return signo < 32 || signo >= SIGRTMIN;
}

static volatile sig_atomic_t handled, masked_while_handled;

static void
on_signal(int signo)
{
	sigset_t mask;
	int i, missing = 0;

	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	for (i = 1; i < NSIG; i++)
		if (is_anybodys(i) && i != SIGKILL && i != SIGSTOP &&
		    !sigismember(&mask, i))
			missing++;
	masked_while_handled = missing == 0;
	handled = signo;
}

TestSuite(signals, .timeout = 60);

Test(signals, are_all_blocked_and_the_old_mask_comes_back)
{
	sigset_t mine, before, now;
	int i;

	(void)sigemptyset(&mine);
	(void)sigaddset(&mine, SIGUSR2);
	(void)sigprocmask(SIG_SETMASK, &mine, NULL);

	before = signals_block_all();
	(void)sigprocmask(SIG_SETMASK, NULL, &now);
	for (i = 1; i < NSIG; i++) {
		if (!is_anybodys(i))
			continue;
		cr_assert_eq(sigismember(&before, i), i == SIGUSR2, "signal %d", i);
		cr_assert_eq(sigismember(&now, i), i != SIGKILL && i != SIGSTOP,
		             "signal %d", i);
	}

	signals_restore(&before);
	(void)sigprocmask(SIG_SETMASK, NULL, &now);
	for (i = 1; i < NSIG; i++)
		if (is_anybodys(i))
			cr_assert_eq(sigismember(&now, i), i == SIGUSR2, "signal %d",
			             i);
}

Test(signals, wait_while_blocked_and_arrive_afterwards)
{
	sigset_t before;

	signals_handle(SIGUSR1, on_signal, 0);
	before = signals_block_all();
	(void)raise(SIGUSR1);
	cr_assert_eq(handled, 0);
	signals_restore(&before);
	cr_assert_eq(handled, SIGUSR1);
}

Test(signals, are_handled_with_all_others_blocked_and_with_the_flags_given)
{
	static const int flags[] = { 0, SA_RESTART, SA_NOCLDSTOP | SA_RESTART };
	struct sigaction sa;
	size_t i;

	for (i = 0; i < countof(flags); i++) {
		handled = masked_while_handled = 0;
		signals_handle(SIGUSR1, on_signal, flags[i]);
		cr_assert_eq(sigaction(SIGUSR1, NULL, &sa), 0);
		cr_assert_eq(sa.sa_handler, on_signal);
		cr_assert_eq(sa.sa_flags & (SA_RESTART | SA_NOCLDSTOP | SA_SIGINFO),
		             flags[i]);
		(void)raise(SIGUSR1);
		cr_assert_eq(handled, SIGUSR1);
		cr_assert(masked_while_handled);
	}
}

/* In a child: what Criterion has installed must stay where it is. */
static void
reset_and_look(void)
{
	struct sigaction sa;
	sigset_t before, after;
	int i;

	for (i = 1; i < NSIG; i++) {
		if (!is_anybodys(i) || i == SIGKILL || i == SIGSTOP)
			continue;
		if (signal(i, i & 1 ? SIG_IGN : on_signal) == SIG_ERR)
			_exit(1);
	}
	(void)sigemptyset(&before);
	(void)sigaddset(&before, SIGHUP);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	signals_reset();
	for (i = 1; i < NSIG; i++) {
		if (!is_anybodys(i))
			continue;
		if (sigaction(i, NULL, &sa) < 0 || sa.sa_handler != SIG_DFL)
			_exit(2);
	}
	(void)sigprocmask(SIG_SETMASK, NULL, &after);
	for (i = 1; i < NSIG; i++)
		if (is_anybodys(i) && sigismember(&after, i) != (i == SIGHUP))
			_exit(3);
	_exit(0);
}

Test(signals, are_all_reset_and_the_mask_is_left_alone)
{
	int status = -1;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		reset_and_look();
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "step %d", WEXITSTATUS(status));
}

Test(signals, have_the_names_that_people_write)
{
	static const struct {
		const char *text;
		int signo;
	} rows[] = {
		{ "SIGTERM", SIGTERM },
		{ "TERM", SIGTERM },
		{ "15", SIGTERM },
		{ "SIGKILL", SIGKILL },
		{ "HUP", SIGHUP },
		{ "SIGUSR1", SIGUSR1 },
		{ "QUIT", SIGQUIT },
		{ "1", 1 },
		{ "31", 31 },
		{ "0", -1 },
		{ "65", -1 },
		{ "-1", -1 },
		{ "015", -1 },
		{ "4294967311", -1 }, /* 15, and 32 bits too many */
		{ "", -1 },
		{ "SIG", -1 },
		{ "term", -1 },
		{ "sigterm", -1 },
		{ "SIGSIGTERM", -1 },
		{ "SIGTER", -1 },
		{ "SIGTERMX", -1 },
		{ " TERM", -1 },
		{ "TERM ", -1 },
		{ "SIG15", -1 },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		cr_assert_eq(signal_from_name(rows[i].text), rows[i].signo, "'%s': %d",
		             rows[i].text, signal_from_name(rows[i].text));
}

Test(signals, are_known_by_the_name_they_are_given)
{
	int i;

	cr_assert_str_eq(signal_name(SIGSEGV), "SIGSEGV");
	cr_assert_str_eq(signal_name(SIGCHLD), "SIGCHLD");
	cr_assert_str_eq(signal_name(40), "40");
	cr_assert_str_eq(signal_name(-7), "-7");
	cr_assert_str_eq(signal_name(1000), "1000");
	for (i = 1; i < NSIG; i++)
		cr_assert_eq(signal_from_name(signal_name(i)), i, "%d is %s", i,
		             signal_name(i));
}
