/*
 * fuzz_module.c - options of a module, and reading by lines and by counts: what comes
 * out of a small buffer is what a search through the whole input finds.
 */
#include "config.h"

#include "target.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/memory.h"
#include "config/module.h"
#include "handler/reader.h"

#define OPTIONS 64
#define LINE_MAX_BYTES 24

static const volatile sig_atomic_t never;

static void
check_options(const char *text)
{
	static const char *const known[] = { "database", "query", NULL };
	char *list[OPTIONS + 1] = { NULL };
	char *copy = memory_copy(text);
	char **parsed = NULL;
	char why[256] = "";
	char *rest = copy;
	size_t n = 0;
	size_t i;
	size_t j;

	while (n < OPTIONS && rest != NULL)
		list[n++] = strsep(&rest, "\n");
	if (module_parse_options(list, &parsed, why, sizeof(why)) < 0) {
		HOLDS(*why != '\0' && parsed == NULL);
	} else {
		for (i = 0; i < n; i++) {
			size_t len = strcspn(list[i], "=");

			HOLDS(strcmp(parsed[i], list[i]) == 0 && list[i][len] == '=');
			for (j = 0; j < i; j++)
				HOLDS(strncmp(list[i], list[j], len + 1) != 0);
		}
		HOLDS(parsed[n] == NULL);
		HOLDS(module_unknown_option(parsed, NULL) == parsed[0]);
		for (i = 0; i < n && (strncmp(list[i], "database=", 9) == 0 ||
		                      strncmp(list[i], "query=", 6) == 0);
		     i++)
			;
		HOLDS(module_unknown_option(parsed, known) == parsed[i]);
		memory_free_list(parsed);
	}
	free(copy);
}

static void
check_name(const char *text)
{
	char why[512] = "";
	char *name = NULL;
	char path[MODULE_PATH_MAX];

	if (*text == '\0' || module_parse(text, &name, why, sizeof(why)) < 0) {
		HOLDS(name == NULL && (*text == '\0' || *why != '\0'));
		return;
	}
	(void)module_path(name, path, sizeof(path));
	HOLDS(*path == '/' && (*text == '/' || strchr(text, '/') == NULL));
	free(name);
}

/* A line by the rules, from *at on: what reader_line() must say. */
static int
line_at(const char *data, size_t size, size_t *at, const char **ret, size_t *ret_len)
{
	const char *from = data + *at;
	const char *newline = memchr(from, '\n', size - *at);
	size_t len = newline ? (size_t)(newline - from) : size - *at;

	if (*at == size)
		return 0;
	*ret = from;
	*at += len + (newline != NULL);
	if (len > LINE_MAX_BYTES)
		return -EMSGSIZE;
	if (!newline)
		return -EPROTO;
	if (len > 0 && from[len - 1] == '\r')
		len--;
	*ret_len = len;
	return len < LINE_MAX_BYTES ? 1 : -EMSGSIZE;
}

static void
check_reader(const char *data, size_t size, size_t room)
{
	static const struct service_settings set;
	static const struct handler_run run = { .service = &set, .ending = &never };
	char line[LINE_MAX_BYTES];
	char exact[8192];
	char buf[64];
	const char *wanted = NULL;
	size_t wanted_len = 0;
	size_t len = 0;
	size_t at = 0;
	struct stream s;
	struct reader r;
	int pair[2];
	int got;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	HOLDS(size == 0 || send(pair[1], data, size, 0) == (ssize_t)size);
	HOLDS(shutdown(pair[1], SHUT_WR) == 0);
	stream_init(&s, &run, pair[0]);
	reader_init(&r, &s, buf, room);
	for (;;) {
		int rule = line_at(data, size, &at, &wanted, &wanted_len);

		got = reader_line(&r, line, sizeof(line), &len);
		HOLDS(got == rule);
		if (got <= 0)
			break;
		HOLDS(len == wanted_len && memcmp(line, wanted, len) == 0);
		HOLDS(line[len] == '\0');
		/* Then as many bytes as the line is long. */
		got = reader_exactly(&r, exact, len);
		if (len > size - at) {
			HOLDS(got == (at == size ? 0 : -EPROTO));
			break;
		}
		HOLDS(got == 1 && memcmp(exact, data + at, len) == 0);
		at += len;
		HOLDS(reader_pending(&r) <= size - at);
	}
	stream_done(&s);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > 8192)
		return 0;
	text = memory_copy_n((const char *)data, size);
	check_options(text);
	check_name(text);
	check_reader((const char *)data, size, 1 + size % 64);
	free(text);
	return 0;
}
