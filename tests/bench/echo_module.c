/*
 * echo_module.c - the builtin echo as a module: what the way through a module costs.
 */
#include <preforkd/module.h>

static char buffer[16384];

static int
serve(struct preforkd_connection *c)
{
	ssize_t n;
	int r;

	for (;;) {
		n = preforkd_read(c, buffer, sizeof(buffer));
		if (n <= 0)
			return (int)n;
		r = preforkd_write(c, buffer, (size_t)n);
		if (r < 0)
			return r;
	}
}

PREFORKD_MODULE = { PREFORKD_MODULE_HEAD, "echo", NULL, NULL, serve, NULL };
