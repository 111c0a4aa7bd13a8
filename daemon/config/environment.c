/*
 * environment.c - the variables that a service adds for its handler.
 *
 * HOME, PATH and the like may be given anew.  What preforkd tells a handler about
 * its sockets and its connection may not: a fixed value would be a lie.
 */
#include "config.h"

#include "config/environment.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/memory.h"

/* With a '*' at the end: all that begin so. */
static const char *const reserved[] = { "LISTEN_*",    "NOTIFY_SOCKET", "WATCHDOG_*",
	                                "PREFORKD_*",  "PROTO",         "TCPLOCAL*",
	                                "TCPREMOTE*",  "TCPCONNNUM",    "UNIXLOCAL*",
	                                "UNIXREMOTE*", "REMOTE_ADDR",   "REMOTE_PORT",
	                                "REMOTE_HOST" };

static bool
is_reserved(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < countof(reserved); i++) {
		size_t n = strlen(reserved[i]);

		if (reserved[i][n - 1] == '*') {
			if (len >= n - 1 && strncmp(name, reserved[i], n - 1) == 0)
				return true;
		} else if (len == n && strncmp(name, reserved[i], n) == 0) {
			return true;
		}
	}
	return false;
}

static bool
is_name(const char *text, size_t len)
{
	return len > 0 && (*text < '0' || *text > '9') &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") >= len;
}

/* What whoever started the master told it about itself, and of no use to others. */
static const char *const own[] = { "INVOCATION_ID", "JOURNAL_STREAM",   "MAINPID",
	                           "MANAGERPID",    "SYSTEMD_EXEC_PID", "FDSTORE" };

static bool
is_own(const char *name)
{
	size_t i;

	for (i = 0; i < countof(own); i++) {
		if (strcmp(name, own[i]) == 0)
			return true;
	}
	return false;
}

int
environment_parse_names(char *const *list, char ***ret, char *why, size_t size)
{
	size_t i;
	size_t j;

	for (i = 0; list[i] != NULL; i++) {
		size_t len = strlen(list[i]);
		const char *wrong = NULL;

		if (!is_name(list[i], len))
			wrong = "is not the name of a variable, allowed are letters, "
			        "digits and '_'";
		else if (is_reserved(list[i], len) || is_own(list[i]))
			wrong = "is between preforkd and who started it, allowed are "
			        "other variables";
		for (j = 0; j < i && wrong == NULL; j++) {
			if (strcmp(list[i], list[j]) == 0)
				wrong = "is given twice, keep one";
		}
		if (wrong != NULL) {
			(void)snprintf(why, size, "'%s' %s", list[i], wrong);
			return -EINVAL;
		}
	}
	*ret = memory_copy_list(list);
	return 0;
}

int
environment_parse(char *const *list, char ***ret, char *why, size_t size)
{
	size_t i;
	size_t j;

	for (i = 0; list[i] != NULL; i++) {
		size_t len = strcspn(list[i], "=");

		if (list[i][len] != '=' || !is_name(list[i], len)) {
			(void)snprintf(
			    why, size,
			    "'%s' is not NAME=value, allowed in a NAME are letters, "
			    "digits and '_'",
			    list[i]);
			return -EINVAL;
		}
		if (is_reserved(list[i], len)) {
			(void)snprintf(
			    why, size,
			    "'%.*s' is set by preforkd itself, use another name",
			    (int)len, list[i]);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (strncmp(list[i], list[j], len + 1) != 0)
				continue;
			(void)snprintf(why, size, "'%.*s' is given twice, keep one",
			               (int)len, list[i]);
			return -EINVAL;
		}
	}
	*ret = memory_copy_list(list);
	return 0;
}

const char *
environment_get(char *const *list, const char *name)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; list[i] != NULL; i++) {
		if (strncmp(list[i], name, len) == 0 && list[i][len] == '=')
			return list[i] + len + 1;
	}
	return NULL;
}
