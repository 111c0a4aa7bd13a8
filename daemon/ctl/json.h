/*
 * json.h - writes JSON: one document on one line.
 *
 * Strings may hold anything: what is no UTF-8 becomes U+FFFD, control characters and
 * the two line separators of Unicode are escaped.
 */
#ifndef PREFORKD_CTL_JSON_H
#define PREFORKD_CTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool comma; /* the next value needs one before it */
};

void json_begin(struct json *j, char bracket); /* '{' or '[' */
void json_end(struct json *j, char bracket);   /* '}' or ']' */
void json_key(struct json *j, const char *name);
void json_string(struct json *j, const char *text); /* NULL: null */
void json_number(struct json *j, uint64_t n);
void json_thousandths(struct json *j, uint64_t n); /* 12345 is 12.345 */
void json_boolean(struct json *j, bool value);
void json_null(struct json *j);

/* A key with its value. */
void json_add_string(struct json *j, const char *name, const char *text);
void json_add_number(struct json *j, const char *name, uint64_t n);

#endif
