/*
 * http_request.c - the head of an HTTP/1.x request.
 *
 * Works on whole heads: what is there is looked through for the empty line that ends
 * it, and parsed once.
 */
#include "config.h"

#include "ctl/http_request.h"

#include <string.h>
#include <strings.h>

struct text {
	const char *at;
	const char *end;
};

/* Takes the next line, without its end.  False: there is no whole one. */
static bool
take_line(struct text *t, struct text *ret)
{
	const char *lf = memchr(t->at, '\n', (size_t)(t->end - t->at));

	if (!lf)
		return false;
	ret->at = t->at;
	ret->end = lf > t->at && lf[-1] == '\r' ? lf - 1 : lf;
	t->at = lf + 1;
	return true;
}

static bool
is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
starts_with(const struct text *t, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(t->end - t->at) >= n && strncasecmp(t->at, word, n) == 0;
}

static bool
equals(const struct text *t, const char *word)
{
	return (size_t)(t->end - t->at) == strlen(word) && starts_with(t, word);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* "/healthz/a%20b?x" to "/healthz/a b".  0 or a status. */
static int
decode_path(struct text t, char path[HTTP_PATH_MAX])
{
	size_t n = 0;
	char c;

	for (; t.at < t.end && *t.at != '?' && *t.at != '#'; t.at++) {
		c = *t.at;
		if (c == '%') {
			if (t.end - t.at < 3 || hex(t.at[1]) < 0 || hex(t.at[2]) < 0)
				return 400;
			c = (char)(hex(t.at[1]) * 16 + hex(t.at[2]));
			t.at += 2;
		}
		if (c == '\0')
			return 400;
		if (n == HTTP_PATH_MAX - 1)
			return 414;
		path[n++] = c;
	}
	path[n] = '\0';
	return 0;
}

/* "/x", or "http://anywhere/x" as a proxy is asked.  0 or a status. */
static int
parse_target(struct text t, char path[HTTP_PATH_MAX])
{
	const char *slash;

	if (starts_with(&t, "http://") || starts_with(&t, "https://")) {
		t.at = strstr(t.at, "//") + 2;
		slash = memchr(t.at, '/', (size_t)(t.end - t.at));
		if (!slash) {
			memcpy(path, "/", 2);
			return 0;
		}
		t.at = slash;
	}
	if (t.at == t.end || *t.at != '/')
		return 400;
	return decode_path(t, path);
}

/* "GET /x HTTP/1.1".  0 or a status. */
static int
parse_request_line(struct text line, bool *ret_get, bool *ret_host_needed,
                   struct http_request *ret)
{
	struct text method = { line.at, line.at };
	struct text target;
	const char *c;

	while (method.end < line.end && is_token(*method.end))
		method.end++;
	if (method.end == method.at || method.end == line.end || *method.end != ' ')
		return 400;
	target.at = target.end = method.end + 1;
	while (target.end < line.end && *target.end != ' ')
		target.end++;
	for (c = target.at; c < target.end; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return 400;
	}
	line.at = target.end + (target.end < line.end);
	if (line.end - line.at != 8 || memcmp(line.at, "HTTP/", 5) != 0 ||
	    line.at[5] < '0' || line.at[5] > '9' || line.at[6] != '.' ||
	    line.at[7] < '0' || line.at[7] > '9')
		return 400;
	if (line.at[5] != '1')
		return 505;
	*ret_host_needed = line.at[7] != '0';
	ret->head = method.end - method.at == 4 && memcmp(method.at, "HEAD", 4) == 0;
	*ret_get = ret->head ||
	           (method.end - method.at == 3 && memcmp(method.at, "GET", 3) == 0);
	return *ret_get ? parse_target(target, ret->path) : 0;
}

/* "0", "0.000": not wanted at all. */
static bool
is_zero(struct text t)
{
	while (t.at < t.end && (*t.at == '0' || *t.at == '.'))
		t.at++;
	while (t.at < t.end && is_blank(*t.at))
		t.at++;
	return t.at == t.end || *t.at == ';';
}

/* Is one of a list of media types with parameters OpenMetrics? */
static bool
accepts_openmetrics(struct text list)
{
	static const char type[] = "application/openmetrics-text";
	struct text item;
	const char *q;

	while (list.at < list.end) {
		item.at = list.at;
		item.end = memchr(list.at, ',', (size_t)(list.end - list.at));
		if (!item.end)
			item.end = list.end;
		list.at = item.end + (item.end < list.end);
		while (item.at < item.end && is_blank(*item.at))
			item.at++;
		if (!starts_with(&item, type))
			continue;
		item.at += sizeof(type) - 1;
		q = memmem(item.at, (size_t)(item.end - item.at), "q=", 2);
		if (!q)
			return true;
		item.at = q + 2;
		if (!is_zero(item))
			return true;
	}
	return false;
}

/* "Name: value".  0 or a status. */
static int
parse_field(struct text line, unsigned *hosts, struct http_request *ret)
{
	struct text name = { line.at, line.at };
	const char *c;

	while (name.end < line.end && is_token(*name.end))
		name.end++;
	if (name.end == name.at || name.end == line.end || *name.end != ':')
		return 400;
	for (c = name.end; c < line.end; c++) {
		if ((unsigned char)*c < ' ' && *c != '\t')
			return 400;
	}
	line.at = name.end + 1;
	if (equals(&name, "Host"))
		++*hosts;
	else if (equals(&name, "Accept") && accepts_openmetrics(line))
		ret->openmetrics = true;
	return 0;
}

/* All lines are there, up to the empty one. */
static int
parse_head(struct text head, struct http_request *ret)
{
	bool host_needed = false;
	unsigned hosts = 0;
	struct text line = head;
	bool get = false;
	int status;

	memset(ret, 0, sizeof(*ret));
	if (!take_line(&head, &line))
		return 400;
	status = parse_request_line(line, &get, &host_needed, ret);
	while (status == 0 && take_line(&head, &line) && line.at < line.end)
		status = parse_field(line, &hosts, ret);
	if (status > 0)
		return status;
	if (hosts > 1 || (host_needed && hosts == 0))
		return 400;
	return get ? 200 : 405;
}

int
http_request_parse(const char *text, size_t n, struct http_request *ret)
{
	struct text rest = { text, text + n };
	struct text head;
	struct text line;
	size_t lines = 0;

	/* An empty line before a request is forgiven. */
	if (n > 1 && memcmp(text, "\r\n", 2) == 0)
		rest.at += 2;
	else if (n > 0 && *text == '\n')
		rest.at++;
	head = rest;
	while (take_line(&rest, &line)) {
		if (line.at == line.end)
			return parse_head((struct text){ head.at, rest.at }, ret);
		lines++;
	}
	if (n < HTTP_HEAD_MAX)
		return 0;
	return lines == 0 ? 414 : 431;
}
