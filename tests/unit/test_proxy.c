/*
 * test_proxy.c - PROXY headers: every split, and whatever is no header.
 */
#include "config.h"

#include "net/proxy.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

static const volatile sig_atomic_t never;

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc0\0\x02\x07\xc6\x33\x64\x01\x9c\xb0\0\x50"
#define V6                                                                             \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"                                   \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x9c\xb0\0\x50"
#define BYTES(text) text, sizeof(text) - 1

static const struct row {
	const char *what;
	const char *data;
	size_t n;
	bool itself;
	const char *from;
	const char *to;
} good[] = {
	{ "v1 TCP4", BYTES("PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\r\n"), false,
	  "192.0.2.7:40112", "198.51.100.1:80" },
	{ "v1 TCP4, the shortest", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 0 1\r\n"), false,
	  "1.1.1.1:0", "2.2.2.2:1" },
	{ "v1 TCP6", BYTES("PROXY TCP6 2001:db8::7 2001:DB8::1 40112 65535\r\n"), false,
	  "[2001:db8::7]:40112", "[2001:db8::1]:65535" },
	{ "v1 TCP6, the longest",
	  BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
	  false, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
	  "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
	{ "v1 TCP6, mapped", BYTES("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"), false,
	  "192.0.2.7:1", "[::1]:2" },
	{ "v1 UNKNOWN", BYTES("PROXY UNKNOWN\r\n"), false, "-", "-" },
	{ "v1 UNKNOWN, of 107 bytes",
	  BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
	  false, "-", "-" },
	{ "v2 TCP4", BYTES(SIGNATURE "\x21\x11\0\x0c" V4), false, "192.0.2.7:40112",
	  "198.51.100.1:80" },
	{ "v2 TCP6", BYTES(SIGNATURE "\x21\x21\0\x24" V6), false, "[2001:db8::7]:40112",
	  "[2001:db8::1]:80" },
	{ "v2 UDP4", BYTES(SIGNATURE "\x21\x12\0\x0c" V4), false, "192.0.2.7:40112",
	  "198.51.100.1:80" },
	{ "v2 TCP4 with TLVs",
	  BYTES(SIGNATURE "\x21\x11\0\x15" V4 "\x04\0\0"
	                  "\x02\0\x03"
	                  "abc"),
	  false, "192.0.2.7:40112", "198.51.100.1:80" },
	{ "v2 LOCAL", BYTES(SIGNATURE "\x20\0\0\0"), true, "-", "-" },
	{ "v2 LOCAL with an address that does not count",
	  BYTES(SIGNATURE "\x20\x11\0\x0c" V4), true, "-", "-" },
	{ "v2 LOCAL with anything",
	  BYTES(SIGNATURE "\x20\0\0\x02"
	                  "\xff\xff"),
	  true, "-", "-" },
	{ "v2 UNSPEC",
	  BYTES(SIGNATURE "\x21\0\0\x05"
	                  "hello"),
	  false, "-", "-" },
};

static const struct {
	const char *what;
	const char *data;
	size_t n;
	enum proxy_end end;
} wrong[] = {
	{ "a request", BYTES("GET / HTTP/1.0\r\n"), PROXY_NONE },
	{ "small letters", BYTES("proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), PROXY_NONE },
	{ "a blank before it", BYTES(" PROXY UNKNOWN\r\n"), PROXY_NONE },
	{ "half a signature", BYTES("\r\n\r\n\0\r\nQUIT\r"), PROXY_NONE },
	{ "a tab", BYTES("PROXY\tUNKNOWN\r\n"), PROXY_NONE },
	{ "no family", BYTES("PROXY \r\n"), PROXY_BAD },
	{ "no family and a blank", BYTES("PROXY  \r\n"), PROXY_BAD },
	{ "a family that is none", BYTES("PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n"),
	  PROXY_BAD },
	{ "a family of small letters", BYTES("PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n"),
	  PROXY_BAD },
	{ "UNKNOWNs", BYTES("PROXY UNKNOWNS\r\n"), PROXY_BAD },
	{ "two blanks", BYTES("PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n"), PROXY_BAD },
	{ "a blank at the end", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n"),
	  PROXY_BAD },
	{ "a word too many", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n"), PROXY_BAD },
	{ "a word too few", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n"), PROXY_BAD },
	{ "a family alone", BYTES("PROXY TCP4\r\n"), PROXY_BAD },
	{ "IPv6 as TCP4", BYTES("PROXY TCP4 ::1 ::1 1 2\r\n"), PROXY_BAD },
	{ "IPv4 as TCP6", BYTES("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"), PROXY_BAD },
	{ "an octal address", BYTES("PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n"), PROXY_BAD },
	{ "a name", BYTES("PROXY TCP4 localhost 2.2.2.2 1 2\r\n"), PROXY_BAD },
	{ "an octal port", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n"), PROXY_BAD },
	{ "a signed port", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n"), PROXY_BAD },
	{ "a port too high", BYTES("PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n"),
	  PROXY_BAD },
	{ "a line feed alone", BYTES("PROXY UNKNOWN\n"), PROXY_BAD },
	{ "a carriage return alone", BYTES("PROXY UNKNOWN\rx"), PROXY_BAD },
	{ "a NUL", BYTES("PROXY TCP4 1.1.1.1\0 2.2.2.2 1 2\r\n"), PROXY_BAD },
	{ "108 bytes",
	  BYTES("PROXY UNKNOWN 7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535 \r\n"),
	  PROXY_BAD },
	{ "version 1 in binary", BYTES(SIGNATURE "\x11\x11\0\x0c" V4), PROXY_BAD },
	{ "version 3", BYTES(SIGNATURE "\x31\x11\0\x0c" V4), PROXY_BAD },
	{ "command 2", BYTES(SIGNATURE "\x22\x11\0\x0c" V4), PROXY_BAD },
	{ "family 4", BYTES(SIGNATURE "\x21\x41\0\x0c" V4), PROXY_BAD },
	{ "transport 3", BYTES(SIGNATURE "\x21\x13\0\x0c" V4), PROXY_BAD },
	{ "IPv4, a byte short", BYTES(SIGNATURE "\x21\x11\0\x0b" V4), PROXY_BAD },
	{ "IPv6, room for IPv4", BYTES(SIGNATURE "\x21\x21\0\x0c" V4), PROXY_BAD },
	{ "a unix address too short", BYTES(SIGNATURE "\x21\x31\0\x0c" V4), PROXY_BAD },
	{ "two bytes of a TLV", BYTES(SIGNATURE "\x21\x11\0\x0e" V4 "\x04\0"),
	  PROXY_BAD },
	{ "a TLV longer than the header",
	  BYTES(SIGNATURE "\x21\x11\0\x10" V4 "\x04\0\x02"
	                  "a"),
	  PROXY_BAD },
	{ "4097 bytes", BYTES(SIGNATURE "\x21\x11\x0f\xf1"), PROXY_BAD },
	{ "65551 bytes", BYTES(SIGNATURE "\x21\x11\xff\xff"), PROXY_BAD },
};

static void
check_header(const struct row *row, const struct proxy_header *h)
{
	char text[PEER_TEXT_MAX];

	cr_expect_eq(h->length, row->n, "%s: %zu", row->what, h->length);
	cr_expect_eq(h->itself, row->itself, "%s", row->what);
	cr_expect_str_eq(peer_format(&h->from, text, sizeof(text)), row->from, "%s: %s",
	                 row->what, text);
	cr_expect_str_eq(peer_format(&h->to, text, sizeof(text)), row->to, "%s: %s",
	                 row->what, text);
}

/* The first n bytes in memory of exactly that size, for sanitizers to see. */
static enum proxy_end
parse_copy(const char *data, size_t n, struct proxy_header *h, const char **why)
{
	char *copy = malloc(n > 0 ? n : 1);
	enum proxy_end end;

	memcpy(copy, data, n);
	end = proxy_parse(copy, n, h, why);
	free(copy);
	return end;
}

Test(proxy, header_is_understood_when_it_is_whole_and_not_before)
{
	size_t i;
	size_t n;

	for (i = 0; i < countof(good); i++) {
		const struct row *row = &good[i];
		struct proxy_header h = { 0 };
		const char *why = "nothing";
		char more[256];

		for (n = 0; n < row->n; n++)
			cr_expect_eq(parse_copy(row->data, n, &h, &why),
			             PROXY_INCOMPLETE, "%s: %zu bytes", row->what, n);
		cr_expect_eq(h.length, 0, "untouched");
		cr_assert_eq(parse_copy(row->data, n, &h, &why), PROXY_DONE, "%s: %s",
		             row->what, why);
		check_header(row, &h);

		memset(more, 'x', sizeof(more));
		memcpy(more, row->data, n);
		memset(&h, 0, sizeof(h));
		cr_expect_eq(parse_copy(more, sizeof(more), &h, &why), PROXY_DONE);
		check_header(row, &h);
	}
}

/* As soon as the last of its bytes is there, at the latest; and whatever follows. */
Test(proxy, header_that_is_none_is_refused)
{
	size_t i;
	size_t n;

	for (i = 0; i < countof(wrong); i++) {
		struct proxy_header h = { 0 };
		const char *why = NULL;
		enum proxy_end end = PROXY_INCOMPLETE;
		char more[256];

		memset(more, 'x', sizeof(more));
		memcpy(more, wrong[i].data, wrong[i].n);
		for (n = 0; n <= sizeof(more); n++) {
			enum proxy_end now = parse_copy(more, n, &h, &why);

			if (end != PROXY_INCOMPLETE)
				cr_expect_eq(now, end, "%s: decided already",
				             wrong[i].what);
			if (n >= wrong[i].n)
				cr_expect_eq(now, wrong[i].end, "%s: %zu bytes: %d",
				             wrong[i].what, n, (int)now);
			end = now;
		}
		cr_expect_not_null(why, "%s", wrong[i].what);
		cr_expect_eq(h.length, 0, "%s: untouched", wrong[i].what);
	}
}

Test(proxy, header_of_a_unix_peer_states_nothing)
{
	char data[16 + 216] = SIGNATURE "\x21\x31\0\xd8/client";
	struct proxy_header h = { 0 };
	const char *why;

	cr_assert_eq(parse_copy(data, sizeof(data), &h, &why), PROXY_DONE);
	cr_expect_eq(h.from.family, PEER_NONE);
	cr_expect_eq(h.length, sizeof(data));
}

Test(proxy, header_may_have_4096_bytes)
{
	static char data[4096] = SIGNATURE "\x21\x11\x0f\xf0" V4 "\x04\x0f\xe1";
	struct proxy_header h = { 0 };
	const char *why = "nothing";

	cr_expect_eq(parse_copy(data, sizeof(data) - 1, &h, &why), PROXY_INCOMPLETE);
	cr_assert_eq(parse_copy(data, sizeof(data), &h, &why), PROXY_DONE, "%s", why);
	cr_expect_eq(h.length, sizeof(data));
	cr_expect_eq(h.from.port, 40112);
}

/* --- from a connection ------------------------------------------------------------ */

/* Sends in pieces, each when the one before it has been looked at. */
struct sender {
	int fd;
	const char *data;
	size_t n;
	size_t split; /* sent apart from what follows */
	bool end;     /* then shuts the connection down */
};

static void *
send_pieces(void *argument)
{
	struct sender *s = argument;
	struct timespec moment = { .tv_nsec = 2000000 };

	(void)send(s->fd, s->data, s->split, MSG_NOSIGNAL);
	(void)nanosleep(&moment, NULL);
	(void)send(s->fd, s->data + s->split, s->n - s->split, MSG_NOSIGNAL);
	if (s->end)
		(void)shutdown(s->fd, SHUT_WR);
	return NULL;
}

static enum proxy_end
read_split(const char *data, size_t n, size_t split, bool end, int *ret_fd,
           struct proxy_header *h, const char **why)
{
	struct sender s = { .data = data, .n = n, .split = split, .end = end };
	enum proxy_end r;
	pthread_t thread;
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	s.fd = pair[1];
	cr_assert_eq(pthread_create(&thread, NULL, send_pieces, &s), 0);
	r = proxy_read(pair[0], clock_usec() + 20 * USEC_PER_SEC, &never, h, why);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	(void)close(pair[1]);
	*ret_fd = pair[0];
	return r;
}

Test(proxy, header_is_taken_and_nothing_else_wherever_it_is_split, .timeout = 120)
{
	static const char after[] = "PROXY UNKNOWN\r\nand the rest";
	size_t i;
	size_t split;

	for (i = 0; i < countof(good); i++) {
		for (split = 1; split <= good[i].n + 1; split++) {
			struct proxy_header h = { 0 };
			const char *why = "nothing";
			char data[256];
			char rest[256];
			int fd;

			memcpy(data, good[i].data, good[i].n);
			memcpy(data + good[i].n, after, sizeof(after));
			cr_assert_eq(read_split(data, good[i].n + sizeof(after), split,
			                        false, &fd, &h, &why),
			             PROXY_DONE, "%s at %zu: %s", good[i].what, split,
			             why);
			check_header(&good[i], &h);
			cr_assert_eq(recv(fd, rest, sizeof(rest), MSG_WAITALL),
			             sizeof(after), "%s at %zu", good[i].what, split);
			cr_expect_eq(memcmp(rest, after, sizeof(after)), 0);
			(void)close(fd);
		}
	}
}

Test(proxy, header_that_ends_early_is_none_wherever_it_ends, .timeout = 120)
{
	size_t i;
	size_t n;

	for (i = 0; i < countof(good); i++) {
		for (n = 0; n < good[i].n; n++) {
			struct proxy_header h = { 0 };
			const char *why = NULL;
			int fd;

			cr_expect_eq(
			    read_split(good[i].data, n, n / 2, true, &fd, &h, &why),
			    n == 0 ? PROXY_NONE : PROXY_BAD, "%s at %zu: %s",
			    good[i].what, n, why);
			(void)close(fd);
		}
	}
}

Test(proxy, header_that_does_not_come_is_waited_for_until_the_deadline, .timeout = 20)
{
	static const char *const begun[] = { "", "PROXY TCP4", SIGNATURE };
	size_t i;

	for (i = 0; i < countof(begun); i++) {
		struct proxy_header h;
		const char *why = NULL;
		uint64_t start = clock_usec();
		int pair[2];

		cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		(void)send(pair[1], begun[i], strlen(begun[i]), 0);
		cr_expect_eq(proxy_read(pair[0], start + 50000, &never, &h, &why),
		             i == 0 ? PROXY_NONE : PROXY_BAD);
		cr_expect_geq(clock_usec() - start, 50000);
		cr_expect_lt(clock_usec() - start, 5000000);
		cr_expect_not_null(strstr(why, "5 s"), "%s", why);
		(void)close(pair[0]);
		(void)close(pair[1]);
	}
}

Test(proxy, header_is_not_waited_for_by_who_must_end, .timeout = 20)
{
	volatile sig_atomic_t ending = 1;
	struct proxy_header h;
	const char *why;
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_expect_eq(
	    proxy_read(pair[0], clock_usec() + 10 * USEC_PER_SEC, &ending, &h, &why),
	    PROXY_CANCELED);
}
