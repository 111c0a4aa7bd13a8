/*
 * convert_xinetd.c - xinetd.conf and the files of xinetd.d.
 *
 * A service has no place of its own in the text: its settings are collected until its
 * brace closes, those of `defaults` before them.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "ctl/convert.h"
#include "net/prefix.h"

#define ATTRIBUTES_MAX 64

struct attribute {
	char *key;
	char sign; /* '=', '+', '-' */
	char *value;
	bool used;
};

struct attributes {
	struct attribute list[ATTRIBUTES_MAX];
	size_t n;
};

static char *
trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return text;
}

/* The last value that was set; NULL: none. */
static const char *
take(struct attributes *a, const char *key)
{
	const char *value = NULL;
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (strcmp(a->list[i].key, key) != 0)
			continue;
		a->list[i].used = true;
		value = a->list[i].value;
	}
	return value;
}

static bool
is(const char *value, const char *word)
{
	return value && strcasecmp(value, word) == 0;
}

/* Those of only_from or no_access that are numbers; the rest becomes notes.  False if
 * without the rest somebody might come in who may not. */
static bool
set_sources(struct conversion *c, struct attributes *a, const char *from,
            const char *to, bool needs_all)
{
	char *list[CONVERT_WORDS_MAX + 1];
	struct words w[4];
	size_t n_words = 0;
	struct prefix prefix;
	const char *why;
	bool whole = true;
	bool any = false;
	size_t n = 0;
	size_t i;
	size_t j;

	for (i = 0; i < a->n && n_words < countof(w); i++) {
		if (strcmp(a->list[i].key, from) != 0)
			continue;
		any = a->list[i].used = true;
		if (a->list[i].sign == '-' ||
		    !words_split(a->list[i].value, false, w + n_words)) {
			whole = false;
			convert_note(c, true, "%s -= %s is not followed", from,
			             a->list[i].value);
			continue;
		}
		for (j = 0; j < w[n_words].n; j++) {
			if (n < CONVERT_WORDS_MAX &&
			    prefix_parse(w[n_words].list[j], &prefix, &why) == 0) {
				list[n++] = w[n_words].list[j];
				continue;
			}
			whole = false;
			convert_note(
			    c, true,
			    "%s: '%s' is no address or prefix in numbers, which "
			    "%s takes",
			    from, w[n_words].list[j], to);
		}
		n_words++;
	}
	list[n] = NULL;
	if (n > 0)
		convert_set_list(c, to, list);
	for (i = 0; i < n_words; i++)
		words_done(w + i);
	return !any || (needs_all ? whole : n > 0);
}

static void
set_number(struct conversion *c, struct attributes *a, const char *from, const char *to)
{
	const char *value = take(a, from);
	uint64_t n;

	if (!value || is(value, "UNLIMITED"))
		return;
	if (count_parse(value, &n) < 0)
		convert_note(c, true, "%s = %s is no number", from, value);
	else
		convert_set(c, to, value);
}

static void
set_command(struct conversion *c, struct attributes *a, const char *server)
{
	const char *arguments = take(a, "server_args");
	const char *flags = take(a, "flags");
	struct words w = { 0 };
	char *list[CONVERT_WORDS_MAX + 2] = { NULL };
	size_t i;

	if (arguments && !words_split(arguments, false, &w)) {
		convert_note(c, true, "server_args has too many words");
		w.n = 0;
	}
	list[0] = (char *)(uintptr_t)server; /* it is only read */
	for (i = 0; i < w.n; i++)
		list[1 + i] = w.list[i];
	if (flags && strstr(flags, "NAMEINARGS") && w.n > 0) {
		if (strstr(server, "tcpd"))
			convert_note(c, true,
			             "tcpd is left out: what hosts.allow and "
			             "hosts.deny say belongs into allow and deny");
		else
			list[1] = list[0];
		convert_set_list(c, "inetd", list + 1);
	} else {
		convert_set_list(c, "inetd", list);
	}
	words_done(&w);
}

/* NULL: there is none; said in a refusal. */
static char *
address_of(struct conversion *c, struct attributes *a, const char *title)
{
	const char *port = take(a, "port");
	const char *host = take(a, "bind");
	const char *other = take(a, "interface");
	const char *flags = take(a, "flags");
	const char *protocol = flags && strstr(flags, "IPv4") ? "tcp4" : "tcp";
	struct in6_addr in6;
	char *address;

	host = host ? host : other ? other : "";
	if (*host && inet_pton(AF_INET, host, &in6) != 1 &&
	    inet_pton(AF_INET6, host, &in6) != 1) {
		convert_refuse(c, "bind = %s is no address in numbers", host);
		return NULL;
	}
	address = convert_address(host, port ? port : title, protocol);
	if (!address)
		convert_refuse(c,
		               "/etc/services does not know '%s', and there is no "
		               "port",
		               port ? port : title);
	return address;
}

static const char *
find_fault(struct attributes *a, const char *title, const char *type,
           const char *server)
{
	const char *socket = take(a, "socket_type");
	const char *protocol = take(a, "protocol");

	if ((socket && !is(socket, "stream")) || (protocol && !is(protocol, "tcp")))
		return "it takes datagrams, and preforkd accepts connections";
	if (is(take(a, "wait"), "yes"))
		return "it wants the listening socket (wait = yes): try program = "
		       "{...} with pass = \"stdin\"";
	if (take(a, "redirect"))
		return "it passes connections on (redirect): that is a proxy's work";
	if (type && strstr(type, "RPC"))
		return "it is found by the portmapper (type = RPC)";
	if (type && strstr(type, "TCPMUX"))
		return "it is found by tcpmux (type = TCPMUX)";
	if (!server && !(type && strstr(type, "INTERNAL")))
		return "it has no server";
	if (!server && !convert_is_builtin(title))
		return "preforkd has no such service of its own";
	return NULL;
}

static void
set_environment(struct conversion *c, struct attributes *a)
{
	const char *value = take(a, "env");
	struct words w;

	if (!value)
		return;
	if (words_split(value, false, &w) && w.n > 0)
		convert_set_list(c, "environment", w.list);
	words_done(&w);
}

static bool
is_silent(const char *key)
{
	/* The log of preforkd, and what is so by itself, has no key. */
	static const char *const keys[] = {
		"log_on_success", "log_on_failure", "log_type", "flags", "type", "id",
		"groups",         "disabled",       "enabled"
	};
	size_t i;

	for (i = 0; i < countof(keys); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

static void
convert_service(struct conversion *c, const char *title, struct attributes *a)
{
	const char *id = take(a, "id");
	const char *type = take(a, "type");
	const char *server = take(a, "server");
	const char *fault;
	bool disabled;
	char *address;
	size_t i;

	convert_begin(c, id ? id : title);
	fault = find_fault(a, title, type, server);
	if (fault) {
		convert_refuse(c, "%s", fault);
		return;
	}
	address = address_of(c, a, title);
	if (!address)
		return;
	convert_set(c, "listen", address);
	free(address);
	if (server) {
		const char *user = take(a, "user");
		const char *group = take(a, "group");

		set_command(c, a, server);
		if (user)
			convert_set(c, "user", user);
		if (group)
			convert_set(c, "group", group);
		set_environment(c, a);
		set_number(c, a, "nice", "nice");
	} else {
		convert_set(c, "builtin", title);
		(void)take(a, "user");
		(void)take(a, "group");
	}
	set_number(c, a, "instances", "max_workers");
	set_number(c, a, "per_source", "max_connections_per_source");
	disabled = is(take(a, "disable"), "yes");
	if (!set_sources(c, a, "only_from", "allow", false) ||
	    !set_sources(c, a, "no_access", "deny", true)) {
		convert_note(c, true,
		             "it is not enabled: who may come is not all said");
		disabled = true;
	}
	if (disabled)
		convert_set(c, "enabled", "no");
	for (i = 0; i < a->n; i++) {
		if (!a->list[i].used && !is_silent(a->list[i].key))
			convert_note(c, true, "%s = %s has no equal", a->list[i].key,
			             a->list[i].value);
	}
	convert_end(c);
}

/* "key += value" into the list. */
static void
read_attribute(struct conversion *c, struct attributes *a, char *line)
{
	char *equals = strchr(line, '=');
	char sign = '=';

	if (!equals || a->n == ATTRIBUTES_MAX) {
		convert_remark(c, true, "'%s' is not read", line);
		return;
	}
	*equals = '\0';
	if (equals > line && (equals[-1] == '+' || equals[-1] == '-')) {
		sign = equals[-1];
		equals[-1] = '\0';
	}
	a->list[a->n].key = trim(line);
	a->list[a->n].sign = sign;
	a->list[a->n].value = trim(equals + 1);
	a->list[a->n++].used = false;
}

void
convert_xinetd(struct conversion *c, char *text)
{
	struct attributes defaults = { .n = 0 };
	struct attributes a = { .n = 0 };
	char *title = NULL;
	bool inside = false;
	unsigned begin = 0;
	unsigned line_number;
	char *line;

	for (line_number = 1;; line_number++) {
		line = strsep(&text, "\n");
		if (!line)
			break;
		line = trim(line);
		c->line = line_number;
		if (!*line || *line == '#')
			continue;
		if (*line == '{') {
			inside = true;
		} else if (*line == '}') {
			c->line = begin;
			if (title && *title)
				convert_service(c, title, &a);
			else
				defaults = a;
			inside = false;
			title = NULL;
		} else if (inside) {
			read_attribute(c, &a, line);
		} else if (strncmp(line, "service", 7) == 0) {
			title = trim(line + 7);
			title[strcspn(title, " \t{")] = '\0';
			inside = strchr(line, '{') != NULL;
			begin = line_number;
			a = defaults;
		} else if (strncmp(line, "defaults", 8) == 0) {
			title = NULL;
			inside = strchr(line, '{') != NULL;
			a.n = 0;
		} else {
			convert_remark(c, true,
			               "'%s' is not followed: name those files", line);
		}
	}
	if (inside)
		convert_remark(c, true, "the last '}' is missing");
	c->line = 0;
}
