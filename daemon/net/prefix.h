/*
 * prefix.h - addresses and networks of them: text to prefix, and which prefix an
 * address falls under.
 *
 * IPv4 and IPv6 are worlds of their own: "::/0" is every IPv6 address and no IPv4 one.
 * An IPv4-mapped prefix is the IPv4 prefix that it stands for, as a peer with such an
 * address is an IPv4 peer (net/peer.h).
 */
#ifndef PREFORKD_NET_PREFIX_H
#define PREFORKD_NET_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/peer.h"

struct prefix {
	uint8_t family; /* PEER_IPV4, PEER_IPV6 */
	uint8_t bits;   /* how many of the address count; the others are 0 */
	uint8_t ip[16]; /* IPv4 in the first four, the rest 0 */
};

/* Enough for every text that prefix_format() makes. */
#define PREFIX_TEXT_MAX 64

/* "192.0.2.7", "10.0.0.0/8", "2001:db8::/32".  0, or -EINVAL with *ret_why (static
 * storage) saying what is wrong and what is allowed.  Does not log. */
int prefix_parse(const char *text, struct prefix *ret, const char **ret_why);

/* "10.0.0.0/8"; without "/32" and "/128".  Returns buf. */
char *prefix_format(const struct prefix *p, char *buf, size_t size);

/* -1, 0, 1: by family, address, and the wider of two with the same address first. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* Is the address one of those? False for a peer that is no IP address. */
bool prefix_contains(const struct prefix *p, const struct peer *peer);

/* Prefixes with a mark each, made ready for being searched. */
struct prefix_entry {
	struct prefix prefix;
	uint8_t mark;    /* the caller's */
	uint32_t parent; /* 1 + the index of the narrowest that holds it; 0: none */
};
struct prefix_table {
	struct prefix_entry *list; /* the caller's memory */
	size_t n;
};

/* Sorts and links the entries, whose `prefix` and `mark` are set.  An entry whose
 * prefix another has as well: *ret_twice is the index of the second of them, and the
 * result -EEXIST; otherwise 0. */
int prefix_table_build(struct prefix_table *t, size_t *ret_twice);

/* The longest prefix that the peer falls under, or NULL. */
const struct prefix_entry *prefix_table_find(const struct prefix_table *t,
                                             const struct peer *peer);

#endif
