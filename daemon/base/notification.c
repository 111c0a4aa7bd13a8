/*
 * notification.c - a message of the protocol of sd_notify(3), taken apart.
 */
#include "config.h"

#include "base/notification.h"

#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "base/utf8.h"

/* No time that a message gives is longer, and no watchdog shorter. */
#define LONGEST_USEC (24 * 3600 * USEC_PER_SEC)
#define SHORTEST_USEC USEC_PER_MSEC

#define ELLIPSIS "\xe2\x80\xa6"

/* As much of it as fits, valid and without control characters: '?' stands for what
 * cannot be shown. */
static void
copy_status(const char *text, char ret[NOTIFICATION_STATUS_MAX])
{
	const size_t room = NOTIFICATION_STATUS_MAX - sizeof(ELLIPSIS);
	uint32_t c = 0;
	size_t whole = 0; /* so far an ellipsis would fit behind it */
	size_t len = 0;
	size_t n;

	while (*text != '\0') {
		n = utf8_decode(text, &c);
		if (len + (n > 0 ? n : 1) >= NOTIFICATION_STATUS_MAX) {
			len = whole;
			memcpy(ret + len, ELLIPSIS, sizeof(ELLIPSIS) - 1);
			len += sizeof(ELLIPSIS) - 1;
			break;
		}
		if (n == 0 || c < ' ' || (c >= 0x7f && c < 0xa0)) {
			ret[len++] = '?';
		} else {
			memcpy(ret + len, text, n);
			len += n;
		}
		if (len <= room)
			whole = len;
		text += n > 0 ? n : 1;
	}
	ret[len] = '\0';
}

/* A time that makes sense, else 0. */
static uint64_t
read_usec(const char *text)
{
	uint64_t usec;

	if (count_parse(text, &usec) < 0)
		return 0;
	return usec < LONGEST_USEC ? usec : LONGEST_USEC;
}

static void
read_watchdog(const char *text, struct notification *ret)
{
	uint64_t usec;

	if (count_parse(text, &usec) < 0)
		return;
	ret->has_watchdog = true;
	ret->watchdog_usec = usec == 0 || usec >= SHORTEST_USEC ? usec : SHORTEST_USEC;
	if (usec > LONGEST_USEC)
		ret->watchdog_usec = LONGEST_USEC;
}

/* What follows the key in the line, or NULL if it is another one. */
static const char *
value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	return strncmp(line, key, n) == 0 ? line + n : NULL;
}

static void
read_line(const char *line, struct notification *ret)
{
	const char *value;

	ret->ready |= strcmp(line, "READY=1") == 0;
	ret->reloading |= strcmp(line, "RELOADING=1") == 0;
	ret->stopping |= strcmp(line, "STOPPING=1") == 0;
	ret->alive |= strcmp(line, "WATCHDOG=1") == 0;
	ret->failed |= strcmp(line, "WATCHDOG=trigger") == 0;
	ret->stores |= strcmp(line, "FDSTORE=1") == 0;
	value = value_of(line, "STATUS=");
	if (value) {
		ret->has_status = true;
		copy_status(value, ret->status);
	}
	value = value_of(line, "WATCHDOG_USEC=");
	if (value)
		read_watchdog(value, ret);
	value = value_of(line, "EXTEND_TIMEOUT_USEC=");
	if (value)
		ret->extend_usec = read_usec(value);
	value = value_of(line, "MONOTONIC_USEC=");
	if (value && count_parse(value, &ret->monotonic_usec) < 0)
		ret->monotonic_usec = 0;
}

void
notification_parse(char *text, struct notification *ret)
{
	pid_t pid = ret->pid;
	char *line;

	memset(ret, 0, sizeof(*ret));
	ret->pid = pid;
	for (line = strsep(&text, "\n"); line; line = strsep(&text, "\n"))
		read_line(line, ret);
}
