/*
 * value.c - the text of one value into its field.
 *
 * One function for each kind of knob, those of numbers and the like in scalar.c.
 * They know nothing of files and lines: each says what is wrong and what is allowed,
 * the caller says where.
 */
#include "config.h"

#include "config/value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/capability.h"
#include "base/log.h"
#include "config/environment.h"
#include "config/identity.h"
#include "config/memory.h"
#include "config/module.h"
#include "config/scalar.h"

static void
store_unsigned(void *field, unsigned value)
{
	memcpy(field, &value, sizeof(value));
}

/* "log, null and connection" into buf. */
static const char *
list_choices(const char *const *choices, char *buf, size_t size)
{
	size_t used = 0;
	size_t i;

	for (i = 0; choices[i] != NULL && used < size; i++) {
		const char *before = i == 0                   ? ""
		                     : choices[i + 1] != NULL ? ", "
		                                              : " and ";

		used += (size_t)snprintf(buf + used, size - used, "%s%s", before,
		                         choices[i]);
	}
	return buf;
}

static int
parse_choice(const struct knob *k, const char *text, unsigned *ret, char *why)
{
	char all[128];
	unsigned i;

	for (i = 0; k->choices[i] != NULL; i++) {
		if (strcmp(text, k->choices[i]) == 0) {
			*ret = i;
			return 0;
		}
	}
	return scalar_refuse(why, "'%s' is not known, allowed are %s", text,
	                     list_choices(k->choices, all, sizeof(all)));
}

static int
parse_text(const struct knob *k, const char *text, char **ret, char *why)
{
	unsigned i;

	if (k->choices != NULL && parse_choice(k, text, &i, why) < 0)
		return -EINVAL;
	if (k->max > 0 && strlen(text) > k->max)
		return scalar_refuse(why, "has %zu bytes, allowed are up to %" PRIu64,
		                     strlen(text), k->max);
	*ret = memory_copy(text);
	return 0;
}

static int
parse_folder(const char *text, char **ret, char *why)
{
	if (*text != '/')
		return scalar_refuse(
		    why, "'%s' is not an absolute path, it must begin with '/'", text);
	*ret = memory_copy(text);
	return 0;
}

static int
parse_device(const char *text, char **ret, char *why)
{
	size_t n = strlen(text);

	/* As the kernel's dev_valid_name(). */
	if (n == 0 || n > 15 || strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
	    strpbrk(text, "/: \t\n\v\f\r") != NULL)
		return scalar_refuse(
		    why,
		    "'%s' is not the name of a network interface, allowed are up to 15 "
		    "characters without '/', ':' and blanks",
		    text);
	*ret = memory_copy(text);
	return 0;
}

static int
parse_command(const struct knob *k, const struct written_value *v, char ***ret,
              char *why)
{
	const char *first = v->n > 0 ? v->values[0] : "";

	if (*first == '\0')
		return scalar_refuse(
		    why,
		    "has no command, allowed is a list of a path and its arguments");
	if (!v->braces && strpbrk(first, " \t") != NULL)
		return scalar_refuse(
		    why,
		    "'%s' is one word with blanks in it, write a list: "
		    "%s = {\"/path/to/command\", \"argument\"}",
		    first, k->key);
	if (*first != '/' && strchr(first, '/') != NULL)
		return scalar_refuse(
		    why,
		    "'%s' is a relative path, allowed is an absolute one or "
		    "a bare name "
		    "to be found in PATH",
		    first);
	*ret = memory_copy_list(v->values);
	return 0;
}

static int
parse_addresses(const struct written_value *v, struct service_settings *into, char *why)
{
	struct address *list = NULL;
	size_t i;

	if (v->n == 0)
		return scalar_refuse(
		    why,
		    "is an empty list, write an address or leave the key out to take "
		    "over sockets from systemd");
	for (i = 0; i < v->n; i++) {
		const char *reason = "not understood";

		list = memory_grow(list, i, sizeof(*list));
		if (address_parse(v->values[i], &list[i], &reason) < 0) {
			free(list);
			return scalar_refuse(why, "'%s' is no address: %s",
			                     v->values[i], reason);
		}
	}
	into->listen = list;
	into->n_listen = v->n;
	return 0;
}

static int
parse_prefixes(const struct knob *k, const struct written_value *v,
               struct prefix_list *into, char *why)
{
	struct prefix_list made = { 0 };
	size_t i;

	if (v->n == 0)
		return scalar_refuse(
		    why,
		    "is an empty list, write addresses and networks or leave the key "
		    "out");
	for (i = 0; i < v->n; i++) {
		const char *reason = "not understood";

		if (k->choices != NULL && strcmp(v->values[i], k->choices[0]) == 0) {
			made.local = true;
			continue;
		}
		made.list = memory_grow(made.list, made.n, sizeof(*made.list));
		if (prefix_parse(v->values[i], &made.list[made.n], &reason) < 0) {
			free(made.list);
			return scalar_refuse(why, "'%s' is no address or network: %s",
			                     v->values[i], reason);
		}
		made.n++;
	}
	*into = made;
	return 0;
}

static int
parse_user(const char *text, uid_t *ret, char *why)
{
	return identity_find_user(text, ret, why, WHY_MAX);
}

static int
parse_group(const char *text, gid_t *ret, char *why)
{
	return identity_find_group(text, ret, why, WHY_MAX);
}

static int
parse_groups(const struct written_value *v, struct group_list *into, char *why)
{
	struct group_list made = { .set = true };
	size_t i;

	for (i = 0; i < v->n; i++) {
		made.list = memory_grow(made.list, made.n, sizeof(*made.list));
		if (parse_group(v->values[i], &made.list[made.n], why) < 0) {
			free(made.list);
			return -EINVAL;
		}
		made.n++;
	}
	*into = made;
	return 0;
}

static int
parse_capabilities(const struct written_value *v, uint64_t *ret, char *why)
{
	uint64_t all = 0;
	size_t i;
	int number;

	for (i = 0; i < v->n; i++) {
		number = capability_from_name(v->values[i]);
		if (number < 0)
			return scalar_refuse(
			    why,
			    "'%s' is not a capability, allowed are the names in "
			    "capabilities(7), such as CAP_NET_BIND_SERVICE",
			    v->values[i]);
		all |= UINT64_C(1) << number;
	}
	*ret = all;
	return 0;
}

static int
parse_statuses(const struct knob *k, const struct written_value *v,
               struct status_set *into, char *why)
{
	struct status_set made = { 0 };
	uint64_t number;
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (scalar_count(v->values[i], k->min, k->max, &number, why) < 0)
			return -EINVAL;
		status_set_add(&made, (int)number);
	}
	*into = made;
	return 0;
}

static int
parse_one(const struct knob *k, const char *text, void *field, char *why)
{
	uint64_t number;
	unsigned index;

	switch (k->kind) {
	case KNOB_BOOL:
		return scalar_bool(text, field, why);
	case KNOB_COUNT:
		if (scalar_count(text, k->min, k->max, &number, why) < 0)
			return -EINVAL;
		store_unsigned(field, (unsigned)number);
		return 0;
	case KNOB_WORKERS:
		return scalar_workers(k, text, field, why);
	case KNOB_DURATION:
		return scalar_duration(text, k->min, k->max, field, why);
	case KNOB_SIZE:
		return scalar_size(k, text, field, why);
	case KNOB_SECONDS:
		return scalar_seconds(k, text, field, why);
	case KNOB_TEXT:
		return parse_text(k, text, field, why);
	case KNOB_FOLDER:
		return parse_folder(text, field, why);
	case KNOB_DEVICE:
		return parse_device(text, field, why);
	case KNOB_MODE:
		return scalar_mode(k, text, field, why);
	case KNOB_SIGNED:
		return scalar_signed(k, text, field, why);
	case KNOB_RLIMIT:
		return scalar_rlimit(k, text, field, why);
	case KNOB_RLIMIT_COUNT:
		return scalar_rlimit_count(k, text, field, why);
	case KNOB_RLIMIT_TIME:
		return scalar_rlimit_time(k, text, field, why);
	case KNOB_SIGNAL:
		if (k->offset == offsetof(struct service_settings, reload_signal))
			return scalar_reload_signal(text, field, why);
		return scalar_signal(text, field, why);
	case KNOB_CHOICE:
		if (parse_choice(k, text, &index, why) < 0)
			return -EINVAL;
		store_unsigned(field, index);
		return 0;
	case KNOB_USER:
		return parse_user(text, field, why);
	case KNOB_GROUP:
		return parse_group(text, field, why);
	case KNOB_MODULE:
		return module_parse(text, field, why, WHY_MAX);
	case KNOB_ENVIRONMENT:
	case KNOB_NAMES:
	case KNOB_COMMAND:
	case KNOB_OPTIONS:
	case KNOB_ADDRESSES:
	case KNOB_PREFIXES:
	case KNOB_GROUPS:
	case KNOB_CAPABILITIES:
	case KNOB_STATUSES:
	case KNOB_N_KINDS:
		break;
	}
	abort();
}

static int
need_one(const struct written_value *v, char *why)
{
	if (v->braces)
		return scalar_refuse(why, "takes one value, not a list");
	if (*v->values[0] == '\0')
		return scalar_refuse(why,
		                     "is empty, write a value or leave the key out");
	return 0;
}

int
value_parse(const struct knob *k, const struct written_value *v,
            struct service_settings *into, char why[WHY_MAX])
{
	void *field = (char *)into + k->offset;

	switch (k->kind) {
	case KNOB_ENVIRONMENT:
		return environment_parse(v->values, field, why, WHY_MAX);
	case KNOB_NAMES:
		return environment_parse_names(v->values, field, why, WHY_MAX);
	case KNOB_GROUPS:
		return parse_groups(v, field, why);
	case KNOB_CAPABILITIES:
		return parse_capabilities(v, field, why);
	case KNOB_STATUSES:
		return parse_statuses(k, v, field, why);
	case KNOB_COMMAND:
		return parse_command(k, v, field, why);
	case KNOB_OPTIONS:
		return module_parse_options(v->values, field, why, WHY_MAX);
	case KNOB_ADDRESSES:
		return parse_addresses(v, into, why);
	case KNOB_PREFIXES:
		return parse_prefixes(k, v, field, why);
	default:
		break;
	}
	if (need_one(v, why) < 0)
		return -EINVAL;
	if (k->offset == offsetof(struct service_settings, identity))
		return 0;
	return parse_one(k, v->values[0], field, why);
}

void
value_unset(const struct knob *k, struct service_settings *into)
{
	void *field = (char *)into + k->offset;
	const uint64_t unset = UINT64_MAX; /* of limits and of capabilities */
	const int signed_unset = SIGNED_UNSET;

	switch (k->kind) {
	case KNOB_ENVIRONMENT:
	case KNOB_NAMES:
		*(char ***)field = memory_zero(1, sizeof(char *));
		break;
	case KNOB_OPTIONS:
		into->options = memory_zero(1, sizeof(*into->options));
		break;
	case KNOB_SIGNED:
		memcpy(field, &signed_unset, sizeof(signed_unset));
		break;
	case KNOB_RLIMIT:
	case KNOB_RLIMIT_COUNT:
	case KNOB_RLIMIT_TIME:
	case KNOB_CAPABILITIES:
		memcpy(field, &unset, sizeof(unset));
		break;
	case KNOB_USER:
	case KNOB_GROUP:
		if (k->offset != offsetof(struct service_settings, identity))
			store_unsigned(field, UINT32_MAX);
		break;
	default: /* zero already */
		break;
	}
}

int
value_count(const struct written_value *v, uint64_t min, uint64_t max, uint64_t *ret,
            char why[WHY_MAX])
{
	if (need_one(v, why) < 0)
		return -EINVAL;
	return scalar_count(v->values[0], min, max, ret, why);
}

int
value_duration(const struct written_value *v, uint64_t min, uint64_t max, uint64_t *ret,
               char why[WHY_MAX])
{
	if (need_one(v, why) < 0)
		return -EINVAL;
	return scalar_duration(v->values[0], min, max, ret, why);
}

int
value_log_level(const struct written_value *v, int *ret, char why[WHY_MAX])
{
	int level;

	if (need_one(v, why) < 0)
		return -EINVAL;
	level = log_level_from_name(v->values[0]);
	if (level < 0)
		return scalar_refuse(
		    why,
		    "'%s' is not known, allowed are error, warning, notice, info and "
		    "debug",
		    v->values[0]);
	*ret = level;
	return 0;
}

int
value_control(const struct written_value *v, char **ret, char why[WHY_MAX])
{
	const char *text;
	const char *reason;
	struct address at;

	if (need_one(v, why) < 0)
		return -EINVAL;
	text = v->values[0];
	if (strcmp(text, "none") == 0) {
		*ret = NULL;
		return 0;
	}
	if (*text != '/')
		return scalar_refuse(
		    why, "'%s' is not known, allowed are an absolute path and none",
		    text);
	if (address_parse(text, &at, &reason) < 0)
		return scalar_refuse(why, "'%s' cannot be a socket: %s", text, reason);
	*ret = memory_copy(text);
	return 0;
}

int
value_group(const struct written_value *v, gid_t *ret, char why[WHY_MAX])
{
	if (need_one(v, why) < 0)
		return -EINVAL;
	return parse_group(v->values[0], ret, why);
}
