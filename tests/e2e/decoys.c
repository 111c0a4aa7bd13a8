/*
 * decoys.c - processes that nobody may signal, on as many PIDs as there are.
 *
 *	decoys N LIFE_MSEC: keeps N of them, each for so long, until SIGTERM; says each
 * signal that one has got, and at the end how many there were, "born=N hit=N".
 *
 * Each leads a process group, so that a signal to the group of a PID that has been
 * another's finds it, too.  It belongs to nobody: if it dies of a signal, or is
 *stopped, or goes on, somebody has meant a process that is no more.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t over;

static void
on_sigterm(int signo)
{
	(void)signo;
	over = 1;
}

static void
on_sigcont(int signo)
{
	(void)signo;
	_exit(SIGCONT);
}

static _Noreturn void
be_a_decoy(long life_msec)
{
	struct timespec life = { life_msec / 1000, life_msec % 1000 * 1000000 };

	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGCONT, on_sigcont);
	(void)setpgid(0, 0);
	(void)nanosleep(&life, NULL);
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_sigterm };
	unsigned long born = 0;
	unsigned long hit = 0;
	long alive = 0;
	long wanted;
	long life_msec;
	int status;
	pid_t pid;

	if (argc != 3)
		return 64;
	wanted = strtol(argv[1], NULL, 10);
	life_msec = strtol(argv[2], NULL, 10);
	(void)sigaction(SIGTERM, &action, NULL);
	while (!over || alive > 0) {
		pid = !over && alive < wanted ? fork() : -1;
		if (pid == 0)
			be_a_decoy(life_msec);
		if (pid > 0) {
			born++;
			alive++;
			continue;
		}
		/* No PID is free, or there are enough. */
		pid = waitpid(-1, &status, WUNTRACED);
		if (pid < 0 && errno != EINTR)
			(void)usleep(1000);
		if (pid <= 0)
			continue;
		if (WIFSTOPPED(status))
			(void)kill(pid, SIGKILL);
		else
			alive--;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		hit++;
		(void)printf("pid %d: status 0x%x\n", (int)pid, (unsigned)status);
	}
	(void)printf("born=%lu hit=%lu\n", born, hit);
	return 0;
}
