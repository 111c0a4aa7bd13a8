/*
 * peer.h - who is calling: compact, fit for shared memory, canonical as text.
 *
 * 24 bytes without a pointer, so that a worker can publish its peer with a copy.
 * An IPv4-mapped address is kept as IPv4.
 */
#ifndef PREFORKD_NET_PEER_H
#define PREFORKD_NET_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum peer_family {
	PEER_NONE,
	PEER_IPV4,
	PEER_IPV6,
	PEER_UNIX,
	PEER_VSOCK,
	PEER_N_FAMILIES,
};

struct peer {
	uint8_t family; /* enum peer_family */
	uint8_t pad;
	uint16_t port;  /* host order; IP only */
	uint32_t scope; /* IPv6: the interface of a link-local address; vsock: port */
	union {
		uint8_t ip[16]; /* IPv4 in the first four */
		struct {
			uint32_t pid, uid, gid; /* unix: peer_fetch_credentials() */
		} cred;
		uint32_t cid; /* vsock */
	};
};

_Static_assert(sizeof(struct peer) == 24, "a peer is three words of shared memory");

/* Enough for "[fe80:…]:65535%4294967295", "unix pid 4211 uid 33". */
#define PEER_TEXT_MAX 80

/* From the address that accept4() filled in.  For a unix socket the credentials
 * are all zero until fetched. */
void peer_from_sockaddr(const struct sockaddr *sa, socklen_t len, struct peer *ret);

/* Asks the kernel for a unix peer's credentials (SO_PEERCRED).  0 or -errno, -EINVAL
 * for a peer of another family. */
int peer_fetch_credentials(int fd, struct peer *p);

/* Who sent a message, as the kernel says (SO_PASSCRED on the receiver): a pid, or 0. */
pid_t peer_of_message(struct msghdr *msg);

/* "192.0.2.7:40112", "[2001:db8::1]:80", "unix pid 12 uid 33", "unix" (not
 * fetched), "vsock:3:1024", "-" for none.  Bounds a hostile record: any bytes
 * give some text.  Returns buf. */
char *peer_format(const struct peer *p, char *buf, size_t size);

/* The address alone, "192.0.2.7", "2001:db8::1", "fe80::1%2"; "" for non-IP. */
char *peer_format_ip(const struct peer *p, char *buf, size_t size);

#endif
