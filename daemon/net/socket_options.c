/*
 * socket_options.c - what a listening socket is set to: remembered, and put back.
 *
 * One table.  Missing are options that are fixed once a socket is bound, that only a
 * privileged process may set, and those that can be set but not read (TCP_MD5SIG).
 */
#include "config.h"

#include "net/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/macros.h"

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef IP_MINTTL
#define IP_MINTTL 21
#endif
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

/* The widest window there is: what 0 stands for, which a listening socket does not take
 * any more. */
#define WINDOW_MAX (65535 << 14)

enum of { OF_ANY, OF_TCP, OF_IPV6 };

enum quirk {
	PLAIN,
	HALVED, /* reads as twice what was written */
	UNSET,  /* reads as something when it is not set, which is written as 0 */
	WINDOW, /* cannot be written as 0 */
};

#define ROW(of, level, option, quirk)                                                  \
	{                                                                              \
#option, level, option, of, quirk                                      \
	}

static const struct row {
	const char *name;
	int level;
	int option;
	enum of of;
	enum quirk quirk;
} rows[] = {
	ROW(OF_ANY, SOL_SOCKET, SO_RCVTIMEO, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_SNDTIMEO, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_RCVBUF, HALVED),
	ROW(OF_ANY, SOL_SOCKET, SO_SNDBUF, HALVED),
	ROW(OF_ANY, SOL_SOCKET, SO_BUF_LOCK, PLAIN), /* after those that set it */
	ROW(OF_ANY, SOL_SOCKET, SO_LINGER, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_KEEPALIVE, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_RCVLOWAT, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_OOBINLINE, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_DONTROUTE, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_REUSEADDR, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_REUSEPORT, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_BINDTODEVICE, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_MAX_PACING_RATE, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_NODELAY, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_CORK, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_KEEPIDLE, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_KEEPINTVL, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_KEEPCNT, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_DEFER_ACCEPT, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_USER_TIMEOUT, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_SYNCNT, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_LINGER2, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_MAXSEG, UNSET),
	ROW(OF_TCP, IPPROTO_TCP, TCP_WINDOW_CLAMP, WINDOW),
	ROW(OF_TCP, IPPROTO_TCP, TCP_CONGESTION, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_NOTSENT_LOWAT, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_FASTOPEN, PLAIN),
	ROW(OF_TCP, IPPROTO_TCP, TCP_SAVE_SYN, PLAIN),
	ROW(OF_TCP, IPPROTO_IP, IP_TTL, PLAIN),
	ROW(OF_TCP, IPPROTO_IP, IP_TOS, PLAIN),
	ROW(OF_TCP, IPPROTO_IP, IP_MTU_DISCOVER, PLAIN),
	ROW(OF_TCP, IPPROTO_IP, IP_MINTTL, PLAIN),
	ROW(OF_IPV6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, PLAIN),
	ROW(OF_IPV6, IPPROTO_IPV6, IPV6_TCLASS, PLAIN),
	ROW(OF_IPV6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PLAIN),
	ROW(OF_IPV6, IPPROTO_IPV6, IPV6_MINHOPCOUNT, PLAIN),
	ROW(OF_ANY, SOL_SOCKET, SO_PRIORITY, PLAIN), /* follows IP_TOS */
};
_Static_assert(countof(rows) <= SOCKET_OPTIONS_MAX, "room for every option");

static bool
has(int family, enum of of)
{
	switch (of) {
	case OF_TCP:
		return family == AF_INET || family == AF_INET6;
	case OF_IPV6:
		return family == AF_INET6;
	default:
		return true;
	}
}

static void
read_one(int fd, const struct row *row, struct socket_option *ret)
{
	socklen_t len = sizeof(ret->bytes);

	memset(ret, 0, sizeof(*ret));
	ret->known = getsockopt(fd, row->level, row->option, ret->bytes, &len) == 0 &&
	             len <= sizeof(ret->bytes);
	ret->len = ret->known ? (uint8_t)len : 0;
}

void
socket_options_read(int fd, int family, struct socket_options *ret)
{
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < countof(rows); i++) {
		if (has(family, rows[i].of))
			read_one(fd, &rows[i], &ret->values[i]);
	}
}

static void
translate(enum quirk quirk, struct socket_option *v)
{
	int n;

	if (quirk == PLAIN || v->len != sizeof(n))
		return;
	memcpy(&n, v->bytes, sizeof(n));
	if (quirk == HALVED)
		n /= 2;
	else if (quirk == UNSET)
		n = 0;
	else if (n == 0)
		n = WINDOW_MAX;
	memcpy(v->bytes, &n, sizeof(n));
}

static bool
is_same(enum quirk quirk, const struct socket_option *a, const struct socket_option *b)
{
	struct socket_option x = *a;
	struct socket_option y = *b;

	if (quirk == WINDOW) {
		translate(quirk, &x);
		translate(quirk, &y);
	}
	return x.len == y.len && memcmp(x.bytes, y.bytes, x.len) == 0;
}

static void
append(char *names, size_t size, const char *name)
{
	size_t len = strlen(names);

	(void)snprintf(names + len, size - len, "%s%s", len > 0 ? ", " : "", name);
}

/* Does the kernel say something else than it did? */
static bool
differs(int fd, int family, size_t i, const struct socket_option *old,
        struct socket_option *ret_now)
{
	if (!has(family, rows[i].of) || !old->known)
		return false;
	read_one(fd, &rows[i], ret_now);
	return ret_now->known && !is_same(rows[i].quirk, old, ret_now);
}

unsigned
socket_options_put_back(int fd, int family, struct socket_options *was, char *names,
                        size_t names_size, char *stuck, size_t stuck_size)
{
	struct socket_option now;
	struct socket_option write;
	unsigned n = 0;
	size_t i;

	names[0] = '\0';
	stuck[0] = '\0';
	for (i = 0; i < countof(rows); i++) {
		if (!differs(fd, family, i, &was->values[i], &now))
			continue;
		n++;
		append(names, names_size, rows[i].name);
	}
	/* Some change with others: each is looked at again when it is its turn. */
	for (i = 0; i < countof(rows) && n > 0; i++) {
		if (!differs(fd, family, i, &was->values[i], &now))
			continue;
		write = was->values[i];
		translate(rows[i].quirk, &write);
		(void)setsockopt(fd, rows[i].level, rows[i].option, write.bytes,
		                 write.len);
	}
	for (i = 0; i < countof(rows) && n > 0; i++) {
		if (!differs(fd, family, i, &was->values[i], &now))
			continue;
		append(stuck, stuck_size, rows[i].name);
		was->values[i] = now;
	}
	return n;
}
