/*
 * probe_run.c - socket, connect, send, expect, close: with one deadline for all.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/macros.h"
#include "ctl/probe.h"

static const char *const step_name[] = {
	[STEP_SOCKET] = "socket", [STEP_CONNECT] = "connect", [STEP_SOCKS] = "socks",
	[STEP_SEND] = "send",     [STEP_EXPECT] = "expect",   [STEP_CLOSE] = "close",
};
_Static_assert(countof(step_name) == STEP_N, "name every step");

const char *
probe_step_name(enum probe_step step)
{
	return step_name[step];
}

static int
hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
	                                 : tolower((unsigned char)c) - 'a' + 10;
}

int
probe_unescape(char *text, size_t *ret_size)
{
	static const char from[] = "rnt\\0";
	static const char to[] = "\r\n\t\\";
	const char *known;
	char *out = text;
	const char *in = text;

	for (; *in; in++) {
		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		in++;
		known = *in ? strchr(from, *in) : NULL;
		if (known) {
			*out++ = to[known - from];
		} else if (*in == 'x' && isxdigit((unsigned char)in[1]) &&
		           isxdigit((unsigned char)in[2])) {
			*out++ = (char)(hex(in[1]) * 16 + hex(in[2]));
			in += 2;
		} else {
			return -EINVAL;
		}
	}
	*ret_size = (size_t)(out - text);
	return 0;
}

struct look {
	const struct probe_plan *plan;
	struct probe_result *result;
	int fd;
	uint64_t until_usec;
};

static int PRINTF_LIKE(3, 4)
    fail_at(struct look *l, enum probe_step step, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(l->result->why, sizeof(l->result->why), format, ap);
	va_end(ap);
	l->result->failed = step;
	return -1;
}

static int
wait_for(struct look *l, short events)
{
	struct pollfd pfd = { .fd = l->fd, .events = events };
	uint64_t now;
	int n;

	for (;;) {
		now = clock_usec();
		if (now >= l->until_usec)
			return -ETIMEDOUT;
		n = poll(&pfd, 1, (int)((l->until_usec - now) / USEC_PER_MSEC) + 1);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

static int
send_all(struct look *l, const void *data, size_t size)
{
	const char *at = data;
	ssize_t n;
	int r;

	while (size > 0) {
		n = send(l->fd, at, size, MSG_NOSIGNAL);
		if (n >= 0) {
			at += n;
			size -= (size_t)n;
			continue;
		}
		r = errno == EAGAIN  ? wait_for(l, POLLOUT)
		    : errno == EINTR ? 0
		                     : -errno;
		if (r < 0)
			return r;
	}
	return 0;
}

/* What has come: 0 at the end, or -errno. */
static ssize_t
receive(struct look *l, void *buf, size_t size)
{
	ssize_t n;
	int r;

	for (;;) {
		n = recv(l->fd, buf, size, 0);
		if (n >= 0)
			return n;
		r = errno == EAGAIN ? wait_for(l, POLLIN) : errno == EINTR ? 0 : -errno;
		if (r < 0)
			return r;
	}
}

static int
receive_all(struct look *l, unsigned char *buf, size_t size)
{
	ssize_t n;

	for (; size > 0; size -= (size_t)n, buf += n) {
		n = receive(l, buf, size);
		if (n <= 0)
			return n < 0 ? (int)n : -ECONNRESET;
	}
	return 0;
}

/* A bare port is every address; we call one of them. */
static void
choose_address(const struct address *at, struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	*sa = at->sa;
	*len = at->len;
	if (!at->any)
		return;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t)address_port(at));
	memcpy(sa, &in, sizeof(in));
	*len = sizeof(in);
}

static int
step_socket(struct look *l)
{
	const struct probe_plan *p = l->plan;
	struct sockaddr_storage sa;
	socklen_t len;

	choose_address(p->socks ? &p->socks->proxy : &p->to, &sa, &len);
	l->fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return l->fd < 0 ? fail_at(l, STEP_SOCKET, "%s", strerror(errno)) : 0;
}

static int
step_connect(struct look *l)
{
	const struct probe_plan *p = l->plan;
	struct sockaddr_storage sa;
	socklen_t len;
	socklen_t size = sizeof(int);
	int error = 0;
	int r;

	choose_address(p->socks ? &p->socks->proxy : &p->to, &sa, &len);
	if (connect(l->fd, (const struct sockaddr *)&sa, len) == 0)
		return 0;
	if (errno == EAGAIN)
		return fail_at(l, STEP_CONNECT, "its queue is full");
	if (errno != EINPROGRESS)
		return fail_at(l, STEP_CONNECT, "%s", strerror(errno));
	r = wait_for(l, POLLOUT);
	if (r == 0 && getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	error = r < 0 ? -r : error;
	return error ? fail_at(l, STEP_CONNECT, "%s", strerror(error)) : 0;
}

static int
step_socks(struct look *l)
{
	const struct socks *s = l->plan->socks;
	unsigned char buf[SOCKS_MESSAGE_MAX];
	const char *refusal;
	int r;

	r = send_all(l, buf, socks_greeting(s, buf));
	if (r == 0)
		r = receive_all(l, buf, 2);
	if (r == 0 && (buf[0] != 5 || (buf[1] != 0 && (buf[1] != 2 || !*s->user))))
		return fail_at(l, STEP_SOCKS, "%s",
		               buf[0] == 5 ? "the proxy wants another authentication"
		                           : "what answers is no SOCKS5 proxy");
	if (r == 0 && buf[1] == 2) {
		r = send_all(l, buf, socks_login(s, buf));
		if (r == 0)
			r = receive_all(l, buf, 2);
		if (r == 0 && buf[1] != 0)
			return fail_at(l, STEP_SOCKS,
			               "the proxy refuses user and password");
	}
	if (r == 0)
		r = send_all(l, buf, socks_connect(&l->plan->to, buf));
	if (r == 0)
		r = receive_all(l, buf, 4);
	if (r < 0)
		return fail_at(l, STEP_SOCKS, "%s", strerror(-r));
	refusal = socks_refusal(buf[1]);
	if (refusal)
		return fail_at(l, STEP_SOCKS, "the proxy says: %s", refusal);
	if (socks_answer_length(buf) == 0)
		return fail_at(l, STEP_SOCKS, "what answers is no SOCKS5 proxy");
	r = receive_all(l, buf + 4, socks_answer_length(buf) - 4);
	return r < 0 ? fail_at(l, STEP_SOCKS, "%s", strerror(-r)) : 0;
}

static int
step_send(struct look *l)
{
	int r = send_all(l, l->plan->send, l->plan->send_size);

	return r < 0 ? fail_at(l, STEP_SEND, "%s", strerror(-r)) : 0;
}

/* All that has come so far is looked at, bytes of zero too. */
static int
step_expect(struct look *l)
{
	struct probe_result *res = l->result;
	regmatch_t whole;
	ssize_t n;

	for (;;) {
		whole.rm_so = 0;
		whole.rm_eo = (regoff_t)res->answer_size;
		if (regexec(l->plan->expect, res->answer, 1, &whole, REG_STARTEND) == 0)
			return 0;
		if (res->answer_size == PROBE_ANSWER_MAX)
			return fail_at(l, STEP_EXPECT, "not in the first %d bytes",
			               PROBE_ANSWER_MAX);
		n = receive(l, res->answer + res->answer_size,
		            PROBE_ANSWER_MAX - res->answer_size);
		if (n < 0)
			return fail_at(l, STEP_EXPECT, "%s after %zu bytes",
			               strerror((int)-n), res->answer_size);
		if (n == 0)
			return fail_at(l, STEP_EXPECT,
			               "not in the %zu bytes that came before the end",
			               res->answer_size);
		res->answer_size += (size_t)n;
	}
}

static int
step_close(struct look *l)
{
	int r = close(l->fd) < 0 ? errno : 0;

	l->fd = -1;
	return r ? fail_at(l, STEP_CLOSE, "%s", strerror(r)) : 0;
}

void
probe_run(const struct probe_plan *plan, struct probe_result *result)
{
	static int (*const steps[])(struct look * l) = {
		[STEP_SOCKET] = step_socket, [STEP_CONNECT] = step_connect,
		[STEP_SOCKS] = step_socks,   [STEP_SEND] = step_send,
		[STEP_EXPECT] = step_expect, [STEP_CLOSE] = step_close,
	};
	const bool wanted[STEP_N] = { true,
		                      true,
		                      plan->socks != NULL,
		                      plan->send != NULL,
		                      plan->expect != NULL,
		                      true };
	char *answer = result->answer;
	struct look l = { plan, result, -1, clock_usec() + plan->timeout_usec };
	uint64_t since;
	int step;

	memset(result, 0, sizeof(*result));
	result->answer = answer;
	result->failed = STEP_N;
	for (step = 0; step < STEP_N && result->failed == STEP_N; step++) {
		if (!wanted[step])
			continue;
		since = clock_usec();
		(void)steps[step](&l);
		result->taken[step] = true;
		result->usec[step] = clock_usec() - since;
	}
	fd_close(&l.fd);
}
