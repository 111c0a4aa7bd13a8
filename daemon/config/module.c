/*
 * module.c - the name of a module, and its options.
 *
 * Which keys there are is the module's to say, when it is loaded in a worker; how a
 * key looks is said here, so that a misspelling is found by `preforkd -t`.
 */
#include "config.h"

#include "config/module.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/memory.h"

#define KEY_MAX 64

static bool
ends_in_so(const char *text)
{
	size_t n = strlen(text);

	return n > 3 && strcmp(text + n - 3, ".so") == 0;
}

static bool
is_name(const char *text)
{
	return *text != '.' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                    "0123456789-_.") == strlen(text);
}

int
module_parse(const char *text, char **ret, char *why, size_t size)
{
	if (*text != '/' && strchr(text, '/') != NULL) {
		(void)snprintf(why, size,
		               "'%s' is a relative path, allowed is an absolute one or "
		               "a bare name to be found in %s",
		               text, MODULEDIR);
		return -EINVAL;
	}
	if (*text != '/' && ends_in_so(text)) {
		(void)snprintf(why, size,
		               "'%s' has no path, write one; or leave out '.so' for "
		               "the module of that name in %s",
		               text, MODULEDIR);
		return -EINVAL;
	}
	if (*text != '/' && !is_name(text)) {
		(void)snprintf(why, size,
		               "'%s' is not the name of a module, allowed are letters, "
		               "digits, '-', '_' and '.'",
		               text);
		return -EINVAL;
	}
	*ret = memory_copy(text);
	return 0;
}

static bool
is_key(const char *text, size_t len)
{
	return len > 0 && len <= KEY_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                    "0123456789-_.") >= len;
}

int
module_parse_options(char *const *list, char ***ret, char *why, size_t size)
{
	size_t i;
	size_t j;

	for (i = 0; list[i] != NULL; i++) {
		size_t len = strcspn(list[i], "=");

		if (list[i][len] != '=' || !is_key(list[i], len)) {
			(void)snprintf(
			    why, size,
			    "'%s' is not key=value, allowed in a key are up to %d "
			    "letters, digits, '-', '_' and '.'",
			    list[i], KEY_MAX);
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

char *
module_path(const char *module, char *buf, size_t size)
{
	if (*module == '/')
		(void)snprintf(buf, size, "%s", module);
	else
		(void)snprintf(buf, size, "%s/%s.so", MODULEDIR, module);
	return buf;
}

static bool
is_known(const char *option, const char *const *known)
{
	size_t len = strcspn(option, "=");
	size_t i;

	for (i = 0; known != NULL && known[i] != NULL; i++) {
		if (strncmp(option, known[i], len) == 0 && known[i][len] == '\0')
			return true;
	}
	return false;
}

const char *
module_unknown_option(char *const *options, const char *const *known)
{
	size_t i;

	for (i = 0; options[i] != NULL; i++) {
		if (!is_known(options[i], known))
			return options[i];
	}
	return NULL;
}
