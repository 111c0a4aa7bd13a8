/*
 * http_respond.c - which answer a request gets.
 */
#include "config.h"

#include "ctl/http_respond.h"

#include <string.h>

#include "base/macros.h"
#include "ctl/advice.h"
#include "ctl/display.h"
#include "ctl/document.h"
#include "ctl/metrics.h"
#include "ctl/page.h"

#define TEXT_TYPE "text/plain; charset=utf-8"
#define HEALTH_PATH "/healthz"

static const char *
reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 414, "URI Too Long" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};
	size_t i;

	for (i = 0; i < countof(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Error";
}

void
http_refuse(int status, const char *why, FILE *body, struct http_answer *ret)
{
	ret->status = status;
	ret->type = TEXT_TYPE;
	ret->nonce = NULL;
	(void)fprintf(body, "%d %s", status, reason(status));
	if (why) {
		(void)fputs(": ", body);
		(void)display_put(body, why, DISPLAY_WIDE);
	}
	(void)fputc('\n', body);
}

/* --- health ----------------------------------------------------------------------- */

/* Why somebody new should not be sent there; NULL: he may. */
static const char *
unhealthy(const struct daemon_facts *d, const struct service_facts *s)
{
	if (strcmp(d->state, "draining") == 0)
		return "preforkd is draining";
	if (service_takes_nobody(d, s))
		return s->state;
	if (*s->failure)
		return s->failure;
	if (s->ready == 0 && service_is(s, "starting"))
		return s->state;
	return NULL;
}

static void
put_health(const char *name, const char *why, FILE *body)
{
	(void)display_put(body, name, DISPLAY_WIDE);
	(void)fputs(": ", body);
	(void)display_put(body, why ? why : "ok", DISPLAY_WIDE);
	(void)fputc('\n', body);
}

static int
respond_health(const struct snapshot *s, FILE *body)
{
	const char *why;
	int status = 200;
	size_t i;

	if (strcmp(s->daemon.state, "draining") == 0) {
		status = 503;
		(void)fputs("preforkd is draining\n", body);
	}
	for (i = 0; i < s->n_services; i++) {
		if (service_is(s->services + i, "closing"))
			continue;
		why = unhealthy(&s->daemon, s->services + i);
		if (why)
			status = 503;
		put_health(s->services[i].name, why, body);
	}
	if (s->n_services == 0)
		(void)fputs("no service is enabled\n", body);
	return status;
}

/* --- all ----------------------------------------------------------------------------
 */

static void
respond_service_health(const char *name, const struct snapshot *s, FILE *body,
                       struct http_answer *ret)
{
	const struct service_facts *one = snapshot_find(s, name);
	const char *why;

	if (!one) {
		http_refuse(404, "there is no such service", body, ret);
		return;
	}
	why = unhealthy(&s->daemon, one);
	ret->status = why ? 503 : 200;
	put_health(one->name, why, body);
}

static bool
is_health(const char *path)
{
	return strncmp(path, HEALTH_PATH "/", sizeof(HEALTH_PATH)) == 0 &&
	       path[sizeof(HEALTH_PATH)] != '\0';
}

void
http_respond(const struct http_request *q, const struct snapshot *s, const char *why,
             const char *nonce, FILE *body, struct http_answer *ret)
{
	const char *path = q->path;

	ret->status = s ? 200 : 503;
	ret->type = TEXT_TYPE;
	ret->nonce = NULL;
	if (strcmp(path, "/status.json") == 0) {
		ret->type = "application/json";
		document_print(s, NULL, advice_somaxconn(), body);
	} else if (strcmp(path, "/") == 0) {
		ret->type = "text/html; charset=utf-8";
		ret->nonce = nonce;
		page_print(s, why, nonce, body);
	} else if (strcmp(path, "/metrics") != 0 && strcmp(path, HEALTH_PATH) != 0 &&
	           !is_health(path)) {
		http_refuse(404,
		            "there are /, /metrics, /status.json, /healthz and "
		            "/healthz/SERVICE",
		            body, ret);
	} else if (!s) {
		http_refuse(503, why, body, ret);
	} else if (strcmp(path, "/metrics") == 0) {
		ret->type = q->openmetrics ? OPENMETRICS_TYPE : METRICS_TYPE;
		metrics_print(s, q->openmetrics, body);
	} else if (strcmp(path, HEALTH_PATH) == 0) {
		ret->status = respond_health(s, body);
	} else {
		respond_service_health(path + sizeof(HEALTH_PATH), s, body, ret);
	}
}

void
http_print_head(const struct http_answer *a, size_t length, FILE *out)
{
	(void)fprintf(out,
	              "HTTP/1.1 %d %s\r\n"
	              "Content-Type: %s\r\n"
	              "Content-Length: %zu\r\n"
	              "Connection: close\r\n"
	              "Cache-Control: no-store\r\n"
	              "X-Content-Type-Options: nosniff\r\n"
	              "Cross-Origin-Resource-Policy: same-origin\r\n"
	              "Referrer-Policy: no-referrer\r\n",
	              a->status, reason(a->status), a->type, length);
	if (a->status == 405)
		(void)fputs("Allow: GET, HEAD\r\n", out);
	(void)fputs("Content-Security-Policy: default-src 'none'; ", out);
	if (a->nonce)
		(void)fprintf(out,
		              "style-src 'nonce-%s'; script-src 'nonce-%s'; "
		              "connect-src 'self'; img-src data:; ",
		              a->nonce, a->nonce);
	(void)fputs("base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
	            "\r\n",
	            out);
}
