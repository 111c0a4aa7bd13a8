/*
 * test_reader.c - messages from a stream of bytes, whatever pieces they come in.
 */
#include "config.h"

#include "handler/reader.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

static const volatile sig_atomic_t never;
static struct service_settings set;
static const struct handler_run run = { .service = &set, .ending = &never };
static struct stream stream;
static struct reader reader;
static char small[8];
static int pair[2];

static void
feed(const char *text, bool end)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert_eq(send(pair[1], text, strlen(text), 0), (ssize_t)strlen(text));
	if (end)
		cr_assert_eq(shutdown(pair[1], SHUT_WR), 0);
	stream_init(&stream, &run, pair[0]);
	reader_init(&reader, &stream, small, sizeof(small));
}

static void
hang_up(void)
{
	stream_done(&stream);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

TestSuite(reader, .timeout = 60, .fini = hang_up);

Test(reader, gives_lines_longer_than_its_buffer)
{
	char line[32];
	size_t len;

	feed("twelve bytes\r\n\na\rb\nhalf", true);
	cr_assert_eq(reader_line(&reader, line, sizeof(line), &len), 1);
	cr_expect_str_eq(line, "twelve bytes");
	cr_expect_eq(len, 12);
	cr_assert_eq(reader_line(&reader, line, sizeof(line), &len), 1);
	cr_expect_str_eq(line, "");
	cr_assert_eq(reader_line(&reader, line, sizeof(line), &len), 1);
	cr_expect_str_eq(line, "a\rb");
	cr_expect_eq(reader_line(&reader, line, sizeof(line), &len), -EPROTO);
	cr_expect(reader.ended);
	cr_expect_eq(reader_line(&reader, line, sizeof(line), &len), 0);
}

Test(reader, takes_a_line_that_just_fits)
{
	char line[5];
	size_t len;

	feed("1234\n1234\r\n12345\n", true);
	cr_assert_eq(reader_line(&reader, line, sizeof(line), &len), 1);
	cr_assert_eq(reader_line(&reader, line, sizeof(line), &len), 1);
	cr_expect_str_eq(line, "1234");
	cr_expect_eq(reader_line(&reader, line, sizeof(line), &len), -EMSGSIZE);
	cr_expect_eq(reader_line(&reader, line, 0, &len), -EINVAL);
}

Test(reader, gives_exactly_what_was_asked_for)
{
	char buf[32];

	feed("abcdefghijklmnopqrstuvwxyz", true);
	cr_assert_eq(reader_exactly(&reader, buf, 3), 1);
	cr_expect_eq(memcmp(buf, "abc", 3), 0);
	cr_expect_eq(reader_pending(&reader), 5);
	cr_assert_eq(reader_exactly(&reader, buf, 21), 1);
	cr_expect_eq(memcmp(buf, "defghijklmnopqrstuvwx", 21), 0);
	cr_expect_eq(reader_exactly(&reader, buf, 0), 1);
	cr_expect_eq(reader_exactly(&reader, buf, 3), -EPROTO);
	cr_expect_eq(reader_exactly(&reader, buf, 1), 0);
}

Test(reader, mixes_all_ways_of_reading)
{
	char buf[32];
	size_t len;

	feed("line\nrest", true);
	cr_assert_eq(reader_line(&reader, buf, sizeof(buf), &len), 1);
	cr_expect_eq(reader_some(&reader, buf, sizeof(buf)), 3, "what was kept first");
	cr_expect_eq(reader_some(&reader, buf, sizeof(buf)), 1);
	cr_expect_eq(reader_some(&reader, buf, sizeof(buf)), 0);
}

Test(reader, ends_at_a_deadline_of_its_own)
{
	uint64_t begin = clock_usec();
	char buf[32];
	size_t len;

	set.idle_usec = 60 * USEC_PER_SEC;
	feed("slow", false);
	stream_set_deadline(&stream, 100 * USEC_PER_MSEC);
	cr_expect_eq(reader_line(&reader, buf, sizeof(buf), &len), -ETIME);
	cr_expect_geq(clock_usec() - begin, 100 * USEC_PER_MSEC);
	cr_expect_eq(reader_some(&reader, buf, sizeof(buf)), -ETIME, "and stays over");
	stream_set_deadline(&stream, 0);
	cr_assert_eq(send(pair[1], "x", 1, 0), 1);
	cr_expect_eq(reader_some(&reader, buf, sizeof(buf)), 1, "until it is lifted");
}

Test(reader, is_still_subject_to_idle_timeout)
{
	char buf[32];
	size_t len;

	set.idle_usec = 50 * USEC_PER_MSEC;
	feed("slow", false);
	stream_set_deadline(&stream, 60 * USEC_PER_SEC);
	cr_expect_eq(reader_line(&reader, buf, sizeof(buf), &len), -ETIMEDOUT);
	cr_expect_eq(stream.late, SERVE_IDLE);
}
