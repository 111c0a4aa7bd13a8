/*
 * socks.h - the client's side of SOCKS version 5 (RFC 1928, RFC 1929), as bytes.
 *
 * Pure: what to send next, how much to wait for, what an answer says.
 */
#ifndef PREFORKD_CTL_SOCKS_H
#define PREFORKD_CTL_SOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"
#include "net/address.h"

#define SOCKS_MESSAGE_MAX 520

struct socks {
	char user[256]; /* "": none */
	char password[256];
	struct address proxy;
};

/* "127.0.0.1:1080", "user:password@[::1]:1080".  0, or -EINVAL and why. */
int socks_parse(const char *text, struct socks *ret, const char **ret_why);

/* The bytes of each message; its length. */
size_t socks_greeting(const struct socks *s, unsigned char *buf);
size_t socks_login(const struct socks *s, unsigned char *buf);

/* 0: the address is no IPv4 or IPv6 one. */
size_t socks_connect(const struct address *to, unsigned char *buf);

/* Of the first four bytes of the answer to socks_connect(): how long it is in all; 0:
 * it is none. */
size_t socks_answer_length(const unsigned char *buf);

/* Why the proxy refuses; NULL: it does not. */
const char *socks_refusal(unsigned char code);

#endif
