/*
 * test_http_request.c - what is a request, what is none, and what is not yet one.
 */
#include "config.h"

#include "ctl/http_request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#define H "Host: x\r\n\r\n"

/* clang-format off */
static const struct row {
	const char *text;
	int status;
	const char *path;
} rows[] = {
	{ "GET / HTTP/1.1\r\n" H, 200, "/" },
	{ "HEAD /metrics HTTP/1.1\r\n" H, 200, "/metrics" },
	{ "GET /metrics?x=1&y HTTP/1.1\r\n" H, 200, "/metrics" },
	{ "GET / HTTP/1.0\r\n\r\n", 200, "/" },
	{ "GET / HTTP/1.0\n\n", 200, "/" },
	{ "\r\nGET / HTTP/1.0\r\n\r\n", 200, "/" },
	{ "GET /healthz/a%20b HTTP/1.1\r\n" H, 200, "/healthz/a b" },
	{ "GET /%2e%2E/%41 HTTP/1.1\r\n" H, 200, "/../A" },
	{ "GET http://y/metrics HTTP/1.1\r\n" H, 200, "/metrics" },
	{ "GET HTTP://y HTTP/1.1\r\n" H, 200, "/" },
	{ "GET / HTTP/1.1\r\nhOST:\tx \r\nA: \r\n\r\nbody", 200, "/" },
	/* not yet */
	{ "", 0, "" },
	{ "GET / HTTP/1.1\r\nHost: x\r\n", 0, "" },
	{ "GET / HTTP/1.1\r\nHost: x\r\n\r", 0, "" },
	/* never */
	{ "GET / HTTP/1.1\r\n\r\n", 400, "" },
	{ "GET / HTTP/1.1\r\nHost: x\r\n" H, 400, "" },
	{ "GET /\r\n\r\n", 400, "" },
	{ "GET\r\n\r\n", 400, "" },
	{ "GET  / HTTP/1.1\r\n" H, 400, "" },
	{ "GET / HTTP/1.1 \r\n" H, 400, "" },
	{ "GET / x HTTP/1.1\r\n" H, 400, "" },
	{ "GET /\x01 HTTP/1.1\r\n" H, 400, "" },
	{ "GET x HTTP/1.1\r\n" H, 400, "" },
	{ "GET * HTTP/1.1\r\n" H, 400, "" },
	{ "GET /%0 HTTP/1.1\r\n" H, 400, "" },
	{ "GET /%00 HTTP/1.1\r\n" H, 400, "" },
	{ "GET / http/1.1\r\n" H, 400, "" },
	{ "G(T / HTTP/1.1\r\n" H, 400, "" },
	{ "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "" },
	{ "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, "" },
	{ "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400, "" },
	{ "GET / HTTP/1.1\r\nno colon\r\n" H, 400, "" },
	{ "\r\n\r\nGET / HTTP/1.0\r\n\r\n", 400, "" },
	{ "\x16\x03\x01\x02\n\n", 400, "" },
	{ "POST / HTTP/1.1\r\n" H, 405, "" },
	{ "get / HTTP/1.1\r\n" H, 405, "" },
	{ "OPTIONS * HTTP/1.1\r\n" H, 405, "" },
	{ "PRI * HTTP/2.0\r\n\r\n", 505, "" },
};
/* clang-format on */

Test(http_request, is_understood_or_refused)
{
	struct http_request q;
	size_t i;
	int status;

	for (i = 0; i < countof(rows); i++) {
		memset(&q, 0, sizeof(q));
		status = http_request_parse(rows[i].text, strlen(rows[i].text), &q);
		cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].text, status);
		if (status == 200)
			cr_expect_str_eq(q.path, rows[i].path, "%s: %s", rows[i].text,
			                 q.path);
	}
}

/* Whatever comes in pieces is the same in the end. */
Test(http_request, is_not_answered_before_it_is_whole)
{
	struct http_request q;
	size_t whole;
	size_t i;
	size_t n;

	for (i = 0; i < countof(rows); i++) {
		whole = strlen(rows[i].text);
		for (n = 0; n < whole; n++) {
			if (http_request_parse(rows[i].text, n, &q) != 0)
				break;
		}
		cr_expect_eq(http_request_parse(rows[i].text, n, &q), rows[i].status,
		             "%s: after %zu", rows[i].text, n);
	}
}

Test(http_request, is_a_head_if_it_says_so)
{
	static const char get[] = "GET / HTTP/1.0\r\n\r\n";
	static const char head[] = "HEAD / HTTP/1.0\r\n\r\n";
	struct http_request q;

	cr_expect_eq(http_request_parse(get, strlen(get), &q), 200);
	cr_expect_not(q.head);
	cr_expect_eq(http_request_parse(head, strlen(head), &q), 200);
	cr_expect(q.head);
}

Test(http_request, is_bounded)
{
	static char text[HTTP_HEAD_MAX];
	struct http_request q;

	memset(text, 'A', sizeof(text));
	cr_expect_eq(http_request_parse(text, sizeof(text) - 1, &q), 0);
	cr_expect_eq(http_request_parse(text, sizeof(text), &q), 414);
	memcpy(text, "GET / HTTP/1.1\r\n", 16);
	cr_expect_eq(http_request_parse(text, sizeof(text), &q), 431);
	memset(text, 'A', sizeof(text));
	memcpy(text, "GET /", 5);
	memcpy(text + 5 + HTTP_PATH_MAX, " HTTP/1.0\r\n\r\n", 13);
	cr_expect_eq(http_request_parse(text, sizeof(text), &q), 414);
}

Test(http_request, knows_who_wants_openmetrics)
{
	static const struct {
		const char *accept;
		bool wants;
	} table[] = {
		{ "*/*", false },
		{ "text/plain", false },
		{ "application/openmetrics-text", true },
		{ "Application/OpenMetrics-Text;version=1.0.0;q=0.5,*/*;q=0.1", true },
		{ "text/plain, application/openmetrics-text; version=1.0.0", true },
		{ "application/openmetrics-text;q=0", false },
		{ "application/openmetrics-text; q=0.000, text/plain", false },
	};
	struct http_request q;
	char text[512];
	size_t i;

	for (i = 0; i < countof(table); i++) {
		(void)snprintf(text, sizeof(text),
		               "GET / HTTP/1.0\r\nAccept: %s\r\n\r\n", table[i].accept);
		cr_expect_eq(http_request_parse(text, strlen(text), &q), 200);
		cr_expect_eq(q.openmetrics, table[i].wants, "%s", table[i].accept);
	}
}
