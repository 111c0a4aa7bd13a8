/*
 * test_notification.c - what a message says, whatever is in it.
 */
#include "config.h"

#include "base/notification.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/utf8.h"

TestSuite(notification, .timeout = 60);

static struct notification
parse(const char *text)
{
	struct notification n;
	char copy[4096];

	(void)snprintf(copy, sizeof(copy), "%s", text);
	memset(&n, 0xff, sizeof(n));
	n.pid = 4211;
	notification_parse(copy, &n);
	cr_assert_eq(n.pid, 4211, "the kernel's, not the message's");
	return n;
}

/* "ready reloading ...": what is set, in the order of the struct. */
static const char *
said(const struct notification *n)
{
	static char buf[512];

	(void)snprintf(buf, sizeof(buf), "%s%s%s%s%s%s", n->ready ? "ready " : "",
	               n->reloading ? "reloading " : "", n->stopping ? "stopping " : "",
	               n->alive ? "alive " : "", n->failed ? "failed " : "",
	               n->stores ? "stores " : "");
	return buf;
}

Test(notification, says_what_stands_in_whole_lines)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "READY=1", "ready " },
		{ "READY=1\n", "ready " },
		{ "\nREADY=1\nX=y\n", "ready " },
		{ "READY=0", "" },
		{ "READY=11", "" },
		{ " READY=1", "" },
		{ "READY=1\r", "" },
		{ "RELOADING=1\nMONOTONIC_USEC=5", "reloading " },
		{ "RELOADING=0", "" },
		{ "STOPPING=1", "stopping " },
		{ "STOPPING", "" },
		{ "WATCHDOG=1", "alive " },
		{ "WATCHDOG=2", "" },
		{ "WATCHDOG=trigger", "failed " },
		{ "WATCHDOG=TRIGGER", "" },
		{ "WATCHDOG_USEC=1", "" },
		{ "FDSTORE=1\nFDNAME=x", "stores " },
		{ "MAINPID=1\nERRNO=2\nBUSERROR=x\nEXIT_STATUS=3\nBARRIER=1", "" },
		{ "READY=1\nWATCHDOG=1\nSTATUS=READY=0", "ready alive " },
		{ "STATUS=STOPPING=1", "" },
	};
	struct notification n;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		n = parse(rows[i].text);
		cr_expect_str_eq(said(&n), rows[i].said, "'%s'", rows[i].text);
	}
}

Test(notification, gives_times_that_make_sense)
{
	static const struct {
		const char *text;
		bool has_watchdog;
		uint64_t watchdog, extend, monotonic;
	} rows[] = {
		{ "READY=1", false, 0, 0, 0 },
		{ "WATCHDOG_USEC=20000000", true, 20000000, 0, 0 },
		{ "WATCHDOG_USEC=0", true, 0, 0, 0 },
		{ "WATCHDOG_USEC=1", true, 1000, 0, 0 },
		{ "WATCHDOG_USEC=999999999999999", true, UINT64_C(86400000000), 0, 0 },
		{ "WATCHDOG_USEC=", false, 0, 0, 0 },
		{ "WATCHDOG_USEC=-1", false, 0, 0, 0 },
		{ "WATCHDOG_USEC=5s", false, 0, 0, 0 },
		{ "WATCHDOG_USEC=99999999999999999999999", false, 0, 0, 0 },
		{ "EXTEND_TIMEOUT_USEC=7", false, 0, 7, 0 },
		{ "EXTEND_TIMEOUT_USEC=86400000001", false, 0, UINT64_C(86400000000),
		  0 },
		{ "EXTEND_TIMEOUT_USEC=18446744073709551616", false, 0, 0, 0 },
		{ "EXTEND_TIMEOUT_USEC=7\nEXTEND_TIMEOUT_USEC=8", false, 0, 8, 0 },
		{ "MONOTONIC_USEC=18446744073709551615", false, 0, 0, UINT64_MAX },
		{ "MONOTONIC_USEC=x", false, 0, 0, 0 },
	};
	struct notification n;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		n = parse(rows[i].text);
		cr_expect(n.has_watchdog == rows[i].has_watchdog &&
		              n.watchdog_usec == rows[i].watchdog &&
		              n.extend_usec == rows[i].extend &&
		              n.monotonic_usec == rows[i].monotonic,
		          "'%s'", rows[i].text);
	}
}

Test(notification, has_a_status_that_can_be_shown)
{
	static const struct {
		const char *text;
		bool has;
		const char *status;
	} rows[] = {
		{ "READY=1", false, "" },
		{ "STATUS=", true, "" },
		{ "STATUS=17 clients", true, "17 clients" },
		{ "STATUS=a\nSTATUS=b", true, "b" },
		{ "STATUS=a\001b\033[31m\177", true, "a?b?[31m?" },
		{ "STATUS=\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x95", true,
		  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x95" },
		{ "STATUS=\xc3\xff\xc0\xaf\xed\xa0\x80 \xc2\x9b"
		  "31m",
		  true, "??????? ?31m" },
	};
	struct notification n;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		n = parse(rows[i].text);
		cr_expect_eq(n.has_status, rows[i].has, "row %zu", i);
		cr_expect_str_eq(n.status, rows[i].status, "row %zu: '%s'", i,
		                 n.status);
	}
}

Test(notification, cuts_a_long_status_between_two_characters)
{
	static const char *const characters[] = { "a", "\xc3\xa4", "\xe2\x82\xac",
		                                  "\xf0\x9f\x90\x95", "\001" };
	struct notification n;
	char text[2048];
	uint32_t c;
	size_t i, len, bytes, shift, whole;
	const char *p;

	for (i = 0; i < countof(characters); i++)
		for (shift = 0; shift < 8; shift++) {
			len = (size_t)snprintf(text, sizeof(text), "STATUS=%.*s",
			                       (int)shift, "xxxxxxxx");
			while (len < 1000)
				len += (size_t)sprintf(text + len, "%s", characters[i]);
			n = parse(text);
			cr_assert_lt(strlen(n.status), sizeof(n.status));
			cr_assert_gt(strlen(n.status), sizeof(n.status) - 8);
			whole = 0;
			for (p = n.status; *p; p += bytes, whole++) {
				bytes = utf8_decode(p, &c);
				cr_assert_gt(bytes, 0, "%zu, %zu: '%s'", i, shift,
				             n.status);
			}
			cr_assert_eq(c, 0x2026, "it ends with an ellipsis");
		}
	/* What just fits is whole. */
	(void)snprintf(text, sizeof(text), "STATUS=%0*d", NOTIFICATION_STATUS_MAX - 1,
	               7);
	n = parse(text);
	cr_expect_str_eq(n.status, text + strlen("STATUS="));
}
