/*
 * sandbox.c - which directive of a unit may be in the way.
 *
 * "Permission denied" for a file that everybody may read costs an afternoon if nobody
 * thinks of ProtectHome=.  What systemd does to a process can be seen from inside:
 * mounts of its own names, a system call filter, capabilities that root lacks.  Only
 * what is seen is named, and only as likely: an error may still have another reason.
 */
#include "config.h"

#include "base/sandbox.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/macros.h"

#define PROC_MAX (1 << 20)
#define WORD_MAX 512

/* --- mounts -------------------------------------------------------------------------
 */

/* One line of mountinfo, proc(5); longer words are cut. */
struct mount {
	char root[WORD_MAX + 1]; /* within its file system */
	char point[WORD_MAX + 1];
	char options[WORD_MAX + 1];
	char type[WORD_MAX + 1];
	char all_options[WORD_MAX + 1]; /* of the file system, wherever it is mounted */
};

#define W "%512s"
_Static_assert(WORD_MAX == 512, "the width in W");

static bool
parse_mount(const char *line, struct mount *ret)
{
	const char *end = strchrnul(line, '\n');
	const char *dash = strstr(line, " - ");

	return dash && dash < end &&
	       sscanf(line, "%*u %*u %*s " W " " W " " W, ret->root, ret->point,
	              ret->options) == 3 &&
	       sscanf(dash, " - " W " %*s " W, ret->type, ret->all_options) == 2;
}

static bool
is_below(const char *path, const char *point)
{
	size_t len = strlen(point);

	if (strcmp(point, "/") == 0)
		return true;
	return strncmp(path, point, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

/* What `path` is on: the longest mount point, and of these the last. */
static bool
find_mount(const char *mountinfo, const char *path, struct mount *ret)
{
	const char *line = mountinfo;
	struct mount m;
	bool found = false;

	while (line) {
		line += *line == '\n';
		if (parse_mount(line, &m) && is_below(path, m.point) &&
		    (!found || strlen(m.point) >= strlen(ret->point))) {
			*ret = m;
			found = true;
		}
		line = strchr(line, '\n');
	}
	return found;
}

static bool
has_option(const char *options, const char *word)
{
	size_t len = strlen(word);

	while (options) {
		if (strncmp(options, word, len) == 0 &&
		    (options[len] == ',' || options[len] == '\0'))
			return true;
		options = strchr(options, ',');
		options = options ? options + 1 : NULL;
	}
	return false;
}

static bool
is_home(const char *point)
{
	return is_below(point, "/home") || is_below(point, "/root") ||
	       is_below(point, "/run/user");
}

/* Read-only here, while the file system itself is not. */
static bool
is_made_read_only(const struct mount *m)
{
	return has_option(m->options, "ro") && !has_option(m->all_options, "ro");
}

static const char *
by_mount(const struct mount *m, enum sandbox_attempt attempt, int error)
{
	bool hidden = strstr(m->root, "/systemd/inaccessible/") != NULL;
	bool empty = strcmp(m->type, "tmpfs") == 0 && has_option(m->options, "ro");
	bool missing = error == ENOENT || error == EACCES;

	if (missing && is_home(m->point) && (hidden || empty))
		return "ProtectHome=";
	if (missing && hidden)
		return "InaccessiblePaths=";
	if (error == ENOENT && strstr(m->root, "/systemd-private-"))
		return "PrivateTmp=";
	if (error == EROFS && is_made_read_only(m))
		return is_home(m->point) ? "ProtectHome="
		                         : "ProtectSystem=, see ReadWritePaths=";
	if (error == EACCES && attempt == SANDBOX_EXECUTE &&
	    has_option(m->options, "noexec"))
		return "NoExecPaths=";
	return NULL;
}

/* --- rights --------------------------------------------------------------------------
 */

static bool
lacks(const struct sandbox *s, unsigned capability)
{
	return (s->capabilities & UINT64_C(1) << capability) == 0;
}

static const char *
by_capability(const struct sandbox *s, enum sandbox_attempt attempt, int error,
              const char *path)
{
	if (error != EPERM && error != EACCES)
		return NULL;
	switch (attempt) {
	case SANDBOX_BIND:
		if (error == EACCES && !path && lacks(s, CAP_NET_BIND_SERVICE))
			return "CapabilityBoundingSet= or User=: a port below 1024 "
			       "takes CAP_NET_BIND_SERVICE, or a socket unit";
		if (error == EACCES && path && lacks(s, CAP_DAC_OVERRIDE))
			return "CapabilityBoundingSet= or User=: the folder of another "
			       "user takes CAP_DAC_OVERRIDE";
		return NULL;
	case SANDBOX_LIMIT:
		return lacks(s, CAP_SYS_RESOURCE)
		           ? "CapabilityBoundingSet=, which lacks CAP_SYS_RESOURCE"
		           : NULL;
	case SANDBOX_OWNER:
		return lacks(s, CAP_CHOWN)
		           ? "CapabilityBoundingSet=, which lacks CAP_CHOWN"
		           : NULL;
	case SANDBOX_IDENTITY:
		return lacks(s, CAP_SETUID) || lacks(s, CAP_SETGID)
		           ? "CapabilityBoundingSet=, which lacks CAP_SETUID or "
		             "CAP_SETGID"
		           : NULL;
	case SANDBOX_NICE:
		return error == EACCES && lacks(s, CAP_SYS_NICE)
		           ? "CapabilityBoundingSet=, which lacks CAP_SYS_NICE"
		           : NULL;
	case SANDBOX_ROOT:
		return error == EPERM && lacks(s, CAP_SYS_CHROOT)
		           ? "CapabilityBoundingSet=, which lacks CAP_SYS_CHROOT"
		           : NULL;
	case SANDBOX_CAPABILITIES:
		return error == EPERM && !s->filtered
		           ? "CapabilityBoundingSet=, which lacks some of them"
		           : NULL;
	default:
		return NULL;
	}
}

const char *
sandbox_directive(const struct sandbox *s, enum sandbox_attempt attempt, int error,
                  const char *path)
{
	const char *found = NULL;
	struct mount m;

	if (path && *path == '/' && s->mountinfo && find_mount(s->mountinfo, path, &m))
		found = by_mount(&m, attempt, error);
	if (!found)
		found = by_capability(s, attempt, error, path);
	if (found)
		return found;
	if (attempt == SANDBOX_IDENTITY && error == EINVAL && s->own_users)
		return "PrivateUsers=";
	if (attempt == SANDBOX_SOCKET && error == EAFNOSUPPORT && s->filtered)
		return "RestrictAddressFamilies=";
	if (attempt == SANDBOX_BIND && error == EPERM && !path)
		return "SocketBindDeny=";
	return error == EPERM && s->filtered ? "SystemCallFilter=" : NULL;
}

/* --- asking --------------------------------------------------------------------------
 */

static char *
read_proc(const char *name)
{
	char *text;
	size_t len;

	return fd_read_file(name, PROC_MAX, &text, &len) < 0 ? NULL : text;
}

static void
look(struct sandbox *ret)
{
	char *status = read_proc("/proc/self/status");
	char *users = read_proc("/proc/self/uid_map");
	const char *at;

	memset(ret, 0, sizeof(*ret));
	ret->capabilities = UINT64_MAX;
	ret->mountinfo = read_proc("/proc/self/mountinfo");
	at = status ? strstr(status, "\nCapEff:") : NULL;
	if (at)
		(void)sscanf(at, "\nCapEff: %" SCNx64, &ret->capabilities);
	at = status ? strstr(status, "\nSeccomp:") : NULL;
	if (at)
		ret->filtered = strtol(at + strlen("\nSeccomp:"), NULL, 10) == 2;
	/* Everybody else has one line, for all there are. */
	ret->own_users = users && !strstr(users, " 4294967295");
	free(status);
	free(users);
}

const char *
sandbox_hint(enum sandbox_attempt attempt, int error, const char *path, char *buf,
             size_t size)
{
	const char *directive;
	struct sandbox s;

	buf[0] = '\0';
	if (!getenv("INVOCATION_ID") || error == 0)
		return buf;
	look(&s);
	directive = sandbox_directive(&s, attempt, error, path);
	if (directive)
		(void)snprintf(buf, size, " (likely the unit's %s)", directive);
	free(s.mountinfo);
	return buf;
}
