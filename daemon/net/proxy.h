/*
 * proxy.h - the PROXY protocol, versions 1 and 2: for whom a proxy calls.
 *
 * A header is believed as it stands: whoever reads one must know that its sender is to
 * be trusted.  What follows the header belongs to the service, to the byte.
 */
#ifndef PREFORKD_NET_PROXY_H
#define PREFORKD_NET_PROXY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/peer.h"

/* No header is longer: the addresses, and room for what proxies add to them. */
#define PROXY_HEADER_MAX 4096

/* A proxy sends it first thing. */
#define PROXY_TIMEOUT_USEC UINT64_C(5000000)

enum proxy_end {
	PROXY_DONE,       /* a whole header */
	PROXY_INCOMPLETE, /* so far the beginning of one */
	PROXY_NONE,       /* no header at all */
	PROXY_BAD,        /* a header that is malformed, or too long */
	PROXY_CANCELED,   /* proxy_read(): told to end */
};

struct proxy_header {
	size_t length;    /* bytes it has */
	bool itself;      /* the proxy calls on its own behalf: a health check */
	struct peer from; /* PEER_NONE: not stated */
	struct peer to;   /* what `from` has called */
};

/* Looks at the first n bytes of a connection.  *ret is set with PROXY_DONE, *ret_why
 * (static storage) with PROXY_NONE and PROXY_BAD.  What is decided is not changed by
 * more bytes. */
enum proxy_end proxy_parse(const void *data, size_t n, struct proxy_header *ret,
                           const char **ret_why);

/* Takes the header, and nothing else, from a connection.  Waits until `until_usec` of
 * clock_usec(), not after *ending is set (checked when a signal comes).  Never
 * PROXY_INCOMPLETE: an end or silence before the header is PROXY_NONE, within it
 * PROXY_BAD.  Does not log. */
enum proxy_end proxy_read(int fd, uint64_t until_usec,
                          const volatile sig_atomic_t *ending, struct proxy_header *ret,
                          const char **ret_why);

#endif
