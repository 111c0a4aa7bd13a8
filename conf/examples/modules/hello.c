/*
 * hello.c - a module of preforkd: a protocol of lines.
 *
 *	cc -shared -fPIC $(pkg-config --cflags preforkd) hello.c -o hello.so
 *	preforkd -l 7000 -m ./hello.so -o greeting=Hello
 */
#include <errno.h>
#include <preforkd/module.h>
#include <strings.h>

static int
serve(struct preforkd_connection *c)
{
	const char *greeting = preforkd_option(c->worker, "greeting", "hello");
	char line[256];
	size_t len;
	int r;

	r = preforkd_print(c, "%s, %s\r\n", greeting, preforkd_peer(c));
	while (r == 0) {
		r = preforkd_read_line(c, line, sizeof(line), &len);
		if (r == -EMSGSIZE)
			return preforkd_print(c, "too long\r\n");
		if (r <= 0)
			return r;
		if (strcasecmp(line, "quit") == 0 || preforkd_stopping(c->worker))
			return preforkd_print(c, "bye\r\n");
		r = preforkd_print(c, "%zu characters\r\n", len);
	}
	return r;
}

static const char *const options[] = { "greeting", NULL };

PREFORKD_MODULE = { PREFORKD_MODULE_HEAD, "hello", options, NULL, serve, NULL };
