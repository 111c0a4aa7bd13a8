/*
 * confine.c - giving up what a worker does not need, for good.
 *
 * Only system calls, no look-up: names were resolved while the configuration was
 * loaded.  It fails closed: the caller ends the process on any error.  What needs
 * root's rights comes before the change of user, what is to be done with the
 * service's own after it.
 */
#include "config.h"

#include "worker/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capability.h"
#include "base/fd.h"
#include "base/macros.h"
#include "config/limits.h"

/* --- priority and limits ----------------------------------------------------- */

/* Raising it is anybody's right, lowering takes CAP_SYS_RESOURCE. */
static int
adjust_oom(int value)
{
	CLEANUP(fd_closep) int fd = -1;
	char text[16];
	int n;

	if (value == SIGNED_UNSET)
		return 0;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = snprintf(text, sizeof(text), "%d", value);
	return write(fd, text, (size_t)n) < 0 ? -errno : 0;
}

static int
set_limits(const struct service_settings *service, const struct rlimit *nofile,
           const char **ret_what)
{
	static char what[48];
	struct rlimit rl;
	int i;
	int r;

	for (i = 0; i < (int)RLIM_NLIMITS; i++) {
		if (limit_is_of_commands(service, i))
			continue;
		if (!limit_of(service, i, &rl)) {
			if (i != RLIMIT_NOFILE)
				continue;
			rl = *nofile;
		}
		if (setrlimit((__rlimit_resource_t)i, &rl) >= 0)
			continue;
		r = -errno;
		(void)snprintf(what, sizeof(what), "set %s", limit_key(i));
		*ret_what = what;
		return r;
	}
	return 0;
}

/* --- what is in reach -------------------------------------------------------- */

static int
change_root(const struct service_settings *service, const char **ret_what)
{
	static char what[512];
	int r;

	if (!service->chroot)
		return 0;
	/* The way out is a folder outside: none is open, none is the current one. */
	if (chdir(service->chroot) >= 0 && chroot(".") >= 0 && chdir("/") >= 0)
		return 0;
	r = -errno;
	(void)snprintf(what, sizeof(what), "enter chroot '%s'", service->chroot);
	*ret_what = what;
	return r;
}

/* The keys of who started the master are none of the service's.  Where the call does
 * not exist or is filtered, the service cannot use any either. */
static int
leave_keys(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0)
		return 0;
	return errno == ENOSYS || errno == EPERM ? 0 : -errno;
}

/* --- rights ------------------------------------------------------------------ */

static uint64_t
kept(const struct service_settings *service)
{
	return service->capabilities == CAPABILITIES_UNSET ? 0 : service->capabilities;
}

/* What no exec can give any more.  Root is given all that is left here, so that its
 * capabilities mean something; of anybody else this is a second bolt behind
 * no_new_privileges, which not every master has the right to close. */
static int
empty_bounding_set(const struct service_settings *service)
{
	bool said = service->capabilities != CAPABILITIES_UNSET;
	bool must = said && (service->identity.uid == 0 || !service->no_new_privileges);
	struct capabilities mine;
	int r;
	int i;

	if (!must && (service->identity.uid == 0 || !service->no_new_privileges))
		return 0;
	r = capability_get(&mine);
	if (r < 0)
		return r;
	if (!(mine.effective >> CAP_SETPCAP & 1) && !must)
		return 0;
	for (i = 0; i < 64; i++) {
		int has = prctl(PR_CAPBSET_READ, i);

		if (has < 0)
			break; /* the kernel knows no more */
		if (has && !(kept(service) >> i & 1) && prctl(PR_CAPBSET_DROP, i) < 0)
			return -errno;
	}
	return 0;
}

/* Becomes the user, and proves that there is no way back. */
static int
become(const struct service_settings *service, const char **ret_what)
{
	const struct identity *who = &service->identity;
	const struct group_list *others = &service->supplementary_groups;
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	int r;

	*ret_what = others->set ? "set supplementary_groups" : "set the groups";
	if (others->set)
		r = setgroups(others->n, others->list);
	else
		r = setgroups(who->n_groups, who->groups);
	if (r < 0)
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
	/* None of its capabilities is in effect yet. */
	if (who->uid != 0 && setresuid(0, 0, 0) == 0)
		return -EPERM;
	return 0;
}

/* Exactly those of the key `capabilities`, and handed on by exec.  Without the key
 * root has what root has, and everybody else none: not even what the master, who need
 * not be root, has been given. */
static int
set_capabilities(const struct service_settings *service)
{
	const uint64_t set = kept(service);
	const struct capabilities wanted = { set, set, set };
	struct capabilities mine;
	int r;
	int i;

	if (service->capabilities == CAPABILITIES_UNSET && service->identity.uid == 0)
		return 0;
	/* Fails with EINVAL where the kernel has no such set, before 4.3. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		return -errno;
	r = capability_get(&mine);
	if (r < 0)
		return r;
	if (set == 0 && mine.permitted == 0 && mine.inheritable == 0)
		return 0;
	r = capability_set(&wanted);
	if (r < 0)
		return r;
	for (i = 0; i < 64; i++) {
		if (set >> i & 1 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return -errno;
	}
	return prctl(PR_SET_KEEPCAPS, 0) < 0 ? -errno : 0;
}

static int
drop_rights(const struct service_settings *service, const char **ret_what)
{
	int r;

	*ret_what = "empty the bounding set of capabilities";
	r = empty_bounding_set(service);
	if (r < 0)
		return r;
	if (service->identity.switch_user) {
		*ret_what = "leave the keys of who started preforkd";
		r = leave_keys();
		if (r < 0)
			return r;
		*ret_what = "keep capabilities";
		if (kept(service) && prctl(PR_SET_KEEPCAPS, 1) < 0)
			return -errno;
		r = become(service, ret_what);
		if (r < 0)
			return r;
	}
	*ret_what = kept(service) ? "set capabilities" : "give up capabilities";
	return set_capabilities(service);
}

/* Whether others of the user may look into its memory, and whether it dumps core, is
 * one question to the kernel.  Who sets limit_core wants dumps.  A change of user has
 * answered it already, maybe with dumps that only root can read. */
static int
hide_memory(const struct service_settings *service, const char **ret_what)
{
	uint64_t core = service->limits[RLIMIT_CORE];

	if (core != RLIMIT_UNSET && core != 0) {
		*ret_what = "allow core dumps (limit_core)";
		return prctl(PR_SET_DUMPABLE, 1) < 0 ? -errno : 0;
	}
	*ret_what = "hide its memory";
	if (prctl(PR_GET_DUMPABLE) == 1 && prctl(PR_SET_DUMPABLE, 0) < 0)
		return -errno;
	return 0;
}

/* With the rights that the service has, not ours. */
static int
enter_folder(const struct service_settings *service, const char **ret_what)
{
	static char what[512];
	const char *root = service->chroot;
	int r;

	if (chdir(service->working_directory) >= 0)
		return 0;
	r = -errno;
	(void)snprintf(what, sizeof(what),
	               "enter working_directory '%s'%s%s%s as user '%s'",
	               service->working_directory, root ? " inside chroot '" : "",
	               root ? root : "", root ? "'" : "", service->identity.user);
	*ret_what = what;
	return r;
}

int
confine(const struct service_settings *service, const struct rlimit *nofile,
        const char **ret_what)
{
	int r;

	/* Before the root changes: it is a file of /proc. */
	*ret_what = "set oom_score_adjust";
	r = adjust_oom(service->oom_score_adjust);
	if (r < 0)
		return r;
	*ret_what = "set nice";
	if (service->nice != SIGNED_UNSET &&
	    setpriority(PRIO_PROCESS, 0, service->nice) < 0)
		return -errno;
	r = set_limits(service, nofile, ret_what);
	if (r < 0)
		return r;
	(void)umask(service->umask);
	r = change_root(service, ret_what);
	if (r < 0)
		return r;
	r = drop_rights(service, ret_what);
	if (r < 0)
		return r;
	r = hide_memory(service, ret_what);
	if (r < 0)
		return r;
	r = enter_folder(service, ret_what);
	if (r < 0)
		return r;
	*ret_what = NULL;
	return 0;
}
