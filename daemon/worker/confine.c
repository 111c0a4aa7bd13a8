/*
 * confine.c - giving up what a worker does not need, for good.
 *
 * Only system calls, no look-up: names were resolved while the configuration was
 * loaded.  It fails closed: the caller ends the process on any error.
 */
#include "config.h"

#include "worker/confine.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
limit(int resource, uint64_t value)
{
	struct rlimit rl;

	if (value == RLIMIT_UNSET)
		return 0;
	rl.rlim_cur = value == RLIMIT_UNLIMITED ? RLIM_INFINITY : (rlim_t)value;
	rl.rlim_max = rl.rlim_cur;
	return setrlimit(resource, &rl) < 0 ? -errno : 0;
}

static int
limits(const struct service_settings *service, const struct rlimit *nofile,
       const char **ret_what)
{
	int r;

	*ret_what = "set limit_nofile";
	if (service->limit_nofile == RLIMIT_UNSET)
		r = setrlimit(RLIMIT_NOFILE, nofile) < 0 ? -errno : 0;
	else
		r = limit(RLIMIT_NOFILE, service->limit_nofile);
	if (r < 0)
		return r;
	*ret_what = "set limit_core";
	r = limit(RLIMIT_CORE, service->limit_core);
	if (r < 0)
		return r;
	*ret_what = "set nice";
	if (service->nice != NICE_UNSET &&
	    setpriority(PRIO_PROCESS, 0, service->nice) < 0)
		return -errno;
	return 0;
}

/* Becomes the user, and proves that there is no way back. */
static int
become(const struct identity *who, const char **ret_what)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	*ret_what = "set the groups";
	if (setgroups(who->n_groups, who->groups) < 0)
		return -errno;
	*ret_what = "set the group";
	if (setresgid(who->gid, who->gid, who->gid) < 0)
		return -errno;
	*ret_what = "set the user";
	if (setresuid(who->uid, who->uid, who->uid) < 0)
		return -errno;

	*ret_what = "prove that root's rights are gone";
	if (getresuid(&ruid, &euid, &suid) < 0 || getresgid(&rgid, &egid, &sgid) < 0)
		return -errno;
	if (ruid != who->uid || euid != who->uid || suid != who->uid ||
	    rgid != who->gid || egid != who->gid || sgid != who->gid)
		return -EPERM;
	if (who->uid != 0 && setresuid(0, 0, 0) == 0)
		return -EPERM;
	return 0;
}

int
confine(const struct service_settings *service, const struct rlimit *nofile,
        const char **ret_what)
{
	static char what[512];
	int r;

	r = limits(service, nofile, ret_what);
	if (r < 0)
		return r;
	(void)umask(service->umask);
	if (service->identity.switch_user) {
		r = become(&service->identity, ret_what);
		if (r < 0)
			return r;
	}
	/* With the rights that the service has, not ours. */
	/* A change of user forbids core dumps of the process itself; and with them that
	 * others of the user look into it.  Who sets limit_core wants dumps. */
	*ret_what = "allow core dumps";
	if (service->limit_core != RLIMIT_UNSET && service->limit_core != 0 &&
	    prctl(PR_SET_DUMPABLE, 1) < 0)
		return -errno;
	(void)snprintf(what, sizeof(what), "enter working_directory '%s' as user '%s'",
	               service->working_directory, service->identity.user);
	*ret_what = what;
	if (chdir(service->working_directory) < 0)
		return -errno;
	*ret_what = NULL;
	return 0;
}
