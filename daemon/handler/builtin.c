/*
 * builtin.c - the small services of RFC 862, 863, 864, 867 and 868.
 *
 * They are here to try a pool with, to measure it, and to be read as the shortest
 * handlers there are.  None of them allocates, and each ends when its client is
 * silent for idle_timeout.
 */
#include "config.h"

#include "handler/builtin.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/fd.h"
#include "base/macros.h"
#include "handler/stream.h"

/* Seconds from 1900-01-01 to 1970-01-01 (RFC 868). */
#define RFC868_OFFSET UINT32_C(2208988800)

/* RFC 864: lines of 72 of the 95 printable characters, each line shifted by one. */
#define CHARGEN_WIDTH 72
#define CHARGEN_FIRST ' '
#define CHARGEN_COUNT 95

/* One for the process, which has one connection at a time.  Not on the stack, where
 * each call would touch all of its pages (-fstack-clash-protection) and a worker
 * would keep them. */
static char buffer[16384];

struct service {
	const char *name;
	int (*talk)(struct stream *s); /* 0 or -errno */
	bool linger; /* it has the last word: unread input must not reset it */
};

static int
talk_echo(struct stream *s)
{
	ssize_t n;
	int r;

	for (;;) {
		n = stream_read(s, buffer, sizeof(buffer));
		if (n <= 0)
			return (int)n;
		r = stream_write(s, buffer, (size_t)n);
		if (r < 0)
			return r;
	}
}

static int
talk_discard(struct stream *s)
{
	ssize_t n;

	do
		n = stream_read(s, buffer, sizeof(buffer));
	while (n > 0);
	return (int)n;
}

static int
talk_daytime(struct stream *s)
{
	char buf[64];
	struct tm tm;
	time_t now = time(NULL);
	size_t n;

	if (!gmtime_r(&now, &tm))
		return -errno;
	n = strftime(buf, sizeof(buf), "%A, %B %d, %Y %H:%M:%S-UTC\r\n", &tm);
	return stream_write(s, buf, n);
}

static int
talk_time(struct stream *s)
{
	uint32_t now = htonl((uint32_t)time(NULL) + RFC868_OFFSET);

	return stream_write(s, &now, sizeof(now));
}

static int
talk_chargen(struct stream *s)
{
	char page[CHARGEN_COUNT][CHARGEN_WIDTH + 2];
	size_t i;
	size_t j;
	int r;

	for (i = 0; i < CHARGEN_COUNT; i++) {
		for (j = 0; j < CHARGEN_WIDTH; j++)
			page[i][j] = (char)(CHARGEN_FIRST + (i + j) % CHARGEN_COUNT);
		page[i][CHARGEN_WIDTH] = '\r';
		page[i][CHARGEN_WIDTH + 1] = '\n';
	}
	do
		r = stream_write(s, page, sizeof(page));
	while (r == 0);
	/* Its only end is that the client goes away. */
	return r == -EPIPE || r == -ECONNRESET ? 0 : r;
}

static const struct service services[] = {
	{ "echo", talk_echo, false },       { "discard", talk_discard, false },
	{ "daytime", talk_daytime, true },  { "time", talk_time, true },
	{ "chargen", talk_chargen, false },
};

static const struct service *
service_find(const char *name)
{
	size_t i;

	for (i = 0; i < countof(services); i++) {
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	}
	return NULL;
}

static int
builtin_prepare(const struct handler_run *run, const char **ret_what)
{
	if (service_find(run->service->builtin))
		return 0;
	*ret_what = "find the builtin service";
	return -ENOENT;
}

static enum serve_end
builtin_serve(const struct handler_run *run, struct connection *c)
{
	const struct service *service = service_find(run->service->builtin);
	enum serve_end end;
	struct stream s;
	int r;

	assert(service);
	stream_init(&s, run, c->fd);
	r = service->talk(&s);
	end = stream_end(&s, r, c);
	if (service->linger || r == -ETIMEDOUT)
		stream_linger(&s);
	stream_done(&s);
	fd_close(&c->fd);
	return end;
}

const struct handler builtin_handler = {
	.kind = HANDLER_BUILTIN,
	.prepare = builtin_prepare,
	.serve = builtin_serve,
};
