/*
 * spawn.c - forks exactly one worker.
 */
#include "config.h"

#include "pool/spawn.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/signals.h"

int
spawn_worker(const struct worker_args *args, pid_t *ret_pid)
{
	sigset_t before = signals_block_all();
	pid_t pid = fork();
	int error = errno;

	if (pid == 0)
		worker_main(args);
	signals_restore(&before);
	if (pid < 0)
		return -error;
	*ret_pid = pid;
	return 0;
}
