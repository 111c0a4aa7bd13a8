/*
 * convert_inetd.c - lines of inetd.conf.
 *
 *	[address:]service  stream|dgram  protocol  wait|nowait[.max]  user[:group]
 *	program  arguments
 *
 * The first argument is the name that the program is told; ours are told their path.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/convert.h"

enum { SERVICE, TYPE, PROTOCOL, WAIT, USER, PROGRAM, NAME };

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* tcpd(8) starts what its own name says: that is what we start. */
static void
set_command(struct conversion *c, struct words *w)
{
	char *path = w->list[PROGRAM];
	char *name = w->n > NAME ? w->list[NAME] : path;
	char *found = NULL;

	if (strcmp(base_name(path), "tcpd") == 0 && w->n > NAME) {
		if (*name != '/' && asprintf(&found, "/usr/sbin/%s", name) < 0)
			found = NULL;
		path = found ? found : name;
		convert_note(c, true,
		             "tcpd is left out: what hosts.allow and hosts.deny say "
		             "belongs into allow and deny");
	} else if (strcmp(base_name(path), base_name(name)) != 0) {
		convert_note(c, true, "the program was told that its name is '%s'",
		             name);
	}
	if (w->n > NAME)
		w->list[NAME] = path;
	convert_set_list(c, "inetd", w->list + (w->n > NAME ? NAME : PROGRAM));
	free(found);
}

static void
set_user(struct conversion *c, char *user)
{
	char *group = strpbrk(user, ":.");

	if (group)
		*group++ = '\0';
	user[strcspn(user, "/")] = '\0'; /* a login class */
	convert_set(c, "user", user);
	if (group)
		convert_set(c, "group", group);
}

static char *
address_of(char *text, const char *protocol)
{
	char *colon = strrchr(text, ':');

	if (*text == '/')
		return strdup(text);
	if (!colon)
		return convert_address("", text, protocol);
	*colon = '\0';
	return convert_address(text, colon + 1, protocol);
}

/* NULL, or why it cannot be a service of ours. */
static const char *
find_fault(const struct words *w)
{
	if (w->n <= PROGRAM)
		return "its line is too short";
	if (strcmp(w->list[TYPE], "stream") != 0)
		return "it takes datagrams, and preforkd accepts connections";
	if (strncmp(w->list[PROTOCOL], "tcp", 3) != 0 &&
	    strcmp(w->list[PROTOCOL], "unix") != 0)
		return "only tcp and unix are connections that preforkd accepts";
	if (strncmp(w->list[WAIT], "wait", 4) == 0)
		return "it wants the listening socket (wait): try program = {...} with "
		       "pass = \"stdin\"";
	if (strncmp(w->list[WAIT], "nowait", 6) != 0)
		return "its fourth word is neither wait nor nowait";
	return NULL;
}

static void
convert_line(struct conversion *c, struct words *w)
{
	const char *fault = find_fault(w);
	const char *colon = strrchr(w->list[SERVICE], ':');
	const char *word = base_name(colon ? colon + 1 : w->list[SERVICE]);
	bool is_internal = !fault && strcmp(w->list[PROGRAM], "internal") == 0;
	char *address;
	bool is_free;

	convert_begin(c, word);
	if (is_internal && !convert_is_builtin(word))
		fault = "preforkd has no such service of its own";
	if (fault) {
		convert_refuse(c, "%s", fault);
		return;
	}
	address = address_of(w->list[SERVICE], w->list[PROTOCOL]);
	if (!address) {
		convert_refuse(c, "/etc/services does not know '%s'", w->list[SERVICE]);
		return;
	}
	is_free = convert_listen(c, address);
	free(address);
	if (!is_free)
		return;
	if (w->list[WAIT][6])
		convert_note(c, true,
		             "'%s': there is no limit of connections in a minute; see "
		             "max_workers, max_connections_per_source",
		             w->list[WAIT]);
	if (is_internal) {
		convert_set(c, "builtin", word);
	} else {
		set_command(c, w);
		set_user(c, w->list[USER]);
	}
	convert_end(c);
}

void
convert_inetd(struct conversion *c, char *text)
{
	struct words w;
	char *line;

	for (c->line = 1;; c->line++) {
		line = strsep(&text, "\n");
		if (!line)
			break;
		line += strspn(line, " \t");
		if (*line == '#' || !*line || *line == '\r')
			continue;
		if (!words_split(line, false, &w))
			convert_remark(c, true, "not converted: the line is too long");
		else if (w.n > 0)
			convert_line(c, &w);
		words_done(&w);
	}
	c->line = 0;
}
