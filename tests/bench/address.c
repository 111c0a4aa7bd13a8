/*
 * address.c - text to socket address and back; numeric hosts only.
 */
#include "config.h"

#include "address.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int
parse_unix(const char *text, struct bench_address *ret)
{
	struct bench_address at = { .len = 0 };
	size_t length = strlen(text);

	if (length < 2 || length >= sizeof(at.un.sun_path))
		return -EINVAL;
	at.un.sun_family = AF_UNIX;
	memcpy(at.un.sun_path, text, length + 1);
	at.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
	if (text[0] == '@') {
		at.un.sun_path[0] = '\0';
		at.len--;
	}
	*ret = at;
	return 0;
}

int
bench_address_parse(const char *text, struct bench_address *ret)
{
	static const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	char host[64];
	const char *colon = strrchr(text, ':');
	struct addrinfo *found = NULL;
	size_t length;

	if (text[0] == '/' || text[0] == '@')
		return parse_unix(text, ret);
	if (!colon)
		return -EINVAL;
	length = (size_t)(colon - text);
	if (length >= 2 && text[0] == '[' && colon[-1] == ']') {
		text++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	memcpy(&ret->storage, found->ai_addr, found->ai_addrlen);
	ret->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

void
bench_address_print(const struct bench_address *at, char *ret_text, size_t size)
{
	char host[64];
	char port[16];
	bool six = at->sa.sa_family == AF_INET6;

	if (at->sa.sa_family == AF_UNIX) {
		bool abstract = at->un.sun_path[0] == '\0';

		(void)snprintf(ret_text, size, "%s%s", abstract ? "@" : "",
		               at->un.sun_path + abstract);
		return;
	}
	if (getnameinfo(&at->sa, at->len, host, sizeof(host), port, sizeof(port),
	                NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		(void)snprintf(ret_text, size, "?");
		return;
	}
	(void)snprintf(ret_text, size, "%s%s%s:%s", six ? "[" : "", host,
	               six ? "]" : "", port);
}
