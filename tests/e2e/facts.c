/*
 * facts.c - what a process is: whose, with which rights, limits, signals, surroundings.
 *
 * Prints "name value" lines of itself, by system calls alone, so that it can do so
 * where there is no /proc.  Its argument says what then: "talk" writes them to
 * descriptor 1 and waits for the end of descriptor 0; another is the file that they are
 * written to, complete as soon as it is there, and then it waits for a signal.
 */
#include "config.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
ids(FILE *out)
{
	uid_t u[3];
	gid_t g[3];
	gid_t list[64];
	int n = getgroups(64, list);
	int i;

	(void)getresuid(&u[0], &u[1], &u[2]);
	(void)getresgid(&g[0], &g[1], &g[2]);
	(void)fprintf(out, "uid %u %u %u\ngid %u %u %u\ngroups", u[0], u[1], u[2], g[0],
	              g[1], g[2]);
	for (i = 0; i < n; i++)
		(void)fprintf(out, " %u", list[i]);
	(void)fprintf(out, "\n");
}

static void
capabilities(FILE *out)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { 0 }, { 0 } };
	unsigned long long bounding = 0;
	unsigned long long ambient = 0;
	int death = -1;
	int i;

	(void)syscall(SYS_capget, &head, d);
	for (i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++) {
		bounding |= (unsigned long long)prctl(PR_CAPBSET_READ, i) << i;
		ambient |= (unsigned long long)prctl(PR_CAP_AMBIENT,
		                                     PR_CAP_AMBIENT_IS_SET, i, 0, 0)
		           << i;
	}
	(void)fprintf(out, "effective %08x%08x\n", d[1].effective, d[0].effective);
	(void)fprintf(out, "permitted %08x%08x\n", d[1].permitted, d[0].permitted);
	(void)fprintf(out, "inheritable %08x%08x\n", d[1].inheritable,
	              d[0].inheritable);
	(void)fprintf(out, "bounding %016llx\nambient %016llx\n", bounding, ambient);
	(void)fprintf(out, "no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	(void)fprintf(out, "dumpable %d\n", prctl(PR_GET_DUMPABLE));
	(void)prctl(PR_GET_PDEATHSIG, &death);
	(void)fprintf(out, "death_signal %d\n", death);
}

static void
signals(FILE *out)
{
	unsigned long mask = 0;
	unsigned long now[8];
	int odd = 0;
	int i;

	(void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
	for (i = 1; i < NSIG; i++) {
		if (syscall(SYS_rt_sigaction, i, NULL, now, 8) == 0 && now[0] != 0)
			odd++;
	}
	(void)fprintf(out, "blocked %lx\nnot_default %d\n", mask, odd);
}

static void
surroundings(FILE *out)
{
	mode_t mask = umask(0);
	char cwd[4096];
	struct rlimit rl;
	struct stat st;
	int i;

	(void)umask(mask);
	for (i = 0; i < (int)RLIM_NLIMITS; i++) {
		(void)getrlimit((__rlimit_resource_t)i, &rl);
		(void)fprintf(out, "limit_%d %lld %lld\n", i, (long long)rl.rlim_cur,
		              (long long)rl.rlim_max);
	}
	(void)fprintf(out, "umask %04o\ncwd %s\n", mask,
	              getcwd(cwd, sizeof(cwd)) ? cwd : "?");
	if (stat("/", &st) == 0)
		(void)fprintf(out, "root %llu\n", (unsigned long long)st.st_ino);
	(void)fprintf(out, "nice %d\n", getpriority(PRIO_PROCESS, 0));
	(void)fprintf(out, "pid %d\n", (int)getpid());
	(void)fprintf(out, "leads_group %d\n", getpgrp() == getpid());
	(void)fprintf(out, "session %d\n",
	              getsid(0) == getpid()    ? 1
	              : getsid(0) == getppid() ? 2
	                                       : 0);
	(void)fprintf(out, "fds");
	for (i = 0; i < 64; i++) {
		if (fcntl(i, F_GETFD) >= 0)
			(void)fprintf(out, " %d", i);
	}
	(void)fprintf(out, "\n");
	for (i = 0; environ[i]; i++)
		(void)fprintf(out, "env %s\n", environ[i]);
}

int
main(int argc, char **argv)
{
	char *text = NULL;
	size_t len = 0;
	char name[4096];
	char c;
	FILE *out = open_memstream(&text, &len);
	int fd = STDOUT_FILENO;
	int talk = argc < 2 || strcmp(argv[1], "talk") == 0;

	if (!out)
		return 1;
	ids(out);
	capabilities(out);
	signals(out);
	surroundings(out);
	(void)fprintf(out, "end\n");
	if (fclose(out) != 0)
		return 1;
	(void)snprintf(name, sizeof(name), "%s.new", talk ? "" : argv[1]);
	if (!talk)
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return 1;
	if (talk) {
		while (read(STDIN_FILENO, &c, 1) > 0)
			;
		return 0;
	}
	if (close(fd) < 0 || rename(name, argv[1]) < 0)
		return 1;
	(void)pause();
	return 0;
}
