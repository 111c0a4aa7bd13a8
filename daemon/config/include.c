/*
 * include.c - the files of a configuration: which, and their text.
 *
 * Files are read by us and whole: libconfuse ends the process when it is given a
 * folder.  Names are sorted by their bytes, whatever the locale.
 */
#include "config.h"

#include "config/include.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "config/memory.h"

static const char *
read_problem(int error)
{
	switch (error) {
	case -EISDIR:
		return "is a folder, a file is needed";
	case -EINVAL:
		return "is not a regular file, as it must be";
	case -EFBIG:
		return "is larger than 1 MiB, split it";
	default:
		return NULL;
	}
}

/* That the file cannot be read is said at the include() that asks for it. */
static void
complain(const struct include *file, int error, struct messages *m)
{
	const struct place at = { .file = file->path };
	char *why = read_problem(error) != NULL
	                ? memory_copy(read_problem(error))
	                : memory_print("cannot be read: %s", strerror(-error));

	if (file->from == NULL)
		messages_error(m, &at, "file", "%s", why);
	else
		messages_error(m, &file->at, "include", "'%s' %s", file->path, why);
	free(why);
}

char *
include_read(const struct include *file, size_t rank, struct messages *m)
{
	const struct place at = { .file = file->path, .rank = rank };
	char *text = NULL;
	size_t len = 0;
	int r = fd_read_file(file->path, INCLUDE_FILE_MAX, &text, &len);

	if (r < 0) {
		complain(file, r, m);
		return NULL;
	}
	if (memchr(text, '\0', len) != NULL) {
		messages_error(m, &at, "file",
		               "has a NUL byte in it, a text file is needed");
		free(text);
		return NULL;
	}
	return text;
}

static int
on_glob_error(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

/* The folder of the file with a '/', or "". */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return memory_copy_n(path, slash != NULL ? (size_t)(slash + 1 - path) : 0);
}

/* So that the folder's own name is not taken for a pattern. */
static char *
escape_pattern(const char *text)
{
	char *escaped = memory_zero(2 * strlen(text) + 1, 1);
	char *to = escaped;

	for (; *text != '\0'; text++) {
		if (strchr("*?[]\\", *text) != NULL)
			*to++ = '\\';
		*to++ = *text;
	}
	return escaped;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file that is being read already would be read for ever. */
static bool
is_on_the_way(const struct include *from, const char *path)
{
	struct stat st;
	struct stat other;

	if (stat(path, &st) < 0)
		return false;
	for (; from != NULL; from = from->from) {
		if (stat(from->path, &other) == 0 && other.st_dev == st.st_dev &&
		    other.st_ino == st.st_ino)
			return true;
	}
	return false;
}

static void
add(struct include **list, size_t *n, const struct include *from, const char *path,
    const struct place *at, struct messages *m)
{
	struct include *one;

	if (is_on_the_way(from, path)) {
		messages_error(
		    m, at, "include",
		    "'%s' is being read already, a file cannot include itself", path);
		return;
	}
	*list = memory_grow(*list, *n, sizeof(**list));
	one = &(*list)[(*n)++];
	one->path = memory_copy(path);
	one->from = from;
	one->at = *at;
}

static size_t
find_pattern(const struct include *from, const char *folder, const char *name,
             const struct place *at, struct messages *m, struct include **list)
{
	char *escaped = escape_pattern(folder);
	char *pattern = memory_print("%s%s", escaped, name);
	glob_t found = { 0 };
	size_t n = 0;
	size_t i;
	int r;

	errno = 0;
	r = glob(pattern, GLOB_NOSORT, on_glob_error, &found);
	if (r != 0 && r != GLOB_NOMATCH)
		messages_error(m, at, "include", "cannot look for '%s%s': %s", folder,
		               name, strerror(errno));
	if (r == 0) {
		qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv),
		      by_bytes);
		for (i = 0; i < found.gl_pathc; i++)
			add(list, &n, from, found.gl_pathv[i], at, m);
	}
	globfree(&found);
	free(pattern);
	free(escaped);
	return n;
}

static size_t
depth(const struct include *file)
{
	size_t n = 0;

	for (; file != NULL; file = file->from)
		n++;
	return n;
}

size_t
include_find(const struct include *from, const char *name, const struct place *at,
             struct messages *m, struct include **ret)
{
	char *folder = *name == '/' ? memory_copy("") : folder_of(from->path);
	struct include *list = NULL;
	size_t n = 0;

	if (depth(from) >= INCLUDE_DEPTH_MAX) {
		messages_error(m, at, "include",
		               "is nested too deeply, allowed are %d levels",
		               INCLUDE_DEPTH_MAX);
	} else if (*name == '\0') {
		messages_error(m, at, "include",
		               "has no name, write include(\"file\")");
	} else if (strpbrk(name, "*?[") != NULL) {
		n = find_pattern(from, folder, name, at, m, &list);
	} else {
		char *path = memory_print("%s%s", folder, name);

		add(&list, &n, from, path, at, m);
		free(path);
	}
	free(folder);
	*ret = list;
	return n;
}

void
include_free(struct include *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i].path);
	free(list);
}
