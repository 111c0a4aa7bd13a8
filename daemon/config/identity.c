/*
 * identity.c - names of users and groups to numbers, at load time.
 *
 * Only root can become somebody else; any other master serves as itself, and a key
 * that asks for more is an error rather than a wish.  Everybody's supplementary
 * groups are those of the user database, never the master's own.
 */
#include "config.h"

#include "config/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "config/memory.h"

/* The last id of all means "do not change" to the kernel. */
#define ID_MAX (UINT32_MAX - 1)

static bool
is_number(const char *text, uint32_t *ret)
{
	uint64_t value;

	if (count_parse(text, &value) < 0 || value > ID_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

int
identity_find_user(const char *text, uid_t *ret)
{
	const struct passwd *pw = getpwnam(text);

	if (pw == NULL)
		return is_number(text, ret) ? 0 : -ENOENT;
	*ret = pw->pw_uid;
	return 0;
}

int
identity_find_group(const char *text, gid_t *ret)
{
	const struct group *gr = getgrnam(text);

	if (gr == NULL)
		return is_number(text, ret) ? 0 : -ENOENT;
	*ret = gr->gr_gid;
	return 0;
}

static int
refuse(struct identity_error *e, const char *key, char *why)
{
	e->key = key;
	(void)snprintf(e->why, sizeof(e->why), "%s", why);
	free(why);
	return -EINVAL;
}

/* Whoever `user` is; *ret_known is false for a number without an entry. */
static int
find_person(const char *user, struct identity *id, bool *ret_known)
{
	const struct passwd *pw = getpwnam(user);
	uid_t uid;

	if (pw == NULL && is_number(user, &uid)) {
		pw = getpwuid(uid);
		id->uid = uid;
	} else if (pw == NULL) {
		return -ENOENT;
	}
	*ret_known = pw != NULL;
	id->user = memory_copy(pw != NULL ? pw->pw_name : user);
	id->home = memory_copy(pw != NULL && *pw->pw_dir == '/' ? pw->pw_dir : "/");
	id->shell =
	    memory_copy(pw != NULL && *pw->pw_shell == '/' ? pw->pw_shell : "/bin/sh");
	if (pw != NULL) {
		id->uid = pw->pw_uid;
		id->gid = pw->pw_gid;
	}
	return 0;
}

static void
list_groups(struct identity *id, bool known)
{
	int n = 16;

	for (;;) {
		int room = n;

		id->groups = memory_zero((size_t)n, sizeof(*id->groups));
		if (!known) {
			id->groups[0] = id->gid;
			id->n_groups = 1;
			return;
		}
		if (getgrouplist(id->user, id->gid, id->groups, &n) >= 0) {
			id->n_groups = (size_t)n;
			return;
		}
		free(id->groups);
		if (n <= room)
			n = 2 * room;
	}
}

/* The master is not root: only what it is already can be asked for. */
static int
resolve_self(const char *user, const char *group, struct identity *id,
             struct identity_error *e)
{
	char *number = memory_print("%u", (unsigned)geteuid());
	bool known;
	uid_t uid;
	gid_t gid;

	(void)find_person(number, id, &known);
	free(number);
	id->gid = getegid();
	if (user != NULL && (identity_find_user(user, &uid) < 0 || uid != id->uid))
		return refuse(
		    e, "user",
		    memory_print("only root can become '%s', leave it out to run as "
		                 "'%s' or start preforkd as root",
		                 user, id->user));
	if (group != NULL && (identity_find_group(group, &gid) < 0 || gid != id->gid))
		return refuse(
		    e, "group",
		    memory_print("only root can change to '%s', leave it out or start "
		                 "preforkd as root",
		                 group));
	return 0;
}

static int
resolve_other(const char *user, const char *group, struct identity *id,
              struct identity_error *e)
{
	bool known;

	if (find_person(user, id, &known) < 0)
		return refuse(
		    e, "user",
		    memory_print("there is no user '%s', write the name of one or a "
		                 "number",
		                 user));
	if (group != NULL && identity_find_group(group, &id->gid) < 0)
		return refuse(
		    e, "group",
		    memory_print("there is no group '%s', write the name of one or a "
		                 "number",
		                 group));
	if (group == NULL && !known)
		return refuse(
		    e, "user",
		    memory_print("number %s is in no user database, set 'group' too",
		                 user));
	list_groups(id, known);
	id->switch_user = true;
	return 0;
}

int
identity_resolve(const char *user, const char *group, struct identity *ret,
                 bool *ret_fell_back, struct identity_error *ret_error)
{
	struct identity id = { 0 };
	bool fell_back = false;
	int r;

	if (geteuid() != 0) {
		r = resolve_self(user, group, &id, ret_error);
	} else {
		if (user == NULL) {
			fell_back = getpwnam(IDENTITY_DEFAULT_USER) == NULL;
			user =
			    fell_back ? IDENTITY_FALLBACK_USER : IDENTITY_DEFAULT_USER;
		}
		r = resolve_other(user, group, &id, ret_error);
	}
	if (r < 0) {
		identity_done(&id);
		return r;
	}
	*ret = id;
	*ret_fell_back = fell_back;
	return 0;
}

void
identity_done(struct identity *id)
{
	free(id->user);
	free(id->home);
	free(id->shell);
	free(id->groups);
	memset(id, 0, sizeof(*id));
}

bool
identity_equal(const struct identity *a, const struct identity *b)
{
	return strcmp(a->user, b->user) == 0 && strcmp(a->home, b->home) == 0 &&
	       strcmp(a->shell, b->shell) == 0 && a->uid == b->uid &&
	       a->gid == b->gid && a->switch_user == b->switch_user &&
	       a->n_groups == b->n_groups &&
	       (a->n_groups == 0 ||
	        memcmp(a->groups, b->groups, a->n_groups * sizeof(*a->groups)) == 0);
}
