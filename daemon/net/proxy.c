/*
 * proxy.c - reading PROXY headers.
 *
 * The words are those of the specification (haproxy.org, proxy-protocol.txt).  Strict,
 * because a lenient reader and a lenient writer can be played off against each other:
 * one blank, no sign, no leading zero, lengths that add up.  What the specification
 * leaves to the receiver: a header that states no IP address (UNKNOWN, UNSPEC, UNIX)
 * leaves the real one; a header beyond PROXY_HEADER_MAX is refused; what follows the
 * addresses (TLVs) must be well formed and is passed over.
 *
 * How nothing but the header is consumed: bytes are looked at first (MSG_PEEK).  As
 * long as they are but the beginning of a header all of them belong to it, and are
 * taken, so that the next look waits for news and does not see the same again.
 */
#include "config.h"

#include "net/proxy.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/number.h"

/* The longest line of version 1, its end included. */
#define V1_MAX 107

/* Version 2: signature, command, family, length. */
#define V2_FIXED 16
static const uint8_t v2_signature[12] = { '\r', '\n', '\r', '\n', '\0', '\r',
	                                  '\n', 'Q',  'U',  'I',  'T',  '\n' };
static const char v1_signature[6] = { 'P', 'R', 'O', 'X', 'Y', ' ' };

static enum proxy_end
bad(const char **ret_why, const char *why)
{
	*ret_why = why;
	return PROXY_BAD;
}

static enum proxy_end
none(const char **ret_why, const char *why)
{
	*ret_why = why;
	return PROXY_NONE;
}

static void
set_peer(int family, const void *ip, uint16_t port, struct peer *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	if (family == AF_INET) {
		memcpy(&in.sin_addr, ip, 4);
		peer_from_sockaddr((struct sockaddr *)&in, sizeof(in), ret);
		return;
	}
	memcpy(&in6.sin6_addr, ip, 16);
	peer_from_sockaddr((struct sockaddr *)&in6, sizeof(in6), ret);
}

/* --- version 1: a line ---------------------------------------------------------- */

/* The next word, which one blank or the end of the line ends; NULL: there is none. */
static char *
next_word(char **rest)
{
	char *word = *rest;
	char *blank;

	if (word == NULL || *word == '\0' || *word == ' ')
		return NULL;
	blank = strchr(word, ' ');
	*rest = NULL;
	if (blank) {
		*blank = '\0';
		*rest = blank + 1;
	}
	return word;
}

/* "192.0.2.7 198.51.100.1 40112 80" and nothing more. */
static bool
parse_v1_addresses(int family, char *rest, struct proxy_header *h)
{
	uint8_t ip[2][16];
	uint64_t port[2];
	const char *word;
	int i;

	for (i = 0; i < 2; i++) {
		word = next_word(&rest);
		if (!word || inet_pton(family, word, ip[i]) != 1)
			return false;
	}
	for (i = 0; i < 2; i++) {
		word = next_word(&rest);
		if (!word || count_parse(word, &port[i]) < 0 || port[i] > UINT16_MAX)
			return false;
	}
	if (rest)
		return false;
	set_peer(family, ip[0], (uint16_t)port[0], &h->from);
	set_peer(family, ip[1], (uint16_t)port[1], &h->to);
	return true;
}

/* A line without its end. */
static enum proxy_end
parse_v1_line(char *line, struct proxy_header *h, const char **ret_why)
{
	char *rest = line + sizeof(v1_signature);
	const char *family = next_word(&rest);

	if (!family)
		return bad(ret_why, "a version 1 header without a family");
	/* What follows it is none of our business, says the specification. */
	if (strcmp(family, "UNKNOWN") == 0)
		return PROXY_DONE;
	if (strcmp(family, "TCP4") == 0 && parse_v1_addresses(AF_INET, rest, h))
		return PROXY_DONE;
	if (strcmp(family, "TCP6") == 0 && parse_v1_addresses(AF_INET6, rest, h))
		return PROXY_DONE;
	return bad(ret_why, "a version 1 header with addresses that are none");
}

static enum proxy_end
parse_v1(const char *data, size_t n, struct proxy_header *h, const char **ret_why)
{
	char line[V1_MAX];
	size_t i;

	for (i = 0; i < n && i < V1_MAX - 1; i++) {
		if (data[i] == '\r') {
			if (i + 1 == n)
				return PROXY_INCOMPLETE;
			if (data[i + 1] != '\n')
				break;
			line[i] = '\0';
			h->length = i + 2;
			return parse_v1_line(line, h, ret_why);
		}
		if (data[i] < ' ' || data[i] > '~')
			break;
		line[i] = data[i];
	}
	if (i == V1_MAX - 1)
		return bad(ret_why, "a version 1 header of more than 107 bytes");
	if (i == n)
		return PROXY_INCOMPLETE;
	return bad(ret_why, "a version 1 header with a byte that cannot be in it");
}

/* --- version 2: binary ---------------------------------------------------------- */

/* Type, length in two bytes, value; one after the other to the end. */
static bool
are_tlvs(const uint8_t *at, size_t n)
{
	size_t length;

	while (n > 0) {
		if (n < 3)
			return false;
		length = 3 + ((size_t)at[1] << 8 | at[2]);
		if (length > n)
			return false;
		at += length;
		n -= length;
	}
	return true;
}

/* Bytes that both addresses and their ports take, by family. */
static const uint8_t v2_address_size[] = { 0, 12, 36, 216 };
#define V2_UNSPEC 0
#define V2_INET 1
#define V2_INET6 2

static enum proxy_end
parse_v2_rest(const uint8_t *data, unsigned command, unsigned family,
              struct proxy_header *h, const char **ret_why)
{
	const uint8_t *at = data + V2_FIXED;
	size_t length = h->length - V2_FIXED;
	size_t ip = family == V2_INET ? 4 : 16;
	int af = family == V2_INET ? AF_INET : AF_INET6;

	/* What a proxy says of itself, or of nobody, is to be passed over unread. */
	h->itself = command == 0;
	if (command == 0 || family == V2_UNSPEC)
		return PROXY_DONE;
	if (length < v2_address_size[family])
		return bad(ret_why, "a version 2 header too short for its addresses");
	if (!are_tlvs(at + v2_address_size[family], length - v2_address_size[family]))
		return bad(ret_why, "a version 2 header with a malformed TLV");
	if (family != V2_INET && family != V2_INET6)
		return PROXY_DONE;
	set_peer(af, at, (uint16_t)(at[2 * ip] << 8 | at[2 * ip + 1]), &h->from);
	set_peer(af, at + ip, (uint16_t)(at[2 * ip + 2] << 8 | at[2 * ip + 3]), &h->to);
	return PROXY_DONE;
}

static enum proxy_end
parse_v2(const uint8_t *data, size_t n, struct proxy_header *h, const char **ret_why)
{
	size_t at = sizeof(v2_signature);

	if (n > at && (data[at] & 0xf0) != 0x20)
		return bad(ret_why, "a header of a version that is neither 1 nor 2");
	if (n > at && (data[at] & 0x0f) > 1)
		return bad(ret_why, "a version 2 header with an unknown command");
	if (n > at + 1 && (data[at + 1] >> 4 >= countof(v2_address_size) ||
	                   (data[at + 1] & 0x0f) > 2))
		return bad(ret_why, "a version 2 header with an unknown family");
	if (n < V2_FIXED)
		return PROXY_INCOMPLETE;
	h->length = V2_FIXED + ((size_t)data[14] << 8 | data[15]);
	if (h->length > PROXY_HEADER_MAX)
		return bad(ret_why, "a version 2 header of more than 4096 bytes");
	if (n < h->length)
		return PROXY_INCOMPLETE;
	return parse_v2_rest(data, data[12] & 0x0f, data[13] >> 4, h, ret_why);
}

enum proxy_end
proxy_parse(const void *data, size_t n, struct proxy_header *ret, const char **ret_why)
{
	struct proxy_header h = { 0 };
	enum proxy_end end;
	bool v1 = memcmp(data, v1_signature,
	                 n < sizeof(v1_signature) ? n : sizeof(v1_signature)) == 0;
	bool v2 = memcmp(data, v2_signature,
	                 n < sizeof(v2_signature) ? n : sizeof(v2_signature)) == 0;

	if (!v1 && !v2)
		return none(ret_why, "no PROXY header");
	if (n < (v1 ? sizeof(v1_signature) : sizeof(v2_signature)))
		return PROXY_INCOMPLETE;
	end = v1 ? parse_v1(data, n, &h, ret_why) : parse_v2(data, n, &h, ret_why);
	if (end == PROXY_DONE)
		*ret = h;
	return end;
}

/* --- a connection --------------------------------------------------------------- */

/* There is something to read, or the end of it; or how it ended. */
static enum proxy_end
wait_readable(int fd, uint64_t until_usec, const volatile sig_atomic_t *ending)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now;

	for (;;) {
		if (*ending)
			return PROXY_CANCELED;
		now = clock_usec();
		if (now >= until_usec)
			return PROXY_NONE;
		if (poll(&pfd, 1, clock_poll_msec(until_usec, now)) > 0)
			return PROXY_DONE;
		/* Nothing or EINTR; a poll() of one descriptor knows no other error
		 * that the deadline does not bound. */
	}
}

/* Takes n bytes that are there. */
static bool
take(int fd, uint8_t *to, size_t n)
{
	ssize_t got;

	while (n > 0) {
		got = recv(fd, to, n, MSG_DONTWAIT);
		if (got <= 0)
			return false;
		to += got;
		n -= (size_t)got;
	}
	return true;
}

/* The connection has ended, or nothing came in time, after so many bytes. */
static enum proxy_end
cut_short(size_t have, bool late, const char **ret_why)
{
	if (have > 0)
		return bad(ret_why, late ? "a PROXY header not complete in 5 s"
		                         : "a PROXY header cut short");
	return none(ret_why,
	            late ? "no PROXY header in 5 s" : "closed without a PROXY header");
}

enum proxy_end
proxy_read(int fd, uint64_t until_usec, const volatile sig_atomic_t *ending,
           struct proxy_header *ret, const char **ret_why)
{
	/* One connection a process at a time; not on the stack, whose pages a worker
	 * would keep. */
	static uint8_t buf[PROXY_HEADER_MAX];
	size_t have = 0;
	enum proxy_end end;
	ssize_t n;

	for (;;) {
		assert(have < sizeof(buf));
		n = recv(fd, buf + have, sizeof(buf) - have, MSG_PEEK | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN) {
			end = wait_readable(fd, until_usec, ending);
			if (end == PROXY_NONE)
				return cut_short(have, true, ret_why);
			if (end == PROXY_CANCELED)
				return end;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return cut_short(have, false, ret_why);
		end = proxy_parse(buf, have + (size_t)n, ret, ret_why);
		if (end == PROXY_NONE || end == PROXY_BAD)
			return end;
		if (end == PROXY_DONE)
			n = (ssize_t)(ret->length - have);
		if (!take(fd, buf + have, (size_t)n))
			return cut_short(have, false, ret_why);
		if (end == PROXY_DONE)
			return end;
		have += (size_t)n;
	}
}
