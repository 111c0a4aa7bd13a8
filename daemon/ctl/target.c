/*
 * target.c - which daemon is meant: where its control socket is.
 */
#include "config.h"

#include "ctl/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FOLDER "/run/preforkd"
#define SOCKET_NAME "control"

/* What D-Bus takes in the value of an address as it is. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("-_/.\\*", c);
}

/* "unix:path=/run/x%20y". */
static char *
address_of_path(const char *path)
{
	static const char hex[] = "0123456789abcdef";
	const char *kind = *path == '@' ? "unix:abstract=" : "unix:path=";
	char *address = malloc(strlen(kind) + 3 * strlen(path) + 1);
	const unsigned char *p;
	char *end;

	if (!address)
		return NULL;
	end = stpcpy(address, kind);
	p = (const unsigned char *)path + (*path == '@');
	for (; *p; p++) {
		if (is_plain((char)*p)) {
			*end++ = (char)*p;
			continue;
		}
		*end++ = '%';
		*end++ = hex[*p >> 4];
		*end++ = hex[*p & 15];
	}
	*end = '\0';
	return address;
}

/* "unix:path=...", "tcp:host=...": letters, a colon, and a key somewhere. */
static bool
is_address(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz-");

	return n > 0 && text[n] == ':' && strchr(text, '=');
}

/* Of "/run/a:/run/b" the first; what is no path is none, as for the daemon. */
static char *
control_of_unit(void)
{
	const char *folders = getenv("RUNTIME_DIRECTORY");
	char *text;

	if (!folders || *folders != '/')
		folders = DEFAULT_FOLDER;
	if (asprintf(&text, "%.*s/%s", (int)strcspn(folders, ":"), folders,
	             SOCKET_NAME) < 0)
		return NULL;
	return text;
}

static char *
control_of_instance(const char *instance)
{
	char *text;

	if (asprintf(&text, "%s/%s/%s", DEFAULT_FOLDER, instance, SOCKET_NAME) < 0)
		return NULL;
	return text;
}

static char *
unit_of_instance(const char *instance)
{
	char *unit;

	if (asprintf(&unit, "preforkd@%s", instance) < 0)
		return NULL;
	return unit;
}

int
target_choose(const char *control, const char *instance, struct target *ret)
{
	struct target t;

	if (instance && (!*instance || *instance == '.' || strchr(instance, '/')))
		return -EINVAL;
	if (!control && !instance)
		control = getenv("PREFORKD_CONTROL");
	if (control && *control)
		t.text = strdup(control);
	else if (instance)
		t.text = control_of_instance(instance);
	else
		t.text = control_of_unit();
	t.address = NULL;
	if (t.text)
		t.address =
		    is_address(t.text) ? strdup(t.text) : address_of_path(t.text);
	t.unit = instance ? unit_of_instance(instance) : strdup("preforkd");
	if (!t.address || !t.unit) {
		target_done(&t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

void
target_done(struct target *t)
{
	free(t->text);
	free(t->address);
	free(t->unit);
}
