/*
 * machine.c - what this process and its children may have.
 *
 * The only place that asks; what follows from the answers is sanity.c's, which can
 * therefore be tested with any machine.
 */
#include "config.h"

#include "master/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/fd.h"
#include "base/number.h"
#include "net/listener.h"

#define CGROUPS "/sys/fs/cgroup"
#define SMALL_FILE 65536

static uint64_t
rlimit_of(int resource, bool hard)
{
	struct rlimit rl;
	rlim_t value;

	if (getrlimit(resource, &rl) < 0)
		return MACHINE_UNLIMITED;
	value = hard ? rl.rlim_max : rl.rlim_cur;
	return value == RLIM_INFINITY ? MACHINE_UNLIMITED : value;
}

/* The first process of a unit whose NotifyAccess= is none. */
static bool
has_deaf_manager(void)
{
	const char *pid = getenv("SYSTEMD_EXEC_PID");
	uint64_t n;

	return !getenv("NOTIFY_SOCKET") && pid && count_parse(pid, &n) == 0 &&
	       n == (uint64_t)getpid();
}

void
machine_read(struct machine *ret)
{
	char *self;
	size_t len;

	memset(ret, 0, sizeof(*ret));
	ret->nofile = rlimit_of(RLIMIT_NOFILE, true);
	ret->nproc = rlimit_of(RLIMIT_NPROC, false);
	ret->pids = MACHINE_UNLIMITED;
	ret->memory = MACHINE_UNLIMITED;
	ret->somaxconn = listener_somaxconn();
	ret->deaf_manager = has_deaf_manager();
	if (fd_read_file("/proc/self/cgroup", SMALL_FILE, &self, &len) < 0)
		return;
	ret->pids = cgroup_limit(self, CGROUPS, "pids", "pids.max", "pids.max");
	ret->memory = cgroup_limit(self, CGROUPS, "memory", "memory.max",
	                           "memory.limit_in_bytes");
	free(self);
}

/* The sum of the fields that begin with "Private_". */
uint64_t
machine_measure(pid_t pid)
{
	char path[64];
	uint64_t kib = 0;
	uint64_t n;
	char *text;
	char *line;
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	if (fd_read_file(path, SMALL_FILE, &text, &len) < 0)
		return 0;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "Private_%*[a-zA-Z]: %" SCNu64 " kB", &n) == 1)
			kib += n;
	}
	free(text);
	return kib * 1024;
}

uint64_t
machine_measure_idle(void)
{
	uint64_t bytes;
	int fds[2];
	pid_t pid;
	char c;

	if (pipe(fds) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(fds[1]);
		while (read(fds[0], &c, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	(void)close(fds[0]);
	bytes = pid < 0 ? 0 : machine_measure(pid);
	(void)close(fds[1]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return bytes;
}
