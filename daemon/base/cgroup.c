/*
 * cgroup.c - the limits of the control groups that we are in.
 *
 * Both versions may be mounted side by side, with controllers here and there, and each
 * level above us has a say: all are asked, and the tightest counts.  What cannot be
 * read, as in a namespace that hides it, limits nothing that we know of.
 */
#include "config.h"

#include "base/cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/number.h"

#define SMALL_FILE 4096

/* What version 1 calls no limit of memory: the most that fits, in whole pages. */
#define NO_LIMIT (UINT64_C(1) << 62)

static uint64_t
read_limit(const char *folder, const char *name)
{
	char path[PATH_MAX];
	uint64_t limit = CGROUP_UNLIMITED;
	char *text;
	size_t len;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return CGROUP_UNLIMITED;
	if (fd_read_file(path, SMALL_FILE, &text, &len) < 0)
		return CGROUP_UNLIMITED;
	text[strcspn(text, "\n")] = '\0';
	/* "max" is no number. */
	if (count_parse(text, &limit) < 0 || limit >= NO_LIMIT)
		limit = CGROUP_UNLIMITED;
	free(text);
	return limit;
}

/* From root/path up to root. */
static uint64_t
tightest(const char *root, const char *path, const char *name)
{
	char folder[PATH_MAX];
	size_t root_len = strlen(root);
	uint64_t best = CGROUP_UNLIMITED;
	uint64_t here;

	if ((size_t)snprintf(folder, sizeof(folder), "%s%s", root, path) >=
	    sizeof(folder))
		return CGROUP_UNLIMITED;
	for (;;) {
		here = read_limit(folder, name);
		if (here < best)
			best = here;
		if (strlen(folder) <= root_len)
			return best;
		*strrchr(folder, '/') = '\0';
	}
}

static bool
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list) {
		if (strncmp(list, word, len) == 0 &&
		    (list[len] == ',' || list[len] == '\0'))
			return true;
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	return false;
}

uint64_t
cgroup_limit(const char *self, const char *root, const char *controller, const char *v2,
             const char *v1)
{
	char *text = strdup(self);
	uint64_t best = CGROUP_UNLIMITED;
	char mounted[PATH_MAX];
	uint64_t limit;
	char *save = NULL;
	char *line;

	if (!text)
		return CGROUP_UNLIMITED;
	(void)snprintf(mounted, sizeof(mounted), "%s/%s", root, controller);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path || path[1] != '/')
			continue;
		*path++ = '\0';
		controllers++;
		limit = CGROUP_UNLIMITED;
		if (*controllers == '\0')
			limit = tightest(root, path, v2);
		else if (has_word(controllers, controller))
			limit = tightest(mounted, path, v1);
		if (limit < best)
			best = limit;
	}
	free(text);
	return best;
}
