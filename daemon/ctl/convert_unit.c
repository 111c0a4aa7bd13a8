/*
 * convert_unit.c - a socket unit with Accept=yes, and the service that it starts.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "ctl/convert.h"

/* Calls for each "Key=value" of a section, with lines that go on put together. */
static void
each(struct conversion *c, char *text, const char *section,
     void (*take)(struct conversion *c, const char *key, char *value, void *to),
     void *to)
{
	bool here = false;
	char *line;
	char *equals;
	char *end;

	for (;;) {
		line = text;
		if (!line)
			return;
		for (;;) {
			end = text + strcspn(text, "\n");
			if (*end == '\0') {
				text = NULL;
				break;
			}
			text = end + 1;
			if (end == line || end[-1] != '\\') {
				*end = '\0';
				break;
			}
			end[-1] = *end = ' ';
		}
		line += strspn(line, " \t");
		if (*line == '[')
			here = strncmp(line + 1, section, strlen(section)) == 0 &&
			       line[1 + strlen(section)] == ']';
		equals = strchr(line, '=');
		if (!here || *line == '#' || *line == ';' || *line == '[' || !equals)
			continue;
		end = equals;
		while (end > line && isspace((unsigned char)end[-1]))
			end--;
		*end = '\0';
		equals++;
		equals += strspn(equals, " \t");
		end = equals + strlen(equals);
		while (end > equals && isspace((unsigned char)end[-1]))
			*--end = '\0';
		take(c, line, equals, to);
	}
}

struct unit {
	char *listen[CONVERT_WORDS_MAX + 1];
	size_t n_listen;
	bool accept;
	const char *fault; /* why it cannot be one of ours */
	bool has_command;
};

static bool
is_true(const char *value)
{
	return strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 ||
	       strcasecmp(value, "on") == 0 || strcmp(value, "1") == 0;
}

/* Keys with the same meaning, and the names they have here. */
static const struct {
	const char *theirs;
	const char *ours;
} same[] = {
	{ "MaxConnections", "max_workers" },
	{ "MaxConnectionsPerSource", "max_connections_per_source" },
	{ "Backlog", "backlog" },
	{ "SocketMode", "socket_mode" },
	{ "SocketUser", "socket_user" },
	{ "SocketGroup", "socket_group" },
	{ "BindToDevice", "bind_to_device" },
	{ "FreeBind", "free_bind" },
	{ "NoDelay", "no_delay" },
	{ "KeepAlive", "keep_alive" },
	{ "User", "user" },
	{ "Group", "group" },
	{ "WorkingDirectory", "working_directory" },
	{ "UMask", "umask" },
	{ "Nice", "nice" },
	{ "NoNewPrivileges", "no_new_privileges" },
	{ "RuntimeMaxSec", "max_duration" },
};

static bool
set_same(struct conversion *c, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < countof(same); i++) {
		if (strcmp(key, same[i].theirs) != 0)
			continue;
		if (strchr(value, '%'))
			convert_note(c, true, "%s=%s: specifiers have no equal", key,
			             value);
		else
			convert_set(c, same[i].ours, value);
		return true;
	}
	return false;
}

static void
on_socket(struct conversion *c, const char *key, char *value, void *to)
{
	struct unit *u = to;

	if (strcmp(key, "ListenStream") == 0) {
		if (u->n_listen < CONVERT_WORDS_MAX && *value && !strchr(value, '%'))
			u->listen[u->n_listen++] = value;
		else
			u->fault = "its address is empty or has specifiers";
	} else if (strncmp(key, "Listen", 6) == 0) {
		u->fault = "it listens for something else than connections";
	} else if (strcmp(key, "Accept") == 0) {
		u->accept = is_true(value);
	} else if (strcmp(key, "Service") != 0 && !set_same(c, key, value)) {
		convert_note(c, true, "%s=%s has no equal", key, value);
	}
}

/* "-/usr/sbin/sshd -i $OPTS" */
static void
take_command(struct conversion *c, char *value, struct unit *u)
{
	struct words w;
	size_t i;

	u->has_command = true;
	while (*value && strchr("-+!:", *value))
		value++;
	if (*value == '@')
		u->fault = "its ExecStart= gives the program another name (@)";
	else if (strstr(value, "%"))
		u->fault = "its ExecStart= has specifiers; what %i says is in "
		           "TCPREMOTEIP and its relatives";
	if (!u->fault && !words_split(value, true, &w)) {
		u->fault = "its ExecStart= cannot be read";
		words_done(&w);
	}
	if (u->fault)
		return;
	while (w.n > 1 && w.list[w.n - 1][0] == '$') {
		convert_note(c, true,
		             "%s is left out: variables are not replaced here, write "
		             "what it stands for",
		             w.list[w.n - 1]);
		w.list[--w.n] = NULL;
	}
	for (i = 0; i < w.n; i++) {
		if (strchr(w.list[i], '$'))
			convert_note(c, true, "'%s': variables are not replaced here",
			             w.list[i]);
	}
	convert_set_list(c, "inetd", w.list);
	words_done(&w);
}

static void
on_service(struct conversion *c, const char *key, char *value, void *to)
{
	struct unit *u = to;
	struct words w;

	if (strcmp(key, "ExecStart") == 0) {
		if (u->has_command)
			convert_note(c, true,
			             "ExecStart=%s has no equal: it is the "
			             "second",
			             value);
		else
			take_command(c, value, u);
	} else if (strcmp(key, "StandardInput") == 0) {
		if (strcmp(value, "socket") != 0)
			u->fault = "the connection is not its standard input "
			           "(StandardInput=socket)";
	} else if (strcmp(key, "StandardError") == 0) {
		convert_set(c, "stderr",
		            strcmp(value, "null") == 0     ? "null"
		            : strcmp(value, "socket") == 0 ? "connection"
		                                           : "log");
	} else if (strcmp(key, "Environment") == 0) {
		if (words_split(value, true, &w) && w.n > 0)
			convert_set_list(c, "environment", w.list);
		words_done(&w);
	} else if (strcmp(key, "Type") != 0 && strcmp(key, "StandardOutput") != 0 &&
	           strcmp(key, "KillMode") != 0 && !set_same(c, key, value)) {
		convert_note(c, true,
		             "%s=%s has no equal in preforkd.conf; where it "
		             "confines, preforkd's own unit can",
		             key, value);
	}
}

void
convert_units(struct conversion *c, const char *name, char *socket, char *service)
{
	struct unit u = { .n_listen = 0 };
	bool bare;
	size_t i;

	convert_begin(c, name);
	each(c, socket, "Socket", on_socket, &u);
	if (service)
		each(c, service, "Service", on_service, &u);
	if (!u.fault && !u.accept)
		u.fault = "it hands its socket to one process (Accept=no): program = "
		          "{...} does the same, several times";
	if (!u.fault && u.n_listen == 0)
		u.fault = "it has no ListenStream=";
	if (!u.fault && !service)
		u.fault = "its service unit is not among the files";
	if (!u.fault && !u.has_command)
		u.fault = "its service has no ExecStart=";
	if (u.fault) {
		convert_refuse(c, "%s", u.fault);
		return;
	}
	u.listen[u.n_listen] = NULL;
	convert_set_list(c, "listen", u.listen);
	for (i = 0, bare = false; i < u.n_listen; i++)
		bare |= strspn(u.listen[i], "0123456789") == strlen(u.listen[i]);
	if (bare)
		convert_note(c, false,
		             "systemd must no longer have the port: "
		             "'systemctl disable --now %s.socket'",
		             name);
	convert_end(c);
}
