/*
 * identity.h - names of users and groups to numbers, at load time.
 *
 * The name service is asked here and never again: after a fork, and in a master
 * that serves, it might block.
 */
#ifndef PREFORKD_CONFIG_IDENTITY_H
#define PREFORKD_CONFIG_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"

/* What a worker becomes if nothing is said; where root starts us only. */
#define IDENTITY_DEFAULT_USER "_preforkd"
#define IDENTITY_FALLBACK_USER "nobody"

/* Why it did not work: which of the two keys is to blame, and the text. */
struct identity_error {
	const char *key; /* "user" or "group" */
	char why[256];
};

/* `user` and `group` are names or numbers, or NULL.  0 and an identity the caller
 * ends with identity_done(), or -EINVAL and *ret_error.  *ret_fell_back: the default
 * user does not exist and its substitute was taken.  Does not log. */
int identity_resolve(const char *user, const char *group, struct identity *ret,
                     bool *ret_fell_back, struct identity_error *ret_error);
void identity_done(struct identity *id);
bool identity_equal(const struct identity *a, const struct identity *b);

/* 0, or -EINVAL and why, for a name without an entry too.  Numbers need none. */
int identity_find_user(const char *text, uid_t *ret, char *why, size_t size);
int identity_find_group(const char *text, gid_t *ret, char *why, size_t size);

#endif
