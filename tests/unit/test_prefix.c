/*
 * test_prefix.c - what is a network, and which one an address falls under.
 */
#include "config.h"

#include "net/prefix.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/macros.h"

static struct prefix
parse(const char *text)
{
	struct prefix p = { 0 };
	const char *why = "nothing";

	cr_assert_eq(prefix_parse(text, &p, &why), 0, "%s: %s", text, why);
	return p;
}

static struct peer
peer_of(const char *ip)
{
	struct peer peer = { .family = PEER_IPV4, .port = 7 };

	if (inet_pton(AF_INET, ip, peer.ip) != 1) {
		peer.family = PEER_IPV6;
		cr_assert_eq(inet_pton(AF_INET6, ip, peer.ip), 1, "%s", ip);
	}
	return peer;
}

Test(prefix, has_one_text)
{
	static const char *const rows[][2] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7/32", "192.0.2.7" },
		{ "10.0.0.0/8", "10.0.0.0/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "128.0.0.0/1", "128.0.0.0/1" },
		{ "::/0", "::/0" },
		{ "::1", "::1" },
		{ "::1/128", "::1" },
		{ "2001:DB8::/32", "2001:db8::/32" },
		{ "2001:db8:0:0:0:0:0:0/33", "2001:db8::/33" },
		{ "::ffff:10.0.0.0/104", "10.0.0.0/8" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "::ffff:0:0/96", "0.0.0.0/0" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct prefix p = parse(rows[i][0]);
		char buf[PREFIX_TEXT_MAX];
		struct prefix again;

		cr_expect_str_eq(prefix_format(&p, buf, sizeof(buf)), rows[i][1]);
		again = parse(buf);
		cr_expect_eq(prefix_compare(&p, &again), 0, "%s", buf);
	}
}

Test(prefix, refuses_what_is_none)
{
	static const char *const rows[] = {
		"",
		"/",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/08",
		"10.0.0.0/-1",
		"10.0.0.0/ 8",
		"10.0.0.0/8 ",
		"10.0.0.0/8/8",
		"10.0.0.1/8",
		"10/8",
		"10.0.0",
		"010.0.0.0/8",
		"256.0.0.0/8",
		"localhost",
		"::/129",
		"::1/127",
		"[::1]",
		"[::]/0",
		"fe80::1%lo",
		"fe80::%1/64",
		"1:2:3:4:5:6:7:8:9",
		"10.0.0.0/255.0.0.0",
		"unix",
		"*",
		"10.0.0.0/18446744073709551616",
		"::ffff:10.0.0.0/8",
		"2001:db8:1111:2222:3333:4444:5555:6666:7777",
		"00000000000000000000000000000000000000000000000000000001::",
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct prefix p = { .bits = 77 };
		const char *why = NULL;

		cr_expect_eq(prefix_parse(rows[i], &p, &why), -EINVAL, "'%s'", rows[i]);
		cr_expect_not_null(why, "'%s'", rows[i]);
		cr_expect_eq(p.bits, 77, "untouched");
	}
}

Test(prefix, knows_its_own)
{
	static const struct {
		const char *prefix;
		const char *address;
		bool within;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "9.255.255.255", false },
		{ "192.0.2.6/31", "192.0.2.7", true },
		{ "192.0.2.6/31", "192.0.2.8", false },
		{ "0.0.0.0/0", "255.255.255.255", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "ffff::", true },
		{ "::/0", "127.0.0.1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "::1", "::1", true },
		{ "::1", "::2", false },
		{ "::ffff:127.0.0.0/104", "127.0.0.1", true },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		struct prefix p = parse(rows[i].prefix);
		struct peer peer = peer_of(rows[i].address);
		struct prefix_entry list[] = { { .prefix = p } };
		struct prefix_table t = { .list = list, .n = 1 };
		size_t twice;

		cr_expect_eq(prefix_contains(&p, &peer), rows[i].within, "%s in %s",
		             rows[i].address, rows[i].prefix);
		cr_assert_eq(prefix_table_build(&t, &twice), 0);
		cr_expect_eq(prefix_table_find(&t, &peer) != NULL, rows[i].within);
	}
}

Test(prefix, takes_an_ipv4_mapped_peer_for_what_it_is)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct prefix four = parse("127.0.0.0/8");
	struct prefix six = parse("::/0");
	struct peer peer;

	cr_assert_eq(inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr), 1);
	peer_from_sockaddr((struct sockaddr *)&in6, sizeof(in6), &peer);
	cr_expect(prefix_contains(&four, &peer));
	cr_expect_not(prefix_contains(&six, &peer));
}

Test(prefix, table_of_nothing_finds_nothing)
{
	struct peer peers[] = { peer_of("127.0.0.1"), peer_of("::1"), { 0 } };
	struct prefix_table t = { 0 };
	size_t twice;
	size_t i;

	cr_assert_eq(prefix_table_build(&t, &twice), 0);
	for (i = 0; i < countof(peers); i++)
		cr_expect_null(prefix_table_find(&t, &peers[i]));
}

Test(prefix, table_finds_nothing_for_who_has_no_ip_address)
{
	struct prefix_entry list[] = { { .prefix = parse("0.0.0.0/0") },
		                       { .prefix = parse("::/0") } };
	struct prefix_table t = { .list = list, .n = countof(list) };
	size_t twice;
	int family;

	cr_assert_eq(prefix_table_build(&t, &twice), 0);
	for (family = 0; family < 256; family++) {
		struct peer peer = { .family = (uint8_t)family };

		cr_expect_eq(prefix_table_find(&t, &peer) != NULL,
		             family == PEER_IPV4 || family == PEER_IPV6);
	}
}

Test(prefix, table_names_what_is_given_twice)
{
	struct prefix_entry list[] = {
		{ .prefix = parse("10.0.0.0/8"), .mark = 1 },
		{ .prefix = parse("192.0.2.0/24"), .mark = 1 },
		{ .prefix = parse("::ffff:10.0.0.0/104"), .mark = 2 },
	};
	struct prefix_table t = { .list = list, .n = countof(list) };
	char buf[PREFIX_TEXT_MAX];
	size_t twice = 77;

	cr_assert_eq(prefix_table_build(&t, &twice), -EEXIST);
	cr_assert_lt(twice, t.n);
	cr_expect_str_eq(prefix_format(&list[twice].prefix, buf, sizeof(buf)),
	                 "10.0.0.0/8");
	cr_expect_neq(list[twice].mark, list[twice - 1].mark);
}

/* --- against all entries, one by one ---------------------------------------------- */

static uint64_t state = 88172645463325252U;

static unsigned
pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

/* Few different bytes, so that networks nest and addresses fall into them. */
static void
random_ip(uint8_t *ip)
{
	static const uint8_t bytes[] = { 0, 1, 127, 128, 255 };
	size_t i;

	for (i = 0; i < 16; i++)
		ip[i] = bytes[pick(countof(bytes))];
}

static struct prefix
random_prefix(void)
{
	struct prefix p = { .family = pick(2) ? PEER_IPV4 : PEER_IPV6 };
	unsigned width = p.family == PEER_IPV4 ? 32 : 128;
	unsigned i;

	p.bits = (uint8_t)pick(width + 1);
	random_ip(p.ip);
	for (i = p.bits; i < 128; i++)
		p.ip[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return p;
}

static bool
naive_contains(const struct prefix *p, const struct peer *peer)
{
	unsigned i;

	for (i = 0; i < p->bits && p->family == peer->family; i++) {
		if ((p->ip[i / 8] ^ peer->ip[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	return p->family == peer->family;
}

static const struct prefix_entry *
naive_find(const struct prefix_table *t, const struct peer *peer)
{
	const struct prefix_entry *best = NULL;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (naive_contains(&t->list[i].prefix, peer) &&
		    (!best || t->list[i].prefix.bits > best->prefix.bits))
			best = &t->list[i];
	}
	return best;
}

Test(prefix, table_finds_the_longest_as_a_search_through_all_does, .timeout = 60)
{
	struct prefix_entry list[200];
	unsigned found = 0;
	unsigned round;
	unsigned i;
	size_t twice;

	for (round = 0; round < 2000; round++) {
		struct prefix_table t = { .list = list, .n = pick(countof(list)) };

		memset(list, 0xff, sizeof(list));
		for (i = 0; i < t.n; i++)
			list[i].prefix = random_prefix();
		while (prefix_table_build(&t, &twice) < 0)
			list[twice] = list[--t.n];
		for (i = 0; i < 100; i++) {
			struct peer peer = { .family =
				                 pick(2) ? PEER_IPV4 : PEER_IPV6 };
			const struct prefix_entry *e;

			random_ip(peer.ip);
			if (t.n > 0 && pick(2))
				memcpy(peer.ip, list[pick((unsigned)t.n)].prefix.ip,
				       16);
			e = prefix_table_find(&t, &peer);
			cr_assert_eq(e, naive_find(&t, &peer));
			found += e != NULL;
		}
	}
	cr_expect_gt(found, 50000);
}
