/*
 * selection.c - which worker is meant.
 */
#include "config.h"

#include "ctl/selection.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* Digits alone, of at most nine places. */
static bool
parse_slot(const char *text, size_t length, struct selection *s)
{
	char digits[10];
	uint64_t n;

	if (length == 0 || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (count_parse(digits, &n) < 0)
		return false;
	s->has_slot = true;
	s->slot = (uint32_t)n;
	return true;
}

bool
selection_parse(const char *text, struct selection *ret)
{
	const char *bracket = strchr(text, '[');
	struct selection s = { 0 };
	size_t length = strlen(text);
	char *slash;

	if (bracket) {
		if (text[length - 1] != ']' ||
		    !parse_slot(bracket + 1, (size_t)(text + length - bracket - 2), &s))
			return false;
		length = (size_t)(bracket - text);
	}
	if (length == 0 || length >= sizeof(s.service))
		return false;
	memcpy(s.service, text, length);
	if (strchr(s.service, ']'))
		return false;
	if (bracket)
		memcpy(s.pool, s.service, sizeof(s.pool));
	slash = strrchr(s.service, '/');
	if (slash) {
		if (!bracket && !parse_slot(slash + 1, strlen(slash + 1), &s))
			return false;
		*slash = '\0';
	}
	*ret = s;
	return *s.service != '\0';
}

bool
selection_has(const struct selection *s, const struct slot_facts *slot)
{
	if (*s->pool && strcmp(s->pool, slot->pool) != 0)
		return false;
	return !s->has_slot || s->slot == slot->slot;
}
