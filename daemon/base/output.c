/*
 * output.c - was all that a program had to say written?
 */
#include "config.h"

#include "base/output.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool
is_read(void)
{
	struct pollfd pfd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&pfd, 1, 0) <= 0 || (pfd.revents & (POLLERR | POLLHUP)) == 0;
}

int
output_finish(void)
{
	/* The reason of an earlier failure is lost, but for what can be seen. */
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) != 0)
		return errno ? -errno : -EIO;
	if (!failed)
		return 0;
	return is_read() ? -EIO : -EPIPE;
}
