/*
 * fuzz_request.c - heads of HTTP requests: what is decided stays decided whatever
 * follows, and a path is what comes back when it is asked for again, byte by byte.
 */
#include "config.h"

#include "target.h"

#include <string.h>

#include "base/macros.h"
#include "ctl/http_request.h"

static bool
is_status(int status)
{
	static const int known[] = { 0, 200, 400, 405, 414, 431, 505 };
	size_t i;

	for (i = 0; i < countof(known); i++) {
		if (status == known[i])
			return true;
	}
	return false;
}

/* The path with all of it but the first slash encoded. */
static void
check_path(const struct http_request *q)
{
	struct http_request again;
	char text[3 * HTTP_PATH_MAX + 64];
	char *end;
	size_t i;

	HOLDS(q->path[0] == '/');
	HOLDS(memchr(q->path, '\0', sizeof(q->path)) != NULL);
	end = stpcpy(text, q->head ? "HEAD /" : "GET /");
	for (i = 1; q->path[i]; i++)
		end += sprintf(end, "%%%02x", (unsigned)(unsigned char)q->path[i]);
	end = stpcpy(end, " HTTP/1.0\r\n\r\n");
	HOLDS(http_request_parse(text, (size_t)(end - text), &again) == 200);
	HOLDS(again.head == q->head && !again.openmetrics);
	HOLDS(strcmp(again.path, q->path) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct http_request q;
	struct http_request earlier;
	int status;
	int before;
	size_t n;

	/* Nobody reads on after so much (http.c). */
	if (size > HTTP_HEAD_MAX)
		return 0;
	memset(&q, 0, sizeof(q));
	status = http_request_parse(text, size, &q);
	HOLDS(is_status(status));
	HOLDS(size < HTTP_HEAD_MAX || status != 0);
	if (status == 200)
		check_path(&q);
	/* With fewer bytes: the same, or nothing yet. */
	for (n = 0; n < size && n < 600; n++) {
		before = http_request_parse(text, n, &earlier);
		HOLDS(before == 0 || before == status);
		if (before == 200)
			HOLDS(memcmp(&earlier, &q, sizeof(q)) == 0);
	}
	return 0;
}
