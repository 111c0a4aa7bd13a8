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

/* After getpwnam() and its like have found nothing, with errno 0 before: -ENOENT for
 * what is not there, in the words of all libraries, or why nobody can tell. */
static int
database_error(void)
{
	switch (errno) {
	case 0:
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return -ENOENT;
	default:
		return -errno;
	}
}

static const struct passwd *
user_by_name(const char *name, int *ret_error)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	*ret_error = pw != NULL ? 0 : database_error();
	return pw;
}

static const struct passwd *
user_by_number(uid_t uid, int *ret_error)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwuid(uid);
	*ret_error = pw != NULL ? 0 : database_error();
	return pw;
}

/* Why a `kind` was not found; to be freed. */
static char *
explain(const char *kind, const char *text, int error)
{
	if (error == -ENOENT)
		return memory_print("there is no %s '%s', write the name of one or a "
		                    "number",
		                    kind, text);
	return memory_print("the user database cannot be read: %s", strerror(-error));
}

static int
find_user(const char *text, uid_t *ret)
{
	int r;
	const struct passwd *pw = user_by_name(text, &r);

	if (pw == NULL)
		return is_number(text, ret) ? 0 : r;
	*ret = pw->pw_uid;
	return 0;
}

static int
find_group(const char *text, gid_t *ret)
{
	const struct group *gr;

	errno = 0;
	gr = getgrnam(text);
	if (gr == NULL)
		return is_number(text, ret) ? 0 : database_error();
	*ret = gr->gr_gid;
	return 0;
}

static int
say_why(const char *kind, const char *text, int error, char *why, size_t size)
{
	char *said;

	if (error == 0)
		return 0;
	said = explain(kind, text, error);
	(void)snprintf(why, size, "%s", said);
	free(said);
	return -EINVAL;
}

int
identity_find_user(const char *text, uid_t *ret, char *why, size_t size)
{
	return say_why("user", text, find_user(text, ret), why, size);
}

int
identity_find_group(const char *text, gid_t *ret, char *why, size_t size)
{
	return say_why("group", text, find_group(text, ret), why, size);
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
	const struct passwd *pw;
	uid_t uid;
	int r;

	pw = user_by_name(user, &r);
	if (pw == NULL && is_number(user, &uid)) {
		pw = user_by_number(uid, &r);
		id->uid = uid;
		if (r == -ENOENT)
			r = 0;
	}
	if (r < 0)
		return r;
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
	uid_t uid = (uid_t)-1;
	gid_t gid = (gid_t)-1;
	int r;

	r = find_person(number, id, &known);
	free(number);
	if (r < 0)
		return refuse(e, "user", explain("user", "", r));
	id->gid = getegid();
	if (user != NULL && (find_user(user, &uid) < 0 || uid != id->uid))
		return refuse(
		    e, "user",
		    memory_print("only root can become '%s', leave it out to run as "
		                 "'%s' or start preforkd as root",
		                 user, id->user));
	if (group != NULL && (find_group(group, &gid) < 0 || gid != id->gid))
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
	int r;

	r = find_person(user, id, &known);
	if (r < 0)
		return refuse(e, "user", explain("user", user, r));
	r = group != NULL ? find_group(group, &id->gid) : 0;
	if (r < 0)
		return refuse(e, "group", explain("group", group, r));
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
			/* Only if it is not there: who cannot tell must not make
			 * somebody else of all services. */
			(void)user_by_name(IDENTITY_DEFAULT_USER, &r);
			fell_back = r == -ENOENT;
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
