/*
 * test_frame.c - where a message of a control client ends.
 */
#include "config.h"

#include "master/frame.h"

#include <criterion/criterion.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

TestSuite(frame, .timeout = 30);

static void
put_header(char *to, char endian, uint32_t body, uint32_t fields)
{
	uint32_t n;

	memset(to, 0, 16);
	to[0] = endian;
	to[1] = 1;
	to[3] = 1;
	n = endian == 'l' ? htole32(body) : htobe32(body);
	memcpy(to + 4, &n, sizeof(n));
	n = endian == 'l' ? htole32(fields) : htobe32(fields);
	memcpy(to + 12, &n, sizeof(n));
}

Test(frame, of_a_line_ends_with_its_line)
{
	char longest[FRAME_LINE_MAX];

	cr_expect_eq(frame_line("", 0), 0);
	cr_expect_eq(frame_line("\0AUTH", 5), 0);
	cr_expect_eq(frame_line("\0AUTH\r", 6), 0);
	cr_expect_eq(frame_line("\0AUTH\r\n", 7), 7);
	cr_expect_eq(frame_line("\0AUTH\r\nBEGIN\r\n", 14), 7);
	cr_expect_eq(frame_line("\n\r", 2), 0);
	memset(longest, 'x', sizeof(longest));
	cr_expect_eq(frame_line(longest, sizeof(longest) - 1), 0);
	cr_expect_eq(frame_line(longest, sizeof(longest)), -EMSGSIZE);
	memcpy(longest + sizeof(longest) - 2, "\r\n", 2);
	cr_expect_eq(frame_line(longest, sizeof(longest)), FRAME_LINE_MAX);
}

Test(frame, of_a_message_is_known_from_its_header)
{
	static const struct {
		uint32_t body;
		uint32_t fields;
		ssize_t size;
	} rows[] = {
		{ 0, 0, 16 },
		{ 0, 1, 24 },
		{ 0, 8, 24 },
		{ 5, 9, 37 },
		{ FRAME_MESSAGE_MAX - 16, 0, FRAME_MESSAGE_MAX },
		{ FRAME_MESSAGE_MAX - 15, 0, -EMSGSIZE },
		{ 0, FRAME_MESSAGE_MAX - 16, FRAME_MESSAGE_MAX },
		{ 0, FRAME_MESSAGE_MAX - 15, -EMSGSIZE },
		{ 127 << 20, 0, -EMSGSIZE },
		{ UINT32_MAX, UINT32_MAX, -EMSGSIZE },
		{ UINT32_MAX - 15, 0, -EMSGSIZE },
		{ 0, UINT32_MAX, -EMSGSIZE },
	};
	static char message[FRAME_MESSAGE_MAX + 1];
	size_t i;
	size_t e;

	for (i = 0; i < countof(rows); i++) {
		for (e = 0; e < 2; e++) {
			put_header(message, "lB"[e], rows[i].body, rows[i].fields);
			cr_expect_eq(frame_message(message, sizeof(message)),
			             rows[i].size, "row %zu", i);
			cr_expect_eq(frame_message(message, 15), 0, "row %zu", i);
			if (rows[i].size < 0)
				cr_expect_eq(frame_message(message, 16), -EMSGSIZE);
			else if (rows[i].size > 16)
				cr_expect_eq(
				    frame_message(message, (size_t)rows[i].size - 1), 0,
				    "row %zu", i);
		}
	}
}

Test(frame, of_garbage_is_none)
{
	char header[16];

	cr_expect_eq(frame_message("", 0), 0);
	cr_expect_eq(frame_message("G", 1), -EBADMSG);
	cr_expect_eq(frame_message("\0", 1), -EBADMSG);
	cr_expect_eq(frame_message("l", 1), 0);
	put_header(header, 'l', 0, 0);
	header[3] = 2;
	cr_expect_eq(frame_message(header, sizeof(header)), -EBADMSG);
}

/* Any bytes give an answer that the caller can act on. */
Test(frame, never_says_more_than_there_is)
{
	char bytes[64];
	size_t n;
	size_t j;
	ssize_t r;
	int i;

	srandom(3);
	for (i = 0; i < 200000; i++) {
		n = (size_t)random() % sizeof(bytes);
		for (j = 0; j < n; j++)
			bytes[j] = (char)(random() % 8 ? random() % 4 : random());
		if (random() % 4)
			bytes[0] = "lB"[random() % 2];
		if (n > 3 && random() % 4)
			bytes[3] = 1;
		r = frame_message(bytes, n);
		cr_assert(r <= (ssize_t)n);
		cr_assert(r > 0 || r == 0 || r == -EBADMSG || r == -EMSGSIZE);
		cr_assert(r <= 0 || r >= 16);
		r = frame_line(bytes, n);
		cr_assert(r >= 0 && r <= (ssize_t)n);
	}
}
