/*
 * http_respond.h - which answer a request gets: status, type and text.
 *
 * Pure: a request and a snapshot, or why there is none, become a body.  Nothing that
 * can be asked for changes anything.
 */
#ifndef PREFORKD_CTL_HTTP_RESPOND_H
#define PREFORKD_CTL_HTTP_RESPOND_H

#include <stdio.h>

#include "ctl/http_request.h"
#include "ctl/snapshot.h"

struct http_answer {
	int status;
	const char *type;
	const char *nonce; /* of the style and the script of a page; NULL: no page */
};

/* What an error looks like: its status and `why`, a line. */
void http_refuse(int status, const char *why, FILE *body, struct http_answer *ret);

/* `s` is NULL if the daemon does not answer, and `why` says why.  `nonce` is 22 letters
 * that nobody can guess. */
void http_respond(const struct http_request *q, const struct snapshot *s,
                  const char *why, const char *nonce, FILE *body,
                  struct http_answer *ret);

/* The head of the answer, for a body of so many bytes. */
void http_print_head(const struct http_answer *a, size_t length, FILE *out);

#endif
