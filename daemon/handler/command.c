/*
 * command.c - the one function that becomes foreign code, and what it is given.
 *
 * The environment is built from nothing: what the master was started with, its
 * NOTIFY_SOCKET and LISTEN_FDS above all, is nobody else's business.
 */
#include "config.h"

#include "handler/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	/* Real and effective rights are the same in a worker. */
	return access(path, X_OK) < 0 ? -errno : 0;
}

int
command_resolve(const struct service_settings *service, char *buf, size_t size)
{
	const char *name = service->argv[0];
	const char *dir;
	size_t len;
	int found = -ENOENT;
	int r;

	if (strchr(name, '/')) {
		if ((size_t)snprintf(buf, size, "%s", name) >= size)
			return -ENAMETOOLONG;
		return check_executable(buf);
	}
	for (dir = service->path; *dir; dir += len + (dir[len] == ':')) {
		len = strcspn(dir, ":");
		/* An empty element would mean the current folder. */
		if (len == 0)
			continue;
		if ((size_t)snprintf(buf, size, "%.*s/%s", (int)len, dir, name) >= size)
			return -ENAMETOOLONG;
		r = check_executable(buf);
		if (r == 0)
			return 0;
		if (r == -EACCES)
			found = r;
	}
	return found;
}

const char *
command_attempt(const struct service_settings *service, int error)
{
	static char what[2 * COMMAND_PATH_MAX + 64];
	const char *name = service->argv[0];
	const char *root = service->chroot;
	const char *inside = root ? " inside chroot '" : "";
	const char *end = root ? "'" : "";

	if (!root)
		root = "";
	if (error == -EACCES)
		(void)snprintf(what, sizeof(what), "execute '%s'%s%s%s as user '%s'",
		               name, inside, root, end, service->identity.user);
	else if (error == -ENOENT && !strchr(name, '/'))
		(void)snprintf(what, sizeof(what),
		               "find '%s' in the service's PATH%s%s%s", name, inside,
		               root, end);
	else
		(void)snprintf(what, sizeof(what), "execute '%s'%s%s%s", name, inside,
		               root, end);
	return what;
}

int
command_exec(const struct command *c)
{
	size_t i;

	if (c->lead_group && setpgid(0, 0) < 0)
		return -errno;
	for (i = 0; i < c->n_limits; i++) {
		if (setrlimit((__rlimit_resource_t)c->limits[i].resource,
		              &c->limits[i].value) < 0)
			return -errno;
	}
	if (c->death_signal && prctl(PR_SET_PDEATHSIG, c->death_signal) < 0)
		return -errno;
	if (c->death_signal && getppid() != c->parent)
		return -ESRCH;
	/* First, for it may be what stands on 0 now: /dev/null. */
	if (c->err >= 0 && dup2(c->err, STDERR_FILENO) < 0)
		return -errno;
	if (c->in >= 0 && dup2(c->in, STDIN_FILENO) < 0)
		return -errno;
	if (c->out >= 0 && dup2(c->out, STDOUT_FILENO) < 0)
		return -errno;
	(void)execve(c->path, c->argv, c->environment);
	return -errno;
}

static bool
is_passed(const struct service_settings *service, const char *name)
{
	char **pass;

	for (pass = service->pass_environment; pass && *pass; pass++) {
		if (strcmp(*pass, name) == 0)
			return getenv(name) != NULL;
	}
	return false;
}

/* Appends "name=value" unless an addition of the service sets the name.  What is passed
 * on from the master comes before the usual value. */
static int
append(char **list, size_t *n, const struct service_settings *service, const char *name,
       const char *value)
{
	size_t len = strlen(name);
	char **add;

	for (add = service->environment; add && *add; add++) {
		if (strncmp(*add, name, len) == 0 && (*add)[len] == '=')
			return 0;
	}
	if (is_passed(service, name))
		value = getenv(name);
	if (asprintf(&list[*n], "%s=%s", name, value) < 0) {
		list[*n] = NULL;
		return -ENOMEM;
	}
	(*n)++;
	return 0;
}

struct variable {
	const char *name;
	const char *value;
};

#define N_USUAL 6

static bool
is_usual(const struct variable *usual, const char *name)
{
	size_t i;

	for (i = 0; i < N_USUAL; i++) {
		if (strcmp(usual[i].name, name) == 0)
			return true;
	}
	return false;
}

char **
command_environment(const struct service_settings *service)
{
	const struct identity *who = &service->identity;
	const struct variable usual[N_USUAL] = {
		{ "PATH", service->path }, { "HOME", who->home },
		{ "USER", who->user },     { "LOGNAME", who->user },
		{ "SHELL", who->shell },   { "LANG", "C" },
	};
	char **list;
	char **add;
	size_t n = 0;
	size_t i;

	for (add = service->environment; add && *add; add++)
		n++;
	for (add = service->pass_environment; add && *add; add++)
		n++;
	list = calloc(n + N_USUAL + 1, sizeof(*list));
	if (!list)
		return NULL;
	n = 0;
	for (i = 0; i < N_USUAL; i++) {
		if (append(list, &n, service, usual[i].name, usual[i].value) < 0)
			return command_environment_free(list);
	}
	for (add = service->pass_environment; add && *add; add++) {
		if (is_passed(service, *add) && !is_usual(usual, *add) &&
		    append(list, &n, service, *add, getenv(*add)) < 0)
			return command_environment_free(list);
	}
	for (add = service->environment; add && *add; add++) {
		list[n] = strdup(*add);
		if (!list[n])
			return command_environment_free(list);
		n++;
	}
	return list;
}

char **
command_environment_free(char **environment)
{
	char **p;

	for (p = environment; p && *p; p++)
		free(*p);
	free(environment);
	return NULL;
}
