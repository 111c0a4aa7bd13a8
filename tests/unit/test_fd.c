/*
 * test_fd.c - descriptors: owned once, arranged exactly.
 *
 * fd_arrange() closes everything it was not told to keep, so that it is played in
 * children; they answer with their exit status and never return.
 */
#include "config.h"

#include "base/fd.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

/* Files with an identity each, on every number below this. */
#define FILES 24
#define MAX_LIST 8

TestSuite(fd, .timeout = 120);

Test(fd, is_given_away_once)
{
	int fd = open("/dev/null", O_RDONLY), taken;

	taken = fd_take(&fd);
	cr_assert_eq(fd, -1);
	cr_assert_geq(taken, 0);
	cr_assert_eq(fd_take(&fd), -1);
	cr_assert_geq(fcntl(taken, F_GETFD), 0, "it is still open");
	fd_close(&taken);
	cr_assert_eq(taken, -1);
	fd_close(&taken);
}

Test(fd, is_closed_without_a_trace_in_errno)
{
	int fd = open("/dev/null", O_RDONLY), none = -1, closed = fd;

	errno = ENOTTY;
	fd_closep(&fd);
	fd_closep(&none);
	cr_assert_eq(errno, ENOTTY);
	cr_assert_eq(fcntl(closed, F_GETFD), -1);
	errno = ENOTTY;
	fd_closep(&closed); /* close() fails */
	cr_assert_eq(errno, ENOTTY);
}

Test(fd, is_closed_at_the_end_of_its_scope)
{
	int number;

	{
		CLEANUP(fd_closep) int fd = open("/dev/null", O_RDONLY);

		number = fd;
		cr_assert_geq(number, 0);
	}
	cr_assert_eq(fcntl(number, F_GETFD), -1);
}

struct arrangement {
	int list[MAX_LIST];
	size_t n;
	int keep;
};

/* Never returns: 0, or the number of the step that was wrong. */
static void
arrange_and_look(const struct arrangement *a)
{
	ino_t was[FILES];
	int list[MAX_LIST], i, fd;
	struct stat st;

	/* Away with all there is; then one file on each number. */
	(void)close_range(0, ~0U, 0);
	for (i = 0; i < FILES; i++) {
		if (memfd_create("file", MFD_CLOEXEC) != i || fstat(i, &st) < 0)
			_exit(1);
		was[i] = st.st_ino;
	}
	memcpy(list, a->list, sizeof(list));
	if (fd_arrange(list, a->n, a->keep) != 0)
		_exit(2);
	for (fd = 0; fd < FILES * 3; fd++) {
		bool open = fstat(fd, &st) == 0;

		if (fd < (int)a->n) {
			if (open != (a->list[fd] >= 0))
				_exit(3);
			if (open && st.st_ino != was[a->list[fd]])
				_exit(4);
			if (open && fcntl(fd, F_GETFD) != 0)
				_exit(5); /* the program it is for would not see it */
		} else if (fd == a->keep) {
			if (!open || st.st_ino != was[fd])
				_exit(6);
			if (fcntl(fd, F_GETFD) != FD_CLOEXEC)
				_exit(7);
		} else if (open) {
			_exit(8);
		}
	}
	_exit(0);
}

static void
arrange(const struct arrangement *a, const char *what)
{
	int status = -1;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		arrange_and_look(a);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "%s: step %d of { %d, %d, %d, %d, … } n %zu keep %d",
	             what, WEXITSTATUS(status), a->list[0], a->list[1], a->list[2],
	             a->list[3], a->n, a->keep);
}

Test(fd, list_is_arranged_however_it_overlaps_its_targets)
{
	static const struct {
		const char *what;
		struct arrangement a;
	} rows[] = {
		{ "nothing at all", { { 0 }, 0, -1 } },
		{ "nothing but what is kept", { { 0 }, 0, 5 } },
		{ "nothing but the first is kept", { { 0 }, 0, 0 } },
		{ "each in its place already", { { 0, 1, 2, 3 }, 4, -1 } },
		{ "from above", { { 10, 11, 12, 13 }, 4, -1 } },
		{ "two change places", { { 1, 0 }, 2, -1 } },
		{ "all go round", { { 1, 2, 3, 0 }, 4, -1 } },
		{ "all the other way round", { { 3, 0, 1, 2 }, 4, -1 } },
		{ "one on three numbers", { { 7, 7, 7 }, 3, -1 } },
		{ "one of the targets on all", { { 1, 1, 1 }, 3, -1 } },
		{ "closed in between", { { -1, 0, -1, 1 }, 4, -1 } },
		{ "all closed", { { -1, -1, -1 }, 3, -1 } },
		{ "the first one above is kept", { { 5, 6, 7 }, 3, 3 } },
		{ "one far above is kept", { { 5, 6, 7 }, 3, 20 } },
		{ "the last one is kept", { { 5, 6, 7 }, 3, FILES - 1 } },
		{ "one is listed and kept", { { 5, 20, 5 }, 3, 20 } },
		{ "what is kept is overwritten", { { 5, 6, 7 }, 3, 1 } },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++)
		arrange(&rows[i].a, rows[i].what);
}

Test(fd, list_is_arranged_in_a_thousand_random_ways)
{
	int i;

	srandom(6);
	for (i = 0; i < 1000; i++) {
		struct arrangement a = { { 0 }, 0, -1 };
		size_t j;

		a.n = (size_t)random() % (MAX_LIST + 1);
		for (j = 0; j < MAX_LIST; j++) /* half of them among the targets */
			a.list[j] =
			    (int)(random() % (random() & 1 ? MAX_LIST : FILES)) - 1;
		a.keep = (int)(random() % (FILES + 1)) - 1;
		arrange(&a, "at random");
	}
}

Test(fd, list_with_a_dead_number_is_an_error)
{
	int status = -1;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int low[] = { 1 }, high[] = { 2000 };

		(void)close_range(0, ~0U, 0);
		if (fd_arrange(low, 1, -1) != -EBADF)
			_exit(2);
		_exit(fd_arrange(high, 1, -1) == -EBADF ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0, "%d", WEXITSTATUS(status));
}

static char folder[64], path[96];

static void
make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > sizeof(folder) - 24)
		tmp = "/tmp";
	(void)snprintf(folder, sizeof(folder), "%s/preforkd-XXXXXX", tmp);
	cr_assert_not_null(mkdtemp(folder), "%s: %s", folder, strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/f", folder);
}

static void
remove_folder(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
write_file(const char *text, size_t len)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	(void)close(fd);
}

TestSuite(fd_read_file, .init = make_folder, .fini = remove_folder, .timeout = 60);

Test(fd_read_file, reads_all_of_a_file_up_to_the_cap)
{
	static const char whole[] =
	    "one\0two\nthree"; /* a NUL is the caller's affair */
	size_t len, size, max;

	for (size = 0; size < sizeof(whole); size++) {
		write_file(whole, size);
		for (max = 0; max < sizeof(whole); max++) {
			char *text = NULL;

			len = 99;
			if (max < size) {
				cr_assert_eq(fd_read_file(path, max, &text, &len),
				             -EFBIG);
				cr_assert(text == NULL && len == 99);
				continue;
			}
			cr_assert_eq(fd_read_file(path, max, &text, &len), 0);
			cr_assert_eq(len, size);
			cr_assert_eq(memcmp(text, whole, size), 0);
			cr_assert_eq(text[size], '\0');
			free(text);
		}
	}
}

Test(fd_read_file, reads_a_file_that_does_not_know_its_size)
{
	char *text = NULL;
	size_t len = 0;

	cr_assert_eq(fd_read_file("/proc/self/status", 65536, &text, &len), 0);
	cr_assert_gt(len, 100);
	cr_assert_eq(strncmp(text, "Name:", 5), 0);
	cr_assert_eq(strlen(text), len);
	free(text);
	cr_assert_eq(fd_read_file("/proc/self/status", 50, &text, &len), -EFBIG);
}

Test(fd_read_file, refuses_what_is_no_file_and_waits_for_nobody)
{
	char *text = NULL;
	size_t len = 0;

	cr_assert_eq(fd_read_file(path, 10, &text, &len), -ENOENT);
	cr_assert_eq(fd_read_file(folder, 10, &text, &len), -EISDIR);
	cr_assert_eq(fd_read_file("/dev/null", 10, &text, &len), -EINVAL);
	cr_assert_eq(fd_read_file("/dev/zero", 10, &text, &len), -EINVAL);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(fd_read_file(path, 10, &text, &len), -EINVAL);
	cr_assert_null(text);
}

Test(fd_read_file, leaves_no_descriptor_open)
{
	int first = dup(STDERR_FILENO), now, i;
	char *text;
	size_t len;

	(void)close(first);
	write_file("text", 4);
	for (i = 0; i < 10; i++) {
		if (fd_read_file(i & 1 ? path : folder, 10, &text, &len) == 0)
			free(text);
		(void)fd_read_file(path, 3, &text, &len);
	}
	now = dup(STDERR_FILENO);
	cr_assert_eq(now, first);
	(void)close(now);
}
