/*
 * convert_files.c - preforkctl convert: which file is what, and how it ends.
 *
 * A .socket is read together with the .service of its name, or its template; what has
 * a brace at the begin of a line is xinetd's, all else inetd.conf's.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "ctl/commands.h"
#include "ctl/convert.h"

#define FILE_MAX ((size_t)1024 * 1024)

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text);
	size_t m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static bool
is_xinetd(const char *text)
{
	const char *at;

	for (at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		at += strspn(at, " \t");
		if (*at == '{' || strncmp(at, "service", 7) == 0 ||
		    strncmp(at, "defaults", 8) == 0)
			return true;
	}
	return false;
}

/* The .service or @.service beside the .socket, among the arguments. */
static const char *
find_service(const struct request *q, const char *name)
{
	const char *base;
	size_t n = strlen(name);
	size_t i;

	for (i = 0; i < q->n_services; i++) {
		base = base_name(q->services[i]);
		if (strncmp(base, name, n) == 0 && (strcmp(base + n, ".service") == 0 ||
		                                    strcmp(base + n, "@.service") == 0))
			return q->services[i];
	}
	return NULL;
}

static int
read_text(const char *path, char **ret)
{
	size_t n;
	int r = fd_read_file(path, FILE_MAX, ret, &n);

	if (r < 0)
		complain("%s: %s", path,
		         r == -EFBIG ? "it is too large" : strerror(-r));
	return r;
}

static int
convert_socket(struct conversion *c, const struct request *q, const char *path)
{
	const char *base = base_name(path);
	const char *service;
	char *socket_text = NULL;
	char *service_text = NULL;
	char *name;
	int r;

	name = strndup(base, strlen(base) - strlen(".socket"));
	if (!name)
		return -ENOMEM;
	service = find_service(q, name);
	r = read_text(path, &socket_text);
	if (r >= 0 && service)
		r = read_text(service, &service_text);
	if (r >= 0)
		convert_units(c, name, socket_text, service_text);
	free(name);
	free(socket_text);
	free(service_text);
	return r;
}

static int
convert_file(struct conversion *c, const struct request *q, const char *path)
{
	char *text;
	int r;

	c->file = path;
	if (ends_in(path, ".service"))
		return 0; /* with its socket */
	if (ends_in(path, ".socket"))
		return convert_socket(c, q, path);
	r = read_text(path, &text);
	if (r < 0)
		return r;
	if (is_xinetd(text))
		convert_xinetd(c, text);
	else
		convert_inetd(c, text);
	free(text);
	return 0;
}

enum outcome
command_convert(const struct request *q)
{
	struct conversion c = { .out = stdout };
	bool failed = false;
	size_t i;

	(void)printf(
	    "# made by preforkctl convert; check it with preforkd -t -c FILE\n\n");
	for (i = 0; i < q->n_services; i++)
		failed |= convert_file(&c, q, q->services[i]) < 0;
	free(c.names);
	free(c.ports);
	return failed || c.lost ? OUTCOME_FAILED : OUTCOME_OK;
}
