/*
 * test_exit_cause.c - every way to end has exactly one cause, and its words.
 */
#include "config.h"

#include "pool/exit_cause.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/signals.h"
#include "worker/worker.h"

static siginfo_t
end(int code, int status)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	si.si_signo = SIGCHLD;
	si.si_pid = 4211;
	si.si_code = code;
	si.si_status = status;
	return si;
}

TestSuite(exit_cause, .timeout = 60);

/* The rule, written down the other way round: from the cause to all that it stands
 * for.  Exactly one of these must hold for any facts. */
static bool
stands_for(enum exit_cause cause, const struct exit_facts *f)
{
	const int status = f->si->si_status;
	const bool exited = f->si->si_code == CLD_EXITED;
	const bool sigkill = !exited && status == SIGKILL;
	const bool ours = !f->program;
	const bool our_kill =
	    sigkill && (f->doom == DOOM_START_TIMEOUT || f->doom == DOOM_KILLED ||
	                f->doom == DOOM_GIVEN_UP);
	const bool unasked = f->doom == DOOM_NONE || f->doom == DOOM_LEAVES;
	/* Exit codes are to be believed if it was not asked to end, or if the worker
	 * is ours and says something else than "retired". */
	const bool told = exited && !f->reported && !f->by_module &&
	                  (unasked || (ours && status != WORKER_EXIT_RETIRED));
	/* It ended on being asked: ours by itself, a program as it likes short of
	 * dumping core. */
	const bool obeyed = !unasked && !our_kill && !told &&
	                    !(exited && (f->reported || f->by_module)) &&
	                    (exited || (f->program && f->si->si_code == CLD_KILLED));
	const bool silent = f->doom == DOOM_WATCHDOG || f->before == DOOM_WATCHDOG;
	const bool in_time = f->before != DOOM_ASKED && f->before != DOOM_LEAVES;

	if (cause == CAUSE_WATCHDOG || silent)
		return cause == CAUSE_WATCHDOG && silent;
	switch (cause) {
	case CAUSE_FAILED_START:
		return exited && (f->reported ||
		                  (told && ours && status == WORKER_EXIT_FAILED_START));
	case CAUSE_START_TIMEOUT:
		return sigkill && f->doom == DOOM_START_TIMEOUT;
	case CAUSE_KILL_TIMEOUT:
		return sigkill && in_time && f->before != DOOM_OVERRUN &&
		       (f->doom == DOOM_KILLED || f->doom == DOOM_GIVEN_UP);
	case CAUSE_LISTENER_LOST:
		return told && ours && status == WORKER_EXIT_LISTENER_LOST;
	case CAUSE_NO_DESCRIPTORS:
		return told && ours && status == WORKER_EXIT_NO_DESCRIPTORS;
	case CAUSE_BUG:
		return told && ours && status == WORKER_EXIT_BUG;
	case CAUSE_CLEAN_EXIT:
		return told && f->program && (status == 0 || f->success);
	case CAUSE_EXIT_CODE:
		if (f->by_module && exited && !f->reported)
			return true;
		if (f->program)
			return told && status != 0 && !f->success;
		return told && status != WORKER_EXIT_RETIRED &&
		       (status < WORKER_EXIT_FAILED_START || status > WORKER_EXIT_BUG);
	case CAUSE_SIGNAL:
		return !exited && !our_kill && !obeyed;
	case CAUSE_RETIRED:
		return (obeyed && f->doom == DOOM_ASKED && !f->worn) ||
		       (told && ours && status == WORKER_EXIT_RETIRED);
	case CAUSE_USED_UP:
		return obeyed && f->doom == DOOM_ASKED && f->worn;
	case CAUSE_STOP_TIMEOUT:
		return (obeyed && f->doom != DOOM_ASKED && f->doom != DOOM_HURRIED &&
		        f->doom != DOOM_OVERRUN) ||
		       (sigkill && !in_time &&
		        (f->doom == DOOM_KILLED || f->doom == DOOM_GIVEN_UP));
	case CAUSE_HURRIED:
		return obeyed && f->doom == DOOM_HURRIED;
	case CAUSE_OVERRUN:
		return (obeyed && f->doom == DOOM_OVERRUN) ||
		       (sigkill && f->before == DOOM_OVERRUN &&
		        (f->doom == DOOM_KILLED || f->doom == DOOM_GIVEN_UP));
	case CAUSE_WATCHDOG:
	case CAUSE_N:
		break;
	}
	return false;
}

Test(exit_cause, is_exactly_one_for_every_combination)
{
	static const int codes[] = { CLD_EXITED, CLD_KILLED, CLD_DUMPED };
	static const char *const code_name[] = { "exited", "killed", "dumped" };
	unsigned seen[CAUSE_N] = { 0 };
	static const enum doom steps[] = { DOOM_NONE, DOOM_ASKED, DOOM_LEAVES,
		                           DOOM_OVERRUN, DOOM_WATCHDOG };
	unsigned code, flags, doom, step, cause, causes;
	enum exit_cause got;
	int status;

	for (code = 0; code < countof(codes); code++)
		for (status = code == 0 ? 0 : 1; status <= (code == 0 ? 255 : SIGRTMAX);
		     status++)
			for (doom = 0; doom < DOOM_N; doom++)
				for (step = 0; step < countof(steps); step++)
					for (flags = 0; flags < 32; flags++) {
						const siginfo_t si =
						    end(codes[code], status);
						const struct exit_facts f = {
							.si = &si,
							.doom = doom,
							.before = steps[step],
							.program = flags & 1,
							.reported = flags & 2,
							.worn = flags & 4,
							.by_module = flags & 8,
							.success = flags & 16,
						};

						if (f.by_module &&
						    (f.program ||
						     f.doom == DOOM_WATCHDOG ||
						     f.before == DOOM_WATCHDOG))
							continue;
						causes = 0;
						for (cause = 0; cause < CAUSE_N;
						     cause++)
							causes += stands_for(cause, &f);
						got = exit_cause_of(&f);
						cr_assert_lt(got, CAUSE_N);
						seen[got]++;
						cr_assert(
						    causes == 1 && stands_for(got, &f),
						    "%s %d, doom %u, program %d, "
						    "before %d, reported %d: %s (%u "
						    "fit)",
						    code_name[code], status, doom,
						    f.program, f.before, f.reported,
						    exit_cause_name(got), causes);
					}
	for (cause = 0; cause < CAUSE_N; cause++)
		cr_assert_gt(seen[cause], 0, "%s is never seen",
		             exit_cause_name(cause));
}

Test(exit_cause, says_it_in_these_words)
{
	/* clang-format off */
	static const struct {
		int code, status;
		enum doom doom;
		bool program, reported, success;
		enum exit_cause cause;
		const char *words;
	} rows[] = {
		{ CLD_DUMPED, SIGSEGV, DOOM_NONE, false, false, false, CAUSE_SIGNAL, "killed by SIGSEGV (core dumped)" },
		{ CLD_KILLED, SIGSEGV, DOOM_NONE, false, false, false, CAUSE_SIGNAL, "killed by SIGSEGV" },
		{ CLD_KILLED, SIGKILL, DOOM_NONE, false, false, false, CAUSE_SIGNAL, "killed by SIGKILL" },
		{ CLD_KILLED, SIGKILL, DOOM_ASKED, false, false, false, CAUSE_SIGNAL, "killed by SIGKILL" },
		{ CLD_KILLED, SIGTERM, DOOM_NONE, true, false, false, CAUSE_SIGNAL, "killed by SIGTERM" },
		{ CLD_DUMPED, SIGABRT, DOOM_ENDED, true, false, false, CAUSE_SIGNAL, "killed by SIGABRT (core dumped)" },
		{ CLD_EXITED, 0, DOOM_ASKED, false, false, false, CAUSE_RETIRED, "retired" },
		{ CLD_EXITED, 0, DOOM_NONE, false, false, false, CAUSE_RETIRED, "retired" },
		{ CLD_KILLED, SIGTERM, DOOM_ASKED, true, false, false, CAUSE_RETIRED, "retired" },
		{ CLD_EXITED, 143, DOOM_ASKED, true, false, false, CAUSE_RETIRED, "retired" },
		{ CLD_EXITED, 0, DOOM_NONE, true, false, false, CAUSE_CLEAN_EXIT, "exited with status 0" },
		{ CLD_EXITED, 75, DOOM_NONE, true, false, true, CAUSE_CLEAN_EXIT, "exited with status 75" },
		{ CLD_KILLED, SIGTERM, DOOM_NONE, true, false, true, CAUSE_SIGNAL, "killed by SIGTERM" },
		{ CLD_EXITED, 75, DOOM_NONE, false, false, true, CAUSE_EXIT_CODE, "exited with status 75" },
		{ CLD_EXITED, 1, DOOM_NONE, true, false, false, CAUSE_EXIT_CODE, "exited with status 1" },
		{ CLD_EXITED, 81, DOOM_NONE, true, false, false, CAUSE_EXIT_CODE, "exited with status 81" },
		{ CLD_EXITED, 127, DOOM_NONE, false, false, false, CAUSE_EXIT_CODE, "exited with status 127" },
		{ CLD_EXITED, 0, DOOM_ENDED, false, false, false, CAUSE_STOP_TIMEOUT, "ended by stop_timeout" },
		{ CLD_EXITED, 0, DOOM_OVERRUN, false, false, false, CAUSE_OVERRUN, "outlasted max_duration, ended" },
		{ CLD_KILLED, SIGKILL, DOOM_KILLED, false, false, false, CAUSE_KILL_TIMEOUT, "did not stop in kill_timeout, killed" },
		{ CLD_KILLED, SIGKILL, DOOM_KILLED, true, false, false, CAUSE_KILL_TIMEOUT, "did not stop in kill_timeout, killed" },
		{ CLD_EXITED, 3, DOOM_LEAVES, true, false, false, CAUSE_EXIT_CODE, "exited with status 3" },
		{ CLD_DUMPED, SIGABRT, DOOM_WATCHDOG, true, false, false, CAUSE_WATCHDOG, "killed by SIGABRT (core dumped)" },
		{ CLD_EXITED, 0, DOOM_WATCHDOG, true, true, false, CAUSE_WATCHDOG, "exited with status 0" },
		{ CLD_KILLED, SIGKILL, DOOM_START_TIMEOUT, true, false, false, CAUSE_START_TIMEOUT, "was not ready in start_timeout, killed" },
		{ CLD_EXITED, WORKER_EXIT_FAILED_START, DOOM_NONE, false, true, false, CAUSE_FAILED_START, "exited with status 81" },
		{ CLD_EXITED, WORKER_EXIT_LISTENER_LOST, DOOM_NONE, false, false, false, CAUSE_LISTENER_LOST, "ended: its socket no longer listens" },
		{ CLD_EXITED, WORKER_EXIT_NO_DESCRIPTORS, DOOM_NONE, false, false, false, CAUSE_NO_DESCRIPTORS, "ended: too many open files; raise limit_nofile" },
		{ CLD_EXITED, WORKER_EXIT_BUG, DOOM_NONE, false, false, false, CAUSE_BUG, "ended: its listener is no socket" },
	};
	/* clang-format on */
	char buf[128];
	enum exit_cause cause;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const siginfo_t si = end(rows[i].code, rows[i].status);
		const struct exit_facts f = {
			.si = &si,
			.doom = rows[i].doom,
			.program = rows[i].program,
			.reported = rows[i].reported,
			.success = rows[i].success,
		};

		cause = exit_cause_of(&f);
		cr_expect_eq(cause, rows[i].cause, "row %zu: %s", i,
		             exit_cause_name(cause));
		cr_expect_eq(exit_cause_describe(cause, &si, buf, sizeof(buf)), buf);
		cr_expect_str_eq(buf, rows[i].words, "row %zu", i);
	}
}

Test(exit_cause, names_every_signal)
{
	char buf[128], expected[128];
	int signo;

	for (signo = 1; signo <= SIGRTMAX; signo++) {
		const siginfo_t si = end(CLD_KILLED, signo);
		const struct exit_facts f = { .si = &si };

		(void)exit_cause_describe(exit_cause_of(&f), &si, buf, sizeof(buf));
		(void)snprintf(
		    expected, sizeof(expected), "killed by %s%s", signal_name(signo),
		    signo == SIGSYS ? " (a system call that a filter forbids, likely "
		                      "the unit's SystemCallFilter=)"
		                    : "");
		cr_expect_str_eq(buf, expected);
	}
}

Test(exit_cause, is_cut_to_a_small_buffer)
{
	char buf[8] = "xxxxxxx";
	unsigned cause;

	for (cause = 0; cause < CAUSE_N; cause++) {
		const siginfo_t si = end(CLD_KILLED, SIGSEGV);

		(void)exit_cause_describe(cause, &si, buf, 4);
		cr_expect_eq(strlen(buf), 3, "%s: '%s'", exit_cause_name(cause), buf);
	}
	cr_expect_str_eq(buf + 4, "xxx");
}

Test(exit_cause, has_a_short_name_of_its_own)
{
	unsigned a, b;

	for (a = 0; a < CAUSE_N; a++) {
		cr_assert_not_null(exit_cause_name(a));
		cr_assert_eq(strspn(exit_cause_name(a), "abcdefghijklmnopqrstuvwxyz-"),
		             strlen(exit_cause_name(a)), "%s", exit_cause_name(a));
		for (b = 0; b < a; b++)
			cr_assert_str_neq(exit_cause_name(a), exit_cause_name(b));
	}
}

Test(exit_cause, is_expected_only_of_who_did_as_told)
{
	unsigned cause;

	for (cause = 0; cause < CAUSE_N; cause++)
		cr_expect_eq(exit_cause_is_expected(cause),
		             cause == CAUSE_RETIRED || cause == CAUSE_USED_UP ||
		                 cause == CAUSE_CLEAN_EXIT,
		             "%s", exit_cause_name(cause));
}

Test(exit_cause, of_real_processes_is_what_waitid_says)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGUSR1 };
	static const int codes[] = { 0, 1, 81, 82, 83, 84, 255 };
	struct exit_facts f;
	siginfo_t si;
	size_t i;
	pid_t pid;

	for (i = 0; i < countof(signals) + countof(codes); i++) {
		pid = fork();
		if (pid == 0) {
			if (i >= countof(signals))
				_exit(codes[i - countof(signals)]);
			signals_reset();
			(void)raise(signals[i]);
			_exit(99);
		}
		cr_assert_gt(pid, 0);
		si.si_pid = 0;
		cr_assert_eq(waitid(P_PID, (id_t)pid, &si, WEXITED), 0);
		f = (struct exit_facts){ .si = &si };
		cr_expect(stands_for(exit_cause_of(&f), &f), "row %zu: %s", i,
		          exit_cause_name(exit_cause_of(&f)));
		if (i < countof(signals))
			cr_expect_eq(exit_cause_of(&f), CAUSE_SIGNAL, "row %zu", i);
	}
}
