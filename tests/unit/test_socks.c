/*
 * test_socks.c - the bytes of SOCKS version 5.
 */
#include "config.h"

#include "ctl/socks.h"

#include <criterion/criterion.h>
#include <string.h>

#include "ctl/probe.h"

Test(socks, takes_a_proxy_with_or_without_a_user)
{
	struct socks s;
	const char *why;

	cr_assert_eq(socks_parse("127.0.0.1:1080", &s, &why), 0);
	cr_assert_str_eq(s.user, "");
	cr_assert_str_eq(s.proxy.text, "127.0.0.1:1080");
	cr_assert_eq(socks_parse("anna:a:b@c@[::1]:1080", &s, &why), 0);
	cr_assert_str_eq(s.user, "anna");
	cr_assert_str_eq(s.password, "a:b@c");
	cr_assert_lt(socks_parse("anna@127.0.0.1:1080", &s, &why), 0);
	cr_assert_lt(socks_parse(":x@127.0.0.1:1080", &s, &why), 0);
	cr_assert_lt(socks_parse("proxy:1080", &s, &why), 0);
}

Test(socks, speaks_as_the_standard_says)
{
	unsigned char buf[SOCKS_MESSAGE_MAX];
	struct address to;
	struct socks s;
	const char *why;

	cr_assert_eq(socks_parse("127.0.0.1:1080", &s, &why), 0);
	cr_assert_eq(socks_greeting(&s, buf), 3);
	cr_assert_eq(memcmp(buf, "\5\1\0", 3), 0);
	cr_assert_eq(socks_parse("ab:cde@127.0.0.1:1080", &s, &why), 0);
	cr_assert_eq(socks_greeting(&s, buf), 4);
	cr_assert_eq(memcmp(buf, "\5\2\0\2", 4), 0);
	cr_assert_eq(socks_login(&s, buf), 8);
	cr_assert_eq(memcmp(buf, "\1\2ab\3cde", 8), 0);
	cr_assert_eq(address_parse("192.0.2.7:258", &to, &why), 0);
	cr_assert_eq(socks_connect(&to, buf), 10);
	cr_assert_eq(memcmp(buf, "\5\1\0\1\300\0\2\7\1\2", 10), 0);
	cr_assert_eq(address_parse("[::1]:80", &to, &why), 0);
	cr_assert_eq(socks_connect(&to, buf), 22);
	cr_assert_eq(address_parse("/run/x.sock", &to, &why), 0);
	cr_assert_eq(socks_connect(&to, buf), 0);
	cr_assert_eq(socks_answer_length((const unsigned char *)"\5\0\0\1"), 10);
	cr_assert_eq(socks_answer_length((const unsigned char *)"\5\0\0\4"), 22);
	cr_assert_eq(socks_answer_length((const unsigned char *)"HTTP"), 0);
	cr_assert_null(socks_refusal(0));
	cr_assert_str_eq(socks_refusal(5), "connection refused");
	cr_assert_not_null(socks_refusal(255));
}

Test(probe, knows_its_escapes)
{
	char good[] = "a\\r\\n\\t\\0\\\\\\x4a\\xfF";
	char bad[] = "a\\q";
	char cut[] = "a\\x4";
	char end[] = "a\\";
	size_t size;

	cr_assert_eq(probe_unescape(good, &size), 0);
	cr_assert_eq(size, 8);
	cr_assert_eq(memcmp(good, "a\r\n\t\0\\J\377", 8), 0);
	cr_assert_lt(probe_unescape(bad, &size), 0);
	cr_assert_lt(probe_unescape(cut, &size), 0);
	cr_assert_lt(probe_unescape(end, &size), 0);
}
