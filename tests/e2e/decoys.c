/*
 * decoys.c - processes that nobody may signal, on the PIDs that somebody might mean.
 *
 *	decoys N LIFE_MSEC MASTER: until SIGTERM; says each signal that one has got,
 * and at the end "born=N heirs=N of N hit=N".
 *
 * N of them come and go, each for so long, so that the PIDs go round.  Besides, the
 * PID of each child of MASTER that has ended is taken at once, by an heir: the number
 * of the dead is no free number but somebody's, for as long as HEIRS others have not
 * ended after it.  Needs CAP_SYS_ADMIN in the PID namespace.
 *
 * Each leads a process group, so that a signal to the group of a PID that has been
 * another's finds it, too.  It belongs to nobody: if it dies of a signal, or is
 * stopped, or goes on, somebody has meant a process that is no more.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How many ends ago the PID of an heir was a worker's, at most. */
#define HEIRS 128
/* The master has not reaped it for so many looks, or it is somebody else's. */
#define TRIES 500
#define PIDS 4096
#define LOOK_NSEC 4000000
#define FOR_EVER_MSEC 3600000L

enum kind { OTHER, PASSING, HEIR, LET_GO };

/* What is known of a PID. */
struct seen {
	enum kind kind; /* of a decoy of ours */
	bool child;     /* the master's, when last looked at */
	bool now;       /* … and at this look */
	unsigned left;  /* it has ended: so often it is tried to take its PID */
};

static struct seen pids[PIDS];
static pid_t heirs[HEIRS];
static unsigned long born;
static unsigned long inherited;
static unsigned long ended;
static unsigned long hit;
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
	int signo;

	/* A shell starts what is in its background with SIGQUIT ignored. */
	for (signo = 1; signo < SIGRTMIN; signo++)
		(void)signal(signo, SIG_DFL);
	(void)signal(SIGCONT, on_sigcont);
	(void)setpgid(0, 0);
	(void)nanosleep(&life, NULL);
	_exit(0);
}

/* As fork(), with this PID.  -1 and EEXIST: it is somebody's. */
static pid_t
fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Marks who is there; false: the master is gone, or has too many. */
static bool
read_children(const char *path)
{
	static char text[64 * 1024];
	const char *word = text;
	size_t n = 0;
	ssize_t got;
	char *end;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	do {
		got = read(fd, text + n, sizeof(text) - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	(void)close(fd);
	text[n] = '\0';
	for (;;) {
		long pid = strtol(word, &end, 10);

		if (end == word)
			return got == 0;
		if (pid > 0 && pid < PIDS)
			pids[pid].now = true;
		word = end;
	}
}

static void
let_go(pid_t pid)
{
	if (pids[pid].kind != HEIR)
		return;
	pids[pid].kind = LET_GO;
	(void)kill(pid, SIGKILL);
}

/* The one that is an heir for the longest makes room. */
static void
take_over(pid_t pid)
{
	pid_t *heir = &heirs[inherited % HEIRS];
	pid_t r = fork_as(pid);

	if (r == 0)
		be_a_decoy(FOR_EVER_MSEC);
	if (r < 0) {
		if (errno != EEXIST) {
			(void)printf("pid %d: %s\n", (int)pid, strerror(errno));
			pids[pid].left = 1;
		}
		pids[pid].left--;
		return;
	}
	pids[pid].left = 0;
	let_go(*heir);
	*heir = pid;
	pids[pid].kind = HEIR;
	inherited++;
	born++;
}

static void
look_at_children(const char *path)
{
	bool read_it = read_children(path);
	pid_t pid;

	for (pid = 1; pid < PIDS; pid++) {
		struct seen *s = &pids[pid];

		if (read_it) {
			if (s->now)
				s->left = 0; /* a worker again */
			else if (s->child) {
				ended++;
				s->left = TRIES;
			}
			s->child = s->now;
		}
		s->now = false;
		if (s->left > 0 && !over)
			take_over(pid);
	}
}

/* Returns how many are gone of those that come and go. */
static long
bury(void)
{
	long n = 0;
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, WNOHANG | WUNTRACED);
		if (pid <= 0)
			return n;
		if (pids[pid].kind != LET_GO && status != 0) {
			hit++;
			(void)printf("pid %d: status 0x%x\n", (int)pid,
			             (unsigned)status);
		}
		n += pids[pid].kind == PASSING ? 1 : 0;
		pids[pid].kind = OTHER;
		if (!WIFSTOPPED(status))
			continue;
		pids[pid].kind = LET_GO;
		(void)kill(pid, SIGKILL);
	}
}

/* false: no PID is free. */
static bool
add_passing(long life_msec)
{
	pid_t pid = fork();

	if (pid == 0)
		be_a_decoy(life_msec);
	if (pid < 0)
		return false;
	pids[pid].kind = PASSING;
	born++;
	return true;
}

int
main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_sigterm };
	struct timespec pause = { 0, LOOK_NSEC };
	char path[64];
	long alive = 0;
	long wanted;
	long life_msec;
	unsigned i;

	if (argc != 4)
		return 64;
	wanted = strtol(argv[1], NULL, 10);
	life_msec = strtol(argv[2], NULL, 10);
	(void)snprintf(path, sizeof(path), "/proc/%s/task/%s/children", argv[3],
	               argv[3]);
	(void)sigaction(SIGTERM, &action, NULL);
	while (!over || alive > 0) {
		look_at_children(path);
		alive -= bury();
		while (!over && alive < wanted && add_passing(life_msec))
			alive++;
		(void)nanosleep(&pause, NULL);
	}
	for (i = 0; i < HEIRS; i++)
		let_go(heirs[i]);
	(void)printf("born=%lu heirs=%lu of %lu hit=%lu\n", born, inherited, ended,
	             hit);
	return 0;
}
