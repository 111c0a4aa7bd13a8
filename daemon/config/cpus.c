/*
 * cpus.c - how many processors there are for us.
 *
 * A container with a quota of half a processor still sees all of them in its
 * affinity mask.  Both versions of cgroups are asked, at every level above us: the
 * tightest quota counts.
 */
#include "config.h"

#include "config/cpus.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "config/memory.h"

#define SMALL_FILE 65536

/* The text of root/path/name, or NULL. */
static char *
read_file(const char *root, const char *path, const char *name)
{
	char *full = memory_print("%s%s/%s", root, path, name);
	char *text = NULL;
	size_t len;

	if (fd_read_file(full, SMALL_FILE, &text, &len) < 0)
		text = NULL;
	free(full);
	return text;
}

static unsigned
processors(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return (unsigned)((quota + period - 1) / period);
}

/* cpu.max is "max 100000" or "50000 100000". */
static unsigned
quota_v2(const char *root, const char *path)
{
	char *text = read_file(root, path, "cpu.max");
	unsigned n = 0;
	long long quota;
	long long period;

	if (text != NULL && sscanf(text, "%lld %lld", &quota, &period) == 2)
		n = processors(quota, period);
	free(text);
	return n;
}

static unsigned
quota_v1(const char *root, const char *path)
{
	char *quota = read_file(root, path, "cpu.cfs_quota_us");
	char *period = read_file(root, path, "cpu.cfs_period_us");
	unsigned n = 0;

	if (quota != NULL && period != NULL)
		n = processors(strtoll(quota, NULL, 10), strtoll(period, NULL, 10));
	free(quota);
	free(period);
	return n;
}

/* The tightest quota from `path` up to the root of its hierarchy. */
static unsigned
tightest(const char *root, const char *path,
         unsigned (*quota)(const char *root, const char *path))
{
	char *at = memory_copy(path);
	unsigned best = 0;

	for (;;) {
		char *slash = strrchr(at, '/');
		unsigned n = quota(root, slash != NULL && slash[1] == '\0' ? "" : at);

		if (n > 0 && (best == 0 || n < best))
			best = n;
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	free(at);
	return best;
}

/* Is "cpu" one of these comma-separated controllers? */
static int
has_cpu(const char *controllers)
{
	char *padded = memory_print(",%s,", controllers);
	int has = strstr(padded, ",cpu,") != NULL;

	free(padded);
	return has;
}

unsigned
cpus_by_quota(const char *self, const char *root)
{
	char *text = memory_copy(self);
	char *v1 = memory_print("%s/cpu", root);
	unsigned best = 0;
	char *save = NULL;
	char *line;

	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *controllers = strchr(line, ':');
		char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
		unsigned n = 0;

		if (path == NULL)
			continue;
		*path++ = '\0';
		controllers++;
		if (*controllers == '\0')
			n = tightest(root, path, quota_v2);
		else if (has_cpu(controllers))
			n = tightest(v1, path, quota_v1);
		if (n > 0 && (best == 0 || n < best))
			best = n;
	}
	free(v1);
	free(text);
	return best;
}

unsigned
cpus_available(void)
{
	cpu_set_t set;
	unsigned n = 1;
	unsigned quota = 0;
	char *self;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (unsigned)CPU_COUNT(&set);
	self = read_file("/proc/self", "", "cgroup");
	if (self != NULL)
		quota = cpus_by_quota(self, "/sys/fs/cgroup");
	free(self);
	if (quota > 0 && quota < n)
		n = quota;
	return n > 0 ? n : 1;
}
