/*
 * resident.c - how much memory a process has: the second figure of /proc/PID/statm.
 */
#include "config.h"

#include "base/resident.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

bool
resident_read(pid_t pid, uint64_t *ret)
{
	long page = sysconf(_SC_PAGESIZE);
	uint64_t pages = 0;
	char name[32];
	FILE *f;
	int n;

	(void)snprintf(name, sizeof(name), "/proc/%d/statm", (int)pid);
	f = fopen(name, "re");
	if (!f)
		return false;
	n = fscanf(f, "%*u %" SCNu64, &pages);
	(void)fclose(f);
	if (n != 1 || page <= 0)
		return false;
	*ret = pages * (uint64_t)page;
	return true;
}
