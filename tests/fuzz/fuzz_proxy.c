/*
 * fuzz_proxy.c - PROXY headers: what is decided stays decided, a header is taken from a
 * connection to the byte, in one piece or two.
 */
#include "config.h"

#include "target.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/proxy.h"

static const volatile sig_atomic_t never;

static void
check_peer(const struct peer *p)
{
	HOLDS(p->family == PEER_NONE || p->family == PEER_IPV4 ||
	      p->family == PEER_IPV6);
}

static void
check_read(const uint8_t *data, size_t size, enum proxy_end wanted,
           const struct proxy_header *h)
{
	struct proxy_header got = { 0 };
	const char *why = NULL;
	char rest[8192];
	size_t left = 0;
	enum proxy_end end;
	ssize_t n;
	int pair[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	HOLDS(send(pair[1], data, size, 0) == (ssize_t)size);
	HOLDS(shutdown(pair[1], SHUT_WR) == 0);
	end = proxy_read(pair[0], clock_usec() + 60000000, &never, &got, &why);
	if (wanted == PROXY_INCOMPLETE)
		wanted = size == 0 ? PROXY_NONE : PROXY_BAD;
	HOLDS(end == wanted);
	if (end == PROXY_DONE) {
		HOLDS(memcmp(&got, h, sizeof(got)) == 0);
		do {
			n = recv(pair[0], rest, sizeof(rest), 0);
			HOLDS(n >= 0);
			HOLDS(memcmp(data + h->length + left, rest, (size_t)n) == 0);
			left += (size_t)n;
		} while (n > 0);
		HOLDS(left == size - h->length);
	}
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header h;
	struct proxy_header earlier;
	const char *why = NULL;
	enum proxy_end end;
	size_t n;

	memset(&h, 0, sizeof(h));
	if (size > 2 * PROXY_HEADER_MAX)
		return 0;
	end = proxy_parse(data, size, &h, &why);
	HOLDS(end != PROXY_CANCELED);
	HOLDS((end == PROXY_NONE || end == PROXY_BAD) == (why != NULL));
	if (end == PROXY_DONE) {
		HOLDS(h.length > 0 && h.length <= size && h.length <= PROXY_HEADER_MAX);
		check_peer(&h.from);
		check_peer(&h.to);
		HOLDS(proxy_parse(data, h.length - 1, &earlier, &why) ==
		      PROXY_INCOMPLETE);
	}
	/* With fewer bytes: the same, or nothing yet. */
	for (n = 0; n < size && n < 300; n++) {
		enum proxy_end before = proxy_parse(data, n, &earlier, &why);

		HOLDS(before == PROXY_INCOMPLETE || before == end);
	}
	check_read(data, size, end, &h);
	return 0;
}
