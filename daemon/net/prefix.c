/*
 * prefix.c - addresses and networks of them.
 *
 * Prefixes either lie within each other or have nothing in common.  Sorted by address,
 * the wider first, the last one that does not begin behind an address is the one it
 * falls under, or lies within it, or within the same wider one: a binary search and a
 * few steps to wider prefixes find the longest, whatever the number of entries.
 *
 * Pure: no memory of its own, no system call.
 */
#include "config.h"

#include "net/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define IPV4_BITS 32
#define IPV6_BITS 128
#define MAPPED_BITS (IPV6_BITS - IPV4_BITS)

static const char why_form[] =
    "write an address or a network, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32";
static const char why_ipv4_bits[] = "a network of IPv4 addresses has /0 to /32";
static const char why_ipv6_bits[] = "a network of IPv6 addresses has /0 to /128";

static int
refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

/* Compares the first `bits` of two addresses. */
static int
compare_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);
	int order = memcmp(a, b, bits / 8);

	if (order != 0 || rest == 0)
		return order;
	return (a[bits / 8] & mask) - (b[bits / 8] & mask);
}

static bool
has_host_bits(const struct prefix *p, unsigned width)
{
	unsigned i;

	for (i = p->bits; i < width; i++) {
		if (p->ip[i / 8] & (0x80 >> i % 8))
			return true;
	}
	return false;
}

/* What is written as IPv6 and means IPv4. */
static void
unmap(struct prefix *p)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (p->bits < MAPPED_BITS || memcmp(p->ip, mapped, sizeof(mapped)) != 0)
		return;
	p->family = PEER_IPV4;
	p->bits = (uint8_t)(p->bits - MAPPED_BITS);
	memcpy(p->ip, p->ip + 12, 4);
	memset(p->ip + 4, 0, 12);
}

int
prefix_parse(const char *text, struct prefix *ret, const char **ret_why)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	struct prefix p = { 0 };
	char host[INET6_ADDRSTRLEN];
	unsigned width = IPV4_BITS;
	uint64_t bits;

	if (text[0] == '[')
		return refuse(ret_why, "write an IPv6 address without brackets here");
	if (strchr(text, '%'))
		return refuse(ret_why, "the interface of an address cannot be "
		                       "given here, write it without '%'");
	if (len == 0 || len >= sizeof(host))
		return refuse(ret_why, why_form);
	memcpy(host, text, len);
	host[len] = '\0';
	p.family = PEER_IPV4;
	if (inet_pton(AF_INET, host, p.ip) != 1) {
		p.family = PEER_IPV6;
		width = IPV6_BITS;
		if (inet_pton(AF_INET6, host, p.ip) != 1)
			return refuse(ret_why, why_form);
	}
	bits = width;
	if (slash && (count_parse(slash + 1, &bits) < 0 || bits > width))
		return refuse(ret_why,
		              width == IPV4_BITS ? why_ipv4_bits : why_ipv6_bits);
	p.bits = (uint8_t)bits;
	if (has_host_bits(&p, width))
		return refuse(ret_why, "the address has bits set behind the prefix, as "
		                       "10.0.0.1/8 has; write 10.0.0.0/8");
	unmap(&p);
	*ret = p;
	return 0;
}

char *
prefix_format(const struct prefix *p, char *buf, size_t size)
{
	bool wide = p->family == PEER_IPV6;
	char host[INET6_ADDRSTRLEN] = "?";

	(void)inet_ntop(wide ? AF_INET6 : AF_INET, p->ip, host, sizeof(host));
	if (p->bits == (wide ? IPV6_BITS : IPV4_BITS))
		(void)snprintf(buf, size, "%s", host);
	else
		(void)snprintf(buf, size, "%s/%u", host, p->bits);
	return buf;
}

int
prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int order = (a->family > b->family) - (a->family < b->family);

	if (order == 0)
		order = memcmp(a->ip, b->ip, sizeof(a->ip));
	if (order == 0)
		order = (a->bits > b->bits) - (a->bits < b->bits);
	return (order > 0) - (order < 0);
}

bool
prefix_contains(const struct prefix *p, const struct peer *peer)
{
	return p->family == peer->family && compare_bits(p->ip, peer->ip, p->bits) == 0;
}

static bool
is_within(const struct prefix *inner, const struct prefix *outer)
{
	return inner->family == outer->family && inner->bits >= outer->bits &&
	       compare_bits(inner->ip, outer->ip, outer->bits) == 0;
}

static int
compare_entries(const void *a, const void *b)
{
	return prefix_compare(&((const struct prefix_entry *)a)->prefix,
	                      &((const struct prefix_entry *)b)->prefix);
}

int
prefix_table_build(struct prefix_table *t, size_t *ret_twice)
{
	uint32_t outer;
	size_t i;

	if (t->n > 0)
		qsort(t->list, t->n, sizeof(*t->list), compare_entries);
	for (i = 0; i < t->n; i++) {
		struct prefix_entry *e = &t->list[i];

		if (i > 0 && compare_entries(e - 1, e) == 0) {
			*ret_twice = i;
			return -EEXIST;
		}
		outer = (uint32_t)i;
		while (outer > 0 && !is_within(&e->prefix, &t->list[outer - 1].prefix))
			outer = t->list[outer - 1].parent;
		e->parent = outer;
	}
	return 0;
}

/* How many entries do not begin behind the address? */
static size_t
count_before(const struct prefix_table *t, const struct prefix *address)
{
	size_t low = 0;
	size_t high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_compare(&t->list[middle].prefix, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct prefix_entry *
prefix_table_find(const struct prefix_table *t, const struct peer *peer)
{
	struct prefix address = { .family = peer->family };
	size_t at;

	if (peer->family != PEER_IPV4 && peer->family != PEER_IPV6)
		return NULL;
	address.bits = peer->family == PEER_IPV4 ? IPV4_BITS : IPV6_BITS;
	memcpy(address.ip, peer->ip, peer->family == PEER_IPV4 ? 4 : 16);
	at = count_before(t, &address);
	while (at > 0 && !prefix_contains(&t->list[at - 1].prefix, peer))
		at = t->list[at - 1].parent;
	return at > 0 ? &t->list[at - 1] : NULL;
}
