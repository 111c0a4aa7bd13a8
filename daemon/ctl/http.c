/*
 * http.c - answers one HTTP request on stdin and stdout, and ends.
 *
 * The connection is anybody's: how much is read and how long that takes is bounded, and
 * an alarm ends what remains.  A client that goes is none of our business; one that
 * says nothing gets no answer.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/http_request.h"
#include "ctl/http_respond.h"

#define REQUEST_USEC (5 * USEC_PER_SEC) /* for the whole head */
#define DAEMON_USEC (2 * USEC_PER_SEC)  /* for each step of asking the daemon */
#define LINGER_USEC (2 * USEC_PER_SEC)  /* for a client that still talks */
#define WHOLE_SECONDS 30                /* whatever happens */

/* Until there is something to read.  1, 0: the time has come, or -errno. */
static int
wait_for_input(uint64_t until_usec)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t now;
	int r;

	for (;;) {
		now = clock_usec();
		if (now >= until_usec)
			return 0;
		r = poll(&pfd, 1, (int)((until_usec - now) / USEC_PER_MSEC) + 1);
		if (r > 0)
			return 1;
		if (r < 0 && errno != EINTR)
			return -errno;
	}
}

/* The status that answers what has come, 200 with `ret` filled in; 0: nobody asked. */
static int
read_request(struct http_request *ret)
{
	uint64_t until = clock_usec() + REQUEST_USEC;
	static char text[HTTP_HEAD_MAX];
	size_t n = 0;
	ssize_t got;
	int status;
	int r;

	for (;;) {
		r = wait_for_input(until);
		if (r <= 0)
			return r == 0 && n > 0 ? 408 : 0;
		got = read(STDIN_FILENO, text + n, sizeof(text) - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return 0;
		if (got == 0)
			return n > 0 ? 400 : 0;
		n += (size_t)got;
		status = http_request_parse(text, n, ret);
		if (status > 0)
			return status;
	}
}

/* Nothing that lives longer than this answer. */
static void
make_nonce(char nonce[23])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char random[22];
	size_t i;

	nonce[0] = '\0';
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return; /* no style and no script then */
	for (i = 0; i < sizeof(random); i++)
		nonce[i] = letters[random[i] % 64];
	nonce[sizeof(random)] = '\0';
}

static const char *
describe(int error)
{
	if (error == -EREMOTEIO || error == -EBADMSG)
		return "what answers at the control socket is no preforkd of this "
		       "version";
	return strerror(-error);
}

static void
respond(const struct request *q, const struct http_request *http, FILE *body,
        struct http_answer *ret)
{
	uint64_t limit = q->timeout_usec ? q->timeout_usec : DAEMON_USEC;
	struct snapshot *s = NULL;
	struct client c = { 0 };
	static char nonce[23];
	char why[512] = "";
	int r;

	r = client_open(&c, &q->target, limit);
	if (r >= 0)
		r = client_snapshot(&c, &s);
	client_close(&c);
	if (r < 0)
		(void)snprintf(why, sizeof(why), "preforkd does not answer at %s: %s",
		               q->target.text, describe(r));
	make_nonce(nonce);
	http_respond(http, s, why, nonce, body, ret);
	(void)snapshot_free(s);
}

/* Whoever does not want to read it any more does not. */
static void
send_all(const char *text, size_t n)
{
	ssize_t sent;

	while (n > 0) {
		sent = write(STDOUT_FILENO, text, n);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

/* close() on unread input would reset the connection, and take the tail of the answer
 * from a client that has said more than was read. */
static void
linger(void)
{
	uint64_t until = clock_usec() + LINGER_USEC;
	char rest[4096];

	if (shutdown(STDOUT_FILENO, SHUT_WR) < 0)
		return; /* no socket, or gone */
	while (wait_for_input(until) > 0 && read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
}

enum outcome
command_http(const struct request *q)
{
	struct http_request http;
	struct http_answer answer;
	char *head = NULL;
	char *body = NULL;
	size_t head_size;
	size_t body_size;
	FILE *out;
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm(WHOLE_SECONDS);
	memset(&http, 0, sizeof(http));
	status = read_request(&http);
	if (status == 0)
		return OUTCOME_OK;
	out = open_memstream(&body, &body_size);
	if (!out)
		return fail_memory();
	if (status == 200)
		respond(q, &http, out, &answer);
	else
		http_refuse(status, NULL, out, &answer);
	if (fclose(out) != 0)
		return fail_memory();
	out = open_memstream(&head, &head_size);
	if (!out)
		return fail_memory();
	http_print_head(&answer, body_size, out);
	if (fclose(out) != 0)
		return fail_memory();
	send_all(head, head_size);
	if (!http.head)
		send_all(body, body_size);
	free(head);
	free(body);
	linger();
	return OUTCOME_OK;
}
