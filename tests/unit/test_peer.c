/*
 * test_peer.c - who is calling, also when the record lies.
 */
#include "config.h"

#include "net/peer.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "base/macros.h"

Test(peer, is_formatted_canonically)
{
	static const struct {
		const char *host;
		unsigned port, scope;
		enum peer_family family;
		const char *text, *ip;
	} rows[] = {
		{ "192.0.2.7", 40112, 0, PEER_IPV4, "192.0.2.7:40112", "192.0.2.7" },
		{ "255.255.255.255", 65535, 0, PEER_IPV4, "255.255.255.255:65535",
		  "255.255.255.255" },
		{ "2001:db8::1", 80, 0, PEER_IPV6, "[2001:db8::1]:80", "2001:db8::1" },
		{ "::ffff:192.0.2.7", 80, 0, PEER_IPV4, "192.0.2.7:80", "192.0.2.7" },
		{ "fe80::1", 1, 2, PEER_IPV6, "[fe80::1%2]:1", "fe80::1%2" },
		{ "::", 0, 0, PEER_IPV6, "[::]:0", "::" },
		{ "fe80:1111:2222:3333:4444:5555:6666:7777", 65535, 4294967295U,
		  PEER_IPV6,
		  "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535",
		  "fe80:1111:2222:3333:4444:5555:6666:7777%4294967295" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		char text[PEER_TEXT_MAX];
		struct peer p;

		memset(&p, 0xa5, sizeof(p));
		in.sin_port = in6.sin6_port = htons((uint16_t)rows[i].port);
		in6.sin6_scope_id = rows[i].scope;
		if (inet_pton(AF_INET, rows[i].host, &in.sin_addr) == 1) {
			peer_from_sockaddr((struct sockaddr *)&in, sizeof(in), &p);
		} else {
			cr_assert_eq(inet_pton(AF_INET6, rows[i].host, &in6.sin6_addr),
			             1);
			peer_from_sockaddr((struct sockaddr *)&in6, sizeof(in6), &p);
		}
		cr_assert_eq(p.family, rows[i].family, "%s", rows[i].host);
		cr_assert_eq(p.port, rows[i].port, "%s", rows[i].host);
		cr_assert_str_eq(peer_format(&p, text, sizeof(text)), rows[i].text);
		cr_assert_str_eq(peer_format_ip(&p, text, sizeof(text)), rows[i].ip);
	}
}

Test(peer, of_a_unix_socket_has_credentials_once_fetched)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char text[PEER_TEXT_MAX], expected[PEER_TEXT_MAX];
	struct peer p;
	int pair[2];

	peer_from_sockaddr((struct sockaddr *)&un, sizeof(sa_family_t), &p);
	cr_assert_eq(p.family, PEER_UNIX);
	cr_assert_str_eq(peer_format(&p, text, sizeof(text)), "unix");
	cr_assert_str_eq(peer_format_ip(&p, text, sizeof(text)), "");

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert_eq(peer_fetch_credentials(pair[0], &p), 0);
	cr_assert_eq(p.cred.pid, (uint32_t)getpid());
	cr_assert_eq(p.cred.uid, geteuid());
	cr_assert_eq(p.cred.gid, getegid());
	(void)snprintf(expected, sizeof(expected), "unix pid %d uid %u", (int)getpid(),
	               geteuid());
	cr_assert_str_eq(peer_format(&p, text, sizeof(text)), expected);
	cr_assert_str_eq(peer_format_ip(&p, text, sizeof(text)), "");
	(void)close(pair[0]);
	(void)close(pair[1]);
	cr_assert_eq(peer_fetch_credentials(-1, &p), -EBADF);
}

Test(peer, of_another_family_keeps_its_address_when_asked_for_credentials)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char text[PEER_TEXT_MAX];
	struct peer p;
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	peer_from_sockaddr((struct sockaddr *)&in, sizeof(in), &p);
	cr_assert_eq(peer_fetch_credentials(pair[0], &p), -EINVAL);
	cr_assert_str_eq(peer_format(&p, text, sizeof(text)), "127.0.0.1:0");
	(void)close(pair[0]);
	(void)close(pair[1]);
}

Test(peer, of_a_vsock_is_cid_and_port)
{
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK,
		                  .svm_cid = 3,
		                  .svm_port = 1024 };
	char text[PEER_TEXT_MAX];
	struct peer p;

	peer_from_sockaddr((struct sockaddr *)&vm, sizeof(vm), &p);
	cr_assert_str_eq(peer_format(&p, text, sizeof(text)), "vsock:3:1024");
	cr_assert_str_eq(peer_format_ip(&p, text, sizeof(text)), "");
}

/* accept4() says length 0 of a client that is gone, and more than it stored of
 * one whose address did not fit. */
Test(peer, of_a_short_or_unknown_address_is_nobody)
{
	static const struct {
		sa_family_t family;
		socklen_t len;
		enum peer_family expected;
	} rows[] = {
		{ AF_INET, 0, PEER_NONE },
		{ AF_INET, 1, PEER_NONE },
		{ AF_INET, sizeof(struct sockaddr_in) - 1, PEER_NONE },
		{ AF_INET, sizeof(struct sockaddr_in), PEER_IPV4 },
		{ AF_INET6, sizeof(struct sockaddr_in), PEER_NONE },
		{ AF_INET6, sizeof(struct sockaddr_in6) - 1, PEER_NONE },
		{ AF_INET6, sizeof(struct sockaddr_in6), PEER_IPV6 },
		{ AF_UNIX, sizeof(sa_family_t), PEER_UNIX },
		{ AF_UNIX, sizeof(sa_family_t) - 1, PEER_NONE },
		{ AF_UNIX, 4096, PEER_UNIX },
		{ AF_VSOCK, sizeof(struct sockaddr_vm) - 1, PEER_NONE },
		{ AF_VSOCK, sizeof(struct sockaddr_vm), PEER_VSOCK },
		{ AF_UNSPEC, sizeof(struct sockaddr_storage), PEER_NONE },
		{ 99, sizeof(struct sockaddr_storage), PEER_NONE },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct sockaddr_storage sa;
		char text[PEER_TEXT_MAX];
		struct peer p;

		memset(&sa, 0, sizeof(sa));
		sa.ss_family = rows[i].family;
		memset(&p, 0xa5, sizeof(p));
		peer_from_sockaddr((struct sockaddr *)&sa, rows[i].len, &p);
		cr_assert_eq(p.family, rows[i].expected, "row %zu", i);
		if (p.family == PEER_NONE)
			cr_assert_str_eq(peer_format(&p, text, sizeof(text)), "-");
	}
}

/* Nothing but what the formats consist of, so that it may go anywhere. */
static bool
is_harmless(const char *text)
{
	return strspn(text, "0123456789abcdef.:[]%-? unixpdvsock") == strlen(text);
}

Test(peer, gives_some_text_for_any_bytes)
{
	int i;

	srandom(4);
	for (i = 0; i < 200000; i++) {
		struct peer p;
		char *text =
		    malloc(PEER_TEXT_MAX); /* exact, so that a sanitizer sees */
		size_t j;

		cr_assert_not_null(text);
		for (j = 0; j < sizeof(p); j++)
			((unsigned char *)&p)[j] = (unsigned char)random();
		if (i & 1)
			p.family %= PEER_N_FAMILIES + 1;
		memset(text, 0x7f, PEER_TEXT_MAX);
		(void)peer_format(&p, text, PEER_TEXT_MAX);
		cr_assert_lt(strnlen(text, PEER_TEXT_MAX), PEER_TEXT_MAX - 1,
		             "it fits with room to spare");
		cr_assert_gt(strlen(text), 0);
		cr_assert(is_harmless(text), "%s", text);
		if (p.family >= PEER_N_FAMILIES)
			cr_assert_str_eq(text, "?");
		(void)peer_format_ip(&p, text, PEER_TEXT_MAX);
		cr_assert(is_harmless(text), "%s", text);
		free(text);
	}
}

Test(peer, is_cut_to_the_buffer_it_is_given)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(40112) };
	static const char whole[] = "192.0.2.7:40112";
	struct peer p;
	size_t size;

	(void)inet_pton(AF_INET, "192.0.2.7", &in.sin_addr);
	peer_from_sockaddr((struct sockaddr *)&in, sizeof(in), &p);
	for (size = 1; size <= sizeof(whole); size++) {
		char *text = malloc(size);

		cr_assert_not_null(text);
		(void)peer_format(&p, text, size);
		cr_assert_eq(strlen(text), size - 1);
		cr_assert_eq(strncmp(text, whole, size - 1), 0, "%s", text);
		free(text);
	}
}
