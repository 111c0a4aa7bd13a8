/*
 * hint.c - why a pool cannot do what it should, if a limit or the unit's sandbox is the
 * reason.
 *
 * Worker and master are in the same sandbox, so that the master can look for both.
 * What was attempted is known by the words for it.
 */
#include "config.h"

#include "pool/hint.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/sandbox.h"

static const struct {
	const char *words; /* the attempt begins so */
	enum sandbox_attempt attempt;
} attempts[] = {
	{ "execute ", SANDBOX_EXECUTE },
	{ "load ", SANDBOX_EXECUTE },
	{ "set the group", SANDBOX_IDENTITY }, /* and groups */
	{ "set the user", SANDBOX_IDENTITY },
	{ "set limit_", SANDBOX_LIMIT },
	{ "set nice", SANDBOX_NICE },
	{ "set oom_score_adjust", SANDBOX_LIMIT },
	{ "set supplementary_groups", SANDBOX_IDENTITY },
	{ "set capabilities", SANDBOX_CAPABILITIES },
	{ "give up capabilities", SANDBOX_CAPABILITIES },
	{ "enter chroot ", SANDBOX_ROOT },
	{ "enter ", SANDBOX_ENTER },
	{ "make a socket", SANDBOX_SOCKET },
	{ "set the socket's owner", SANDBOX_OWNER },
	{ "bind", SANDBOX_BIND },
};

const char *
hint_shortage(int error)
{
	switch (error < 0 ? -error : error) {
	case EAGAIN:
		return " (TasksMax=, pids.max or RLIMIT_NPROC)";
	case ENOMEM:
	case ENOBUFS:
		return " (MemoryMax= or vm.overcommit_memory)";
	case EMFILE:
		return " (LimitNOFILE= of the unit)";
	case ENFILE:
		return " (fs.file-max)";
	default:
		return "";
	}
}

static const char *
hint(const char *what, int error, const char *path, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i < countof(attempts); i++) {
		if (strncmp(what, attempts[i].words, strlen(attempts[i].words)) == 0)
			return sandbox_hint(attempts[i].attempt, error, path, buf,
			                    size);
	}
	buf[0] = '\0';
	return buf;
}

const char *
hint_report(const struct report *report, char *buf, size_t size)
{
	char path[REPORT_WHAT_MAX];
	const char *quote = strchr(report->what, '\'');

	if (*hint_shortage(report->error))
		return hint_shortage(report->error);
	/* "execute '/usr/bin/git' as user 'git'" */
	(void)snprintf(path, sizeof(path), "%s", quote ? quote + 1 : "");
	path[strcspn(path, "'")] = '\0';
	return hint(report->what, report->error, path, buf, size);
}

const char *
hint_listen(const struct listener_error *e, int error, const struct address *at,
            char *buf, size_t size)
{
	int port = address_port(at);

	if (address_is_unix_path(at))
		return hint(e->error ? e->what : "bind", error, at->text, buf, size);
	/* Everybody may have the others. */
	if (error == EACCES && (port <= 0 || port >= IPPORT_RESERVED))
		error = 0;
	return hint(e->what, error, NULL, buf, size);
}
