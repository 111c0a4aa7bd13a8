/*
 * fd.c - descriptors with one owner each.
 */
#include "config.h"

#include "base/fd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"

void
fd_closep(int *fd)
{
	int saved = errno;

	/* Linux closes the number even when it reports EINTR or EIO. */
	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

void
fd_close(int *fd)
{
	fd_closep(fd);
	*fd = -1;
}

int
fd_fill_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return -errno;
	} while (fd <= STDERR_FILENO);
	(void)close(fd);
	return 0;
}

int
fd_arrange(int *list, size_t n, int keep)
{
	size_t i;
	int fd;

	/* Whatever is on a number that the list wants for something else, or is
	 * needed again further down, first moves out of the way: above n. */
	for (i = 0; i < n; i++) {
		if (list[i] < 0 || list[i] >= (int)n)
			continue;
		fd = fcntl(list[i], F_DUPFD, (int)n);
		if (fd < 0)
			return -errno;
		list[i] = fd;
	}
	for (i = 0; i < n; i++) {
		if (list[i] < 0) {
			(void)close((int)i);
			continue;
		}
		if (dup2(list[i], (int)i) < 0)
			return -errno;
	}
	if (keep >= (int)n) {
		if (keep > (int)n &&
		    close_range((unsigned)n, (unsigned)keep - 1, 0) < 0)
			return -errno;
		n = (size_t)keep + 1;
	}
	if (close_range((unsigned)n, ~0U, 0) < 0)
		return -errno;
	return 0;
}

int
fd_read_file(const char *path, size_t max, char **ret_text, size_t *ret_len)
{
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;
	char *text;
	size_t len = 0;
	ssize_t n;
	int r;

	/* O_NONBLOCK: a FIFO in the place of a file must not hold us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > (off_t)max)
		return -EFBIG;

	text = malloc(max + 1);
	if (!text)
		return -ENOMEM;
	for (;;) {
		n = read(fd, text + len, max + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = -errno;
			free(text);
			return r;
		}
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max) {
			free(text);
			return -EFBIG;
		}
	}
	text[len] = '\0';
	*ret_text = text;
	*ret_len = len;
	return 0;
}
