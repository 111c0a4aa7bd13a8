/*
 * socks.c - the client's side of SOCKS version 5, as bytes.
 */
#include "config.h"

#include "ctl/socks.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define SOCKS_VERSION 5
#define LOGIN_VERSION 1

enum { METHOD_NONE = 0, METHOD_LOGIN = 2 };
enum { TYPE_IPV4 = 1, TYPE_NAME = 3, TYPE_IPV6 = 4 };

int
socks_parse(const char *text, struct socks *ret, const char **ret_why)
{
	const char *at = strrchr(text, '@');
	const char *colon;
	struct socks s = { .user = "" };
	int r;

	if (at) {
		colon = memchr(text, ':', (size_t)(at - text));
		*ret_why =
		    "before the '@' there are a user and a password, USER:PASSWORD, "
		    "of at most 255 bytes each";
		if (!colon || colon == text || colon - text > 255 || at - colon > 256)
			return -EINVAL;
		memcpy(s.user, text, (size_t)(colon - text));
		memcpy(s.password, colon + 1, (size_t)(at - colon - 1));
		text = at + 1;
	}
	r = address_parse(text, &s.proxy, ret_why);
	if (r < 0)
		return r;
	*ret = s;
	return 0;
}

size_t
socks_greeting(const struct socks *s, unsigned char *buf)
{
	size_t n = 0;

	buf[n++] = SOCKS_VERSION;
	buf[n++] = *s->user ? 2 : 1;
	buf[n++] = METHOD_NONE;
	if (*s->user)
		buf[n++] = METHOD_LOGIN;
	return n;
}

static size_t
put_text(unsigned char *buf, const char *text)
{
	size_t n = strlen(text);

	buf[0] = (unsigned char)n;
	memcpy(buf + 1, text, n);
	return n + 1;
}

size_t
socks_login(const struct socks *s, unsigned char *buf)
{
	size_t n = 1;

	buf[0] = LOGIN_VERSION;
	n += put_text(buf + n, s->user);
	return n + put_text(buf + n, s->password);
}

size_t
socks_connect(const struct address *to, unsigned char *buf)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&to->sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&to->sa;
	size_t n = 0;

	buf[n++] = SOCKS_VERSION;
	buf[n++] = 1; /* CONNECT */
	buf[n++] = 0;
	switch (to->sa.ss_family) {
	case AF_INET:
		buf[n++] = TYPE_IPV4;
		memcpy(buf + n, &in->sin_addr, 4);
		memcpy(buf + n + 4, &in->sin_port, 2);
		return n + 6;
	case AF_INET6:
		buf[n++] = TYPE_IPV6;
		memcpy(buf + n, &in6->sin6_addr, 16);
		memcpy(buf + n + 16, &in6->sin6_port, 2);
		return n + 18;
	default:
		return 0;
	}
}

size_t
socks_answer_length(const unsigned char *buf)
{
	if (buf[0] != SOCKS_VERSION)
		return 0;
	switch (buf[3]) {
	case TYPE_IPV4:
		return 10;
	case TYPE_IPV6:
		return 22;
	default:
		return 0;
	}
}

const char *
socks_refusal(unsigned char code)
{
	static const char *const texts[] = {
		NULL,
		"general failure",
		"not allowed by its rules",
		"network unreachable",
		"host unreachable",
		"connection refused",
		"TTL expired",
		"command not supported",
		"address type not supported",
	};

	return code < countof(texts) ? texts[code] : "an error it does not name";
}
