/*
 * test_address.c - text to socket address and back: every form, every refusal,
 * and a great many addresses that must survive the round trip.
 */
#include "config.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "base/macros.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* A whole struct of another test's leavings: parsing must not depend on it. */
static void
soil(struct address *a)
{
	memset(a, 0xa5, sizeof(*a));
}

Test(address, takes_every_form_and_writes_it_canonically)
{
	static const struct {
		const char *text, *canonical;
		int family, port;
		bool any;
	} rows[] = {
		{ "7000", "[::]:7000", AF_INET6, 7000, true },
		{ "0", "[::]:0", AF_INET6, 0, true },
		{ "65535", "[::]:65535", AF_INET6, 65535, true },
		{ "http", "[::]:80", AF_INET6, 80, true },
		{ "127.0.0.1:7000", "127.0.0.1:7000", AF_INET, 7000, false },
		{ "0.0.0.0:0", "0.0.0.0:0", AF_INET, 0, false },
		{ "255.255.255.255:65535", "255.255.255.255:65535", AF_INET, 65535,
		  false },
		{ "10.1.2.3:https", "10.1.2.3:443", AF_INET, 443, false },
		{ "[::1]:7000", "[::1]:7000", AF_INET6, 7000, false },
		{ "[::]:7000", "[::]:7000", AF_INET6, 7000, false },
		{ "[::1]:ssh", "[::1]:22", AF_INET6, 22, false },
		{ "[2001:DB8:0:0:0:0:0:1]:1", "[2001:db8::1]:1", AF_INET6, 1, false },
		{ "[::ffff:192.0.2.7]:80", "192.0.2.7:80", AF_INET, 80, false },
		{ "[fe80::1%7]:80", "[fe80::1%7]:80", AF_INET6, 80, false },
		{ "[fe80::1%4294967295]:80", "[fe80::1%4294967295]:80", AF_INET6, 80,
		  false },
		{ "/run/x.sock", "/run/x.sock", AF_UNIX, -1, false },
		{ "/run/with blank", "/run/with blank", AF_UNIX, -1, false },
		{ "//run///x.sock", "/run/x.sock", AF_UNIX, -1, false },
		{ "/./run/././x", "/run/x", AF_UNIX, -1, false },
		{ "/run/.x/..y/...", "/run/.x/..y/...", AF_UNIX, -1, false },
		{ "/x", "/x", AF_UNIX, -1, false },
		{ "/" X50 X50 "123456", "/" X50 X50 "123456", AF_UNIX, -1, false },
		{ "@abstract", "@abstract", AF_UNIX, -1, false },
		{ "@/run/x", "@/run/x", AF_UNIX, -1, false },
		{ "@" X50 X50 "123456", "@" X50 X50 "123456", AF_UNIX, -1, false },
		{ "vsock:3:1024", "vsock:3:1024", AF_VSOCK, -1, false },
		{ "vsock::1024", "vsock::1024", AF_VSOCK, -1, false },
		{ "vsock:4294967295:9", "vsock::9", AF_VSOCK, -1, false },
		{ "vsock:0:0", "vsock:0:0", AF_VSOCK, -1, false },
		{ "vsock:1:4294967294", "vsock:1:4294967294", AF_VSOCK, -1, false },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const char *why = NULL;
		struct address a, b;

		soil(&a);
		cr_assert_eq(address_parse(rows[i].text, &a, &why), 0, "%s: %s",
		             rows[i].text, why);
		cr_assert_str_eq(a.text, rows[i].canonical, "%s", rows[i].text);
		cr_assert_eq(a.sa.ss_family, rows[i].family, "%s", rows[i].text);
		cr_assert_eq(address_port(&a), rows[i].port, "%s", rows[i].text);
		cr_assert_eq(a.any, rows[i].any, "%s", rows[i].text);
		cr_assert_eq(address_is_unix_path(&a), rows[i].canonical[0] == '/',
		             "%s", rows[i].text);
		cr_assert_eq(address_parse(a.text, &b, &why), 0, "%s: %s", a.text, why);
		cr_assert(address_equal(&a, &b), "%s again", a.text);
		cr_assert_str_eq(b.text, a.text);

		soil(&b);
		address_from_sockaddr((struct sockaddr *)&a.sa, a.len, &b);
		cr_assert(address_equal(&a, &b), "%s from its sockaddr", a.text);
		cr_assert_str_eq(b.text, a.text);
	}
}

Test(address, refuses_what_is_none_and_says_what_to_write)
{
	static const char port[] =
	    "a port is a number from 0 to 65535 or a name of /etc/services";
	static const char name[] =
	    "a host is a number such as 127.0.0.1 or [::1], not a name";
	static const char ipv4[] =
	    "an IPv4 address is four numbers from 0 to 255, such as 127.0.0.1";
	static const char bare[] =
	    "an IPv6 address stands in brackets before its port; write [::1]:7000";
	static const char every[] =
	    "for every address write the port alone; else a host before the ':'";
	static const char ipv6[] = "that is no IPv6 address; write [::1]:7000";
	static const char after[] = "a port must follow the ']'; write [::1]:7000";
	static const char folder[] =
	    "that names a folder; write a path like /run/x.sock";
	static const char relative[] = "a relative path; write an absolute path";
	static const char too_long[] =
	    "the path is too long: a unix socket's has at most 107 bytes";
	static const char control[] = "it contains a control character";
	static const char utf8[] = "it is not UTF-8";
	static const char vsock[] =
	    "write vsock:CID:PORT, or vsock::PORT for every CID";
	static const char vport[] = "a vsock port is a number from 0 to 4294967294";
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "it is empty; write a port, HOST:PORT, /path or @name" },
		{ " ", port },
		{ "65536", port },
		{ "-1", port },
		{ "+1", port },
		{ " 7000", port },
		{ "7000 ", port },
		{ "07000", port },
		{ "0x1b58", port },
		{ "99999999999999999999999", port },
		{ "7000,7001", port },
		{ "no-such-service", port },
		{ "localhost", port },
		{ "localhost:7000", name },
		{ "example.org:80", name },
		{ "a:b:c", name },
		{ "127.0.0.1:", port },
		{ "127.0.0.1:65536", port },
		{ "127.0.0.1:-1", port },
		{ "127.0.0.1:080", port },
		{ "127.0.0.1: 80", port },
		{ "127.0.0.1", "a port must follow; write 127.0.0.1:7000" },
		{ "/run/\xe9.sock", utf8 },
		{ "@\xff", utf8 },
		{ "127.1:80", ipv4 },
		{ "256.0.0.1:80", ipv4 },
		{ "010.0.0.1:80", ipv4 },
		{ "1.2.3.4.5:80", ipv4 },
		{ "1:2", ipv4 },
		{ "1111111111111111111111:2", ipv4 },
		{ ":7000", every },
		{ "*:7000", every },
		{ "::1", bare },
		{ "::1:7000", bare },
		{ "::", bare },
		{ "2001:db8::1:7000", bare },
		{ "1:2:3:4:5:6:7:8:7000", bare },
		{ "[::1]", after },
		{ "[::1]:", after },
		{ "[::1]7000", after },
		{ "[::1]:65536", port },
		{ "[::1]:bogus!", port },
		{ "[::1", "the ']' is missing; write [::1]:7000" },
		{ "[]:7000", ipv6 },
		{ "[::g]:7000", ipv6 },
		{ "[127.0.0.1]:7000", ipv6 },
		{ "[localhost]:7000", ipv6 },
		{ "[" X50 X50 "]:7000", ipv6 },
		{ "[::1%lo]:7000", "only a link-local address (fe80::) has a "
		                   "%interface; use bind_to_device" },
		{ "[fe80::1]:7000", "a link-local address needs its interface; write "
		                    "[fe80::1%eth0]:7000" },
		{ "[fe80::1%]:7000", "there is no interface of the name after '%'" },
		{ "[fe80::1%0]:7000", "there is no interface of the name after '%'" },
		{ "[fe80::1%no-such-if]:7000",
		  "there is no interface of the name after '%'" },
		{ "/", folder },
		{ "/run/", folder },
		{ "/run/.", folder },
		{ "//", folder },
		{ "/./", folder },
		{ "/.", folder },
		{ "./x.sock", relative },
		{ "x/y.sock", relative },
		{ "~/x.sock", relative },
		{ "/" X50 X50 "1234567", too_long },
		{ "/run/x\n", control },
		{ "@x\x7f", control },
		{ "7000\t", control },
		{ "@", "a name must follow the '@'" },
		{ "@" X50 X50 "1234567", "an abstract name has at most 106 bytes" },
		{ "unix:/run/x", "write the path alone, without 'unix:'" },
		{ "tcp://127.0.0.1:80", "write HOST:PORT alone, without a scheme" },
		{ "vsock:", vsock },
		{ "vsock:3", vsock },
		{ "vsock:x:1", vsock },
		{ "vsock:4294967296:1", vsock },
		{ "vsock:00000000000000000000003:1", vsock },
		{ "vsock:3:", vport },
		{ "vsock:3:x", vport },
		{ "vsock:3:4294967295", vport },
		{ "vsock:3:1:1", vport },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		const char *why = NULL;
		struct address a, before;

		soil(&a);
		before = a;
		cr_assert_eq(address_parse(rows[i].text, &a, &why), -EINVAL,
		             "'%s' is taken", rows[i].text);
		cr_assert_not_null(why, "'%s'", rows[i].text);
		cr_assert_str_eq(why, rows[i].why, "'%s'", rows[i].text);
		cr_assert_eq(memcmp(&a, &before, sizeof(a)), 0, "'%s' left a trace",
		             rows[i].text);
	}
}

Test(address, takes_an_interface_by_its_name)
{
	const char *why = NULL;
	struct address a;
	char want[64];

	cr_assert_neq(if_nametoindex("lo"), 0);
	cr_assert_eq(address_parse("[fe80::1%lo]:7000", &a, &why), 0, "%s", why);
	(void)snprintf(want, sizeof(want), "[fe80::1%%%u]:7000", if_nametoindex("lo"));
	cr_assert_str_eq(a.text, want);
}

Test(address, takes_all_65536_ports_and_no_more)
{
	unsigned port;

	for (port = 0; port <= 70000; port++) {
		const char *why = NULL;
		struct address a;
		char text[32];
		int r;

		(void)snprintf(text, sizeof(text), port % 2 ? "%u" : "127.0.0.1:%u",
		               port);
		r = address_parse(text, &a, &why);
		cr_assert_eq(r, port <= 65535 ? 0 : -EINVAL, "%s", text);
		if (r == 0)
			cr_assert_eq(address_port(&a), (int)port, "%s", text);
	}
}

Test(address, survives_the_round_trip_for_thousands_of_hosts)
{
	int i, j;

	srandom(1);
	for (i = 0; i < 20000; i++) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct address a, b;
		const char *why = NULL;

		in.sin_port = in6.sin6_port = htons((uint16_t)random());
		in.sin_addr.s_addr = htonl((uint32_t)random() * 2U + (uint32_t)(i & 1));
		/* Few bits, many zeros: the "::" is in every place. */
		for (j = 0; j < 16; j++)
			in6.sin6_addr.s6_addr[j] = random() % 3 ? 0 : (uint8_t)random();
		if (IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr))
			in6.sin6_scope_id = 1 + (uint32_t)random();
		if (i & 1)
			address_from_sockaddr((struct sockaddr *)&in, sizeof(in), &a);
		else
			address_from_sockaddr((struct sockaddr *)&in6, sizeof(in6), &a);
		cr_assert_eq(address_parse(a.text, &b, &why), 0, "%s: %s", a.text, why);
		cr_assert(address_equal(&a, &b), "%s", a.text);
		cr_assert_str_eq(a.text, b.text);
	}
}

Test(address, never_reads_beyond_what_a_stranger_wrote)
{
	static const char alphabet[] = "0123456789.:[]%/@vsock*- ~abcdef\x01\xff";
	int i;

	srandom(2);
	for (i = 0; i < 100000; i++) {
		size_t len = (size_t)random() % (i % 50 == 0 ? 300 : 24), j;
		char *text = malloc(len + 1); /* exact, so that a sanitizer sees */
		const char *why = NULL;
		struct address a, b;
		int r;

		cr_assert_not_null(text);
		for (j = 0; j < len; j++)
			text[j] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
		text[len] = '\0';
		r = address_parse(text, &a, &why);
		if (r == 0) {
			cr_assert_eq(address_parse(a.text, &b, &why), 0,
			             "'%s' -> '%s': %s", text, a.text, why);
			cr_assert(address_equal(&a, &b), "'%s'", text);
		} else {
			cr_assert_eq(r, -EINVAL, "'%s'", text);
			cr_assert_not_null(why, "'%s'", text);
		}
		free(text);
	}
}

Test(address, makes_some_text_of_any_bytes_from_the_kernel)
{
	int i;

	srandom(3);
	for (i = 0; i < 50000; i++) {
		static const int family[] = { AF_INET,  AF_INET6, AF_UNIX,
			                      AF_VSOCK, 0,        99 };
		struct sockaddr_storage sa;
		struct address a;
		size_t j;

		for (j = 0; j < sizeof(sa); j++)
			((unsigned char *)&sa)[j] = (unsigned char)random();
		sa.ss_family = (sa_family_t)family[(size_t)random() % countof(family)];
		soil(&a);
		address_from_sockaddr((struct sockaddr *)&sa,
		                      (socklen_t)random() % (sizeof(sa) + 1), &a);
		cr_assert_lt(strnlen(a.text, sizeof(a.text)), sizeof(a.text));
		cr_assert_neq(a.text[0], '\0');
		for (j = 0; a.text[j] != '\0'; j++)
			cr_assert((unsigned char)a.text[j] >= ' ' && a.text[j] != 0x7f);
		cr_assert(address_equal(&a, &a));
	}
}

Test(address, tells_different_places_apart)
{
	static const char *const places[] = { "7000",
		                              "7001",
		                              "127.0.0.1:7000",
		                              "127.0.0.2:7000",
		                              "[::1]:7000",
		                              "[fe80::1%1]:7000",
		                              "[fe80::1%2]:7000",
		                              "/run/x",
		                              "/run/xy",
		                              "@/run/x",
		                              "@x",
		                              "vsock::1",
		                              "vsock:1:1",
		                              "vsock:1:2" };
	size_t i, j;

	for (i = 0; i < countof(places); i++) {
		for (j = 0; j < countof(places); j++) {
			const char *why;
			struct address a, b;

			cr_assert_eq(address_parse(places[i], &a, &why), 0);
			cr_assert_eq(address_parse(places[j], &b, &why), 0);
			cr_assert_eq(address_equal(&a, &b), i == j, "%s and %s",
			             places[i], places[j]);
		}
	}
}

Test(address, of_a_bare_port_equals_the_written_out_form)
{
	const char *why;
	struct address a, b;

	cr_assert_eq(address_parse("7000", &a, &why), 0);
	cr_assert_eq(address_parse("[::]:7000", &b, &why), 0);
	cr_assert(address_equal(&a, &b));
	cr_assert(a.any);
	cr_assert_not(b.any);
}

Test(address, of_an_unnamed_unix_socket_is_the_word_unix)
{
	struct address a;
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert_eq(address_of_socket(pair[0], &a), 0);
	cr_assert_str_eq(a.text, "unix");
	cr_assert_not(address_is_unix_path(&a));
	cr_assert_eq(address_port(&a), -1);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

Test(address, of_a_strange_abstract_name_is_safe_to_print)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct address a;

	memcpy(un.sun_path, "\0a\nb\0c", 6);
	address_from_sockaddr((struct sockaddr *)&un,
	                      offsetof(struct sockaddr_un, sun_path) + 6, &a);
	cr_assert_str_eq(a.text, "@a?b@c");
	cr_assert_eq(a.len, offsetof(struct sockaddr_un, sun_path) + 6);
}

Test(address, of_no_socket_is_an_error)
{
	struct address a;

	cr_assert_eq(address_of_socket(-1, &a), -EBADF);
	cr_assert_eq(address_of_socket(STDERR_FILENO, &a), -ENOTSOCK);
}
