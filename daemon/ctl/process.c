/*
 * process.c - what /proc says of one process.
 */
#include "config.h"

#include "ctl/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/macros.h"

ssize_t
process_read_file(pid_t pid, const char *name, char *buf, size_t size)
{
	CLEANUP(fd_closep) int fd = -1;
	char path[64];
	size_t n = 0;
	ssize_t r;

	buf[0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (n < size - 1) {
		r = read(fd, buf + n, size - 1 - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	buf[n] = '\0';
	return (ssize_t)n;
}

/* The name stands in parentheses and may hold anything, also a ')'. */
bool
process_parse_stat(const char *text, struct process_stat *ret)
{
	const char *begin = strchr(text, '(');
	const char *end = strrchr(text, ')');
	unsigned long long user;
	unsigned long long system;
	struct process_stat s = { 0 };
	size_t length;
	int parent;

	if (!begin || !end || end < begin)
		return false;
	length = (size_t)(end - begin - 1);
	if (length >= sizeof(s.name))
		length = sizeof(s.name) - 1;
	memcpy(s.name, begin + 1, length);
	if (sscanf(end + 1,
	           " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d "
	           "%*d %u",
	           &s.state, &parent, &user, &system, &s.threads) != 5)
		return false;
	s.parent = parent;
	s.cpu_ticks = user + system;
	*ret = s;
	return true;
}

bool
process_parse_call(const char *text, struct process_call *ret)
{
	struct process_call c = { .number = -1 };
	char *end;
	int i;

	if (strncmp(text, "running", 7) == 0) {
		c.running = true;
		*ret = c;
		return true;
	}
	errno = 0;
	c.number = strtol(text, &end, 10);
	if (end == text || errno != 0)
		return false;
	for (i = 0; c.number >= 0 && i < SYSCALL_ARGS; i++) {
		text = end;
		c.args[i] = strtoull(text, &end, 16);
		if (end == text)
			return false;
	}
	*ret = c;
	return true;
}

void
process_parse_stack(const char *text, char *buf, size_t size)
{
	size_t n = 0;
	size_t length;
	const char *name;

	buf[0] = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		name = text + strcspn(text, " \n");
		if (*name != ' ')
			continue;
		name++;
		length = strcspn(name, "+\n");
		if (n + length + 2 > size)
			return;
		if (n > 0)
			buf[n++] = '\n';
		memcpy(buf + n, name, length);
		n += length;
		buf[n] = '\0';
	}
}

int
process_read_stat(pid_t pid, struct process_stat *ret)
{
	char text[1024];
	ssize_t n = process_read_file(pid, "stat", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return process_parse_stat(text, ret) ? 0 : -ESRCH;
}

/* The arguments with blanks between them, cut where it gets long. */
static void
read_command(pid_t pid, const char *name, char *buf, size_t size)
{
	ssize_t n = process_read_file(pid, "cmdline", buf, size);
	ssize_t i;

	if (n <= 0) {
		(void)snprintf(buf, size, "%s", name);
		return;
	}
	while (n > 0 && buf[n - 1] == '\0')
		n--;
	for (i = 0; i < n; i++) {
		if (buf[i] == '\0')
			buf[i] = ' ';
	}
	buf[n] = '\0';
}

static pid_t
read_tracer(pid_t pid)
{
	char text[4096];
	const char *at;

	if (process_read_file(pid, "status", text, sizeof(text)) <= 0)
		return 0;
	at = strstr(text, "\nTracerPid:");
	return at ? (pid_t)strtol(at + 11, NULL, 10) : 0;
}

int
process_read(pid_t pid, struct process *ret)
{
	char text[4096];
	ssize_t n;
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->pid = pid;
	r = process_read_stat(pid, &ret->stat);
	if (r < 0)
		return r;
	read_command(pid, ret->stat.name, ret->command, sizeof(ret->command));
	ret->tracer = read_tracer(pid);
	/* "0" is what it says to those who may not see, and of who does not wait. */
	if (process_read_file(pid, "wchan", ret->wchan, sizeof(ret->wchan)) < 0 ||
	    strcmp(ret->wchan, "0") == 0)
		ret->wchan[0] = '\0';
	ret->call.number = -1;
	n = process_read_file(pid, "syscall", text, sizeof(text));
	if (n < 0)
		ret->call_error = (int)n;
	else if (!process_parse_call(text, &ret->call))
		ret->call_error = -ENODATA;
	n = process_read_file(pid, "stack", text, sizeof(text));
	if (n < 0)
		ret->stack_error = (int)n;
	else
		process_parse_stack(text, ret->stack, sizeof(ret->stack));
	return 0;
}

/* The scheduler's own figure is exact, but of the first thread alone. */
int
process_read_cpu(pid_t pid, uint64_t *ret_usec)
{
	struct process_stat stat;
	unsigned long long nsec;
	char text[128];
	long hz = sysconf(_SC_CLK_TCK);
	int r;

	r = process_read_stat(pid, &stat);
	if (r < 0)
		return r;
	if (stat.threads == 1 &&
	    process_read_file(pid, "schedstat", text, sizeof(text)) > 0 &&
	    sscanf(text, "%llu", &nsec) == 1)
		*ret_usec = nsec / 1000;
	else
		*ret_usec =
		    stat.cpu_ticks * USEC_PER_SEC / (uint64_t)(hz > 0 ? hz : 100);
	return 0;
}
