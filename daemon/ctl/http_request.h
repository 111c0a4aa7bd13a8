/*
 * http_request.h - the head of an HTTP/1.x request, from bytes that anybody may send.
 *
 * Pure, and as strict as RFC 9112 lets a server be: what two programs could read in
 * two ways is refused.  Of the fields only what an answer depends on is kept.
 */
#ifndef PREFORKD_CTL_HTTP_REQUEST_H
#define PREFORKD_CTL_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX 8192 /* request line and fields */
#define HTTP_PATH_MAX 1024 /* decoded */

struct http_request {
	bool head;                /* HEAD, not GET */
	bool openmetrics;         /* Accept asks for it */
	char path[HTTP_PATH_MAX]; /* decoded, without the query; begins with '/' */
};

/* 0: the head is not complete, read on.  200: it is, and `ret` is filled in.  Else the
 * status that answers it: 400, 405 (neither GET nor HEAD), 414, 431, 505. */
int http_request_parse(const char *text, size_t n, struct http_request *ret);

#endif
