/*
 * equal.c - are two services the same?  By the table of knobs.
 *
 * What a reload goes by: a service that is equal keeps its workers.  Where it was
 * written, and which of its values were defaults, is no difference.
 */
#include "config.h"

#include "config/equal.h"

#include <stdlib.h>
#include <string.h>

#include "config/identity.h"
#include "config/knobs.h"
#include "config/sizes.h"

static bool
text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static bool
list_equal(char *const *a, char *const *b)
{
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	for (i = 0; a[i] != NULL && b[i] != NULL; i++) {
		if (strcmp(a[i], b[i]) != 0)
			return false;
	}
	return a[i] == b[i];
}

static bool
groups_equal(const struct group_list *a, const struct group_list *b)
{
	return a->set == b->set && a->n == b->n &&
	       (a->n == 0 || memcmp(a->list, b->list, a->n * sizeof(*a->list)) == 0);
}

static bool
addresses_equal(const struct service_settings *a, const struct service_settings *b)
{
	size_t i;

	if (a->n_listen != b->n_listen)
		return false;
	for (i = 0; i < a->n_listen; i++) {
		if (!address_equal(&a->listen[i], &b->listen[i]) ||
		    a->listen[i].any != b->listen[i].any)
			return false;
	}
	return true;
}

/* In another order they mean the same, and yet somebody has touched them. */
static bool
prefixes_equal(const struct prefix_list *a, const struct prefix_list *b)
{
	size_t i;

	if (a->n != b->n || a->local != b->local)
		return false;
	for (i = 0; i < a->n; i++) {
		if (prefix_compare(&a->list[i], &b->list[i]) != 0)
			return false;
	}
	return true;
}

static bool
bytes_equal(const struct knob *k, const struct service_settings *a,
            const struct service_settings *b, size_t size)
{
	return memcmp((const char *)a + k->offset, (const char *)b + k->offset, size) ==
	       0;
}

static bool
owner_equal(const struct knob *k, const struct service_settings *a,
            const struct service_settings *b)
{
	if (k->offset == offsetof(struct service_settings, identity))
		return identity_equal(&a->identity, &b->identity);
	return bytes_equal(k, a, b, sizeof(uid_t));
}

static bool
knob_equal(const struct knob *k, const struct service_settings *a,
           const struct service_settings *b)
{
	const void *fa = (const char *)a + k->offset;
	const void *fb = (const char *)b + k->offset;

	switch (k->kind) {
	case KNOB_BOOL:
		return *(const bool *)fa == *(const bool *)fb;
	case KNOB_DURATION:
	case KNOB_SIZE:
	case KNOB_RLIMIT:
	case KNOB_RLIMIT_COUNT:
	case KNOB_RLIMIT_TIME:
	case KNOB_CAPABILITIES:
		return bytes_equal(k, a, b, sizeof(uint64_t));
	case KNOB_STATUSES:
		return bytes_equal(k, a, b, sizeof(struct status_set));
	case KNOB_COUNT:
	case KNOB_WORKERS:
	case KNOB_SECONDS:
	case KNOB_MODE:
	case KNOB_SIGNED:
	case KNOB_SIGNAL:
	case KNOB_CHOICE:
		return bytes_equal(k, a, b, sizeof(unsigned));
	case KNOB_TEXT:
	case KNOB_FOLDER:
	case KNOB_DEVICE:
	case KNOB_MODULE:
		return text_equal(*(char *const *)fa, *(char *const *)fb);
	case KNOB_ENVIRONMENT:
	case KNOB_NAMES:
	case KNOB_COMMAND:
	case KNOB_OPTIONS:
		return list_equal(*(char **const *)fa, *(char **const *)fb);
	case KNOB_ADDRESSES:
		return addresses_equal(a, b);
	case KNOB_PREFIXES:
		return prefixes_equal(fa, fb);
	case KNOB_GROUPS:
		return groups_equal(fa, fb);
	case KNOB_USER:
	case KNOB_GROUP:
		return owner_equal(k, a, b);
	case KNOB_N_KINDS:
		break;
	}
	abort();
}

bool
service_settings_equal(const struct service_settings *a,
                       const struct service_settings *b, const char **ret_key)
{
	size_t i;

	if (a->handler != b->handler) {
		*ret_key = handler_kind_name(b->handler);
		return false;
	}
	for (i = 0; i < n_service_knobs; i++) {
		const struct knob *k = &service_knobs[i];

		if (a->workers > 0 && b->workers > 0 && sizes_is_range(k))
			continue;
		/* Both commands share a field. */
		if (k->kind == KNOB_COMMAND &&
		    strcmp(k->key, handler_kind_name(a->handler)) != 0)
			continue;
		if (!knob_equal(k, a, b)) {
			*ret_key = k->key;
			return false;
		}
	}
	return true;
}
