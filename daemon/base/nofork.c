/*
 * nofork.c - memory that a child does not get.
 */
#include "config.h"

#include "base/nofork.h"

#include <errno.h>
#include <sys/mman.h>

void *
nofork_alloc(size_t size)
{
	void *memory;
	int error;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	              -1, 0);
	if (memory == MAP_FAILED)
		return NULL;
	if (madvise(memory, size, MADV_DONTFORK) < 0) {
		error = errno;
		(void)munmap(memory, size);
		errno = error;
		return NULL;
	}
	return memory;
}

void
nofork_free(void *memory, size_t size)
{
	if (memory)
		(void)munmap(memory, size);
}
