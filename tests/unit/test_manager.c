/*
 * test_manager.c - what cannot be said now is said later, and nobody waits for it.
 */
#include "config.h"

#include "master/manager.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "master/notify.h"

static int fd;
static char name[64];
static sd_event *event;

static void
set_up(void)
{
	cr_assert_eq(notify_listen(&fd, name, sizeof(name)), 0);
	cr_assert_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	cr_assert_geq(sd_event_new(&event), 0);
}

static void
clean_up(void)
{
	manager_detach();
	(void)sd_event_unref(event);
}

/* Whoever waits for the reader does so for ever: the timeout is the check. */
TestSuite(manager, .init = set_up, .fini = clean_up, .timeout = 30);

static const char *
heard(void)
{
	static char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* Until no more goes in.  How many did. */
static unsigned
fill(void)
{
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char path[sizeof(name)];
	unsigned n = 0;
	struct {
		sa_family_t family;
		char path[sizeof(name)];
	} sa = { .family = AF_UNIX };

	(void)snprintf(path, sizeof(path), "%s", name);
	memcpy(sa.path + 1, name + 1, strlen(name) - 1);
	while (sendto(s, "x", 1, MSG_DONTWAIT, (const struct sockaddr *)&sa,
	              (socklen_t)(sizeof(sa_family_t) + strlen(name))) == 1)
		n++;
	(void)close(s);
	return n;
}

static void
turn(void)
{
	cr_assert_geq(sd_event_run(event, 0), 0);
}

Test(manager, keeps_the_words_in_order_and_the_last_status)
{
	unsigned n, i;

	cr_assert_eq(manager_attach(event), 0);
	n = fill();
	cr_assert_gt(n, 0);
	manager_tell("READY=1", "one");
	for (i = 0; i < 1000; i++)
		manager_tell_status("two");
	manager_tell("STOPPING=1", "three");
	turn();
	for (i = 0; i < n; i++)
		cr_assert_str_eq(heard(), "x");
	cr_assert_str_eq(heard(), "", "nothing else got in");
	turn();
	cr_assert_str_eq(heard(), "READY=1");
	cr_assert_str_eq(heard(), "STOPPING=1\nSTATUS=three");
	cr_assert_str_eq(heard(), "");
	manager_tell_status("four");
	cr_assert_str_eq(heard(), "STATUS=four");
}

Test(manager, does_not_turn_while_there_is_no_room)
{
	unsigned n, i;

	cr_assert_eq(manager_attach(event), 0);
	n = fill();
	manager_tell("READY=1", NULL);
	for (i = 0; i < 10; i++)
		cr_assert_eq(sd_event_run(event, 0), 0, "nothing is due");
	while (n-- > 0)
		(void)heard();
	cr_assert_gt(sd_event_run(event, 1000000), 0, "there is room");
	cr_assert_str_eq(heard(), "READY=1");
	for (i = 0; i < 10; i++)
		cr_assert_eq(sd_event_run(event, 0), 0, "it is done");
}

Test(manager, forgets_what_is_too_old_to_matter)
{
	char words[32];
	unsigned n, i;

	cr_assert_eq(manager_attach(event), 0);
	n = fill();
	for (i = 0; i < 20; i++) {
		(void)snprintf(words, sizeof(words), "X=%u", i);
		manager_tell(words, NULL);
	}
	while (n-- > 0)
		(void)heard();
	for (i = 0; i < 50; i++)
		turn();
	for (i = 12; i < 20; i++) {
		(void)snprintf(words, sizeof(words), "X=%u", i);
		cr_assert_str_eq(heard(), words);
	}
	cr_assert_str_eq(heard(), "");
}

Test(manager, is_not_held_up_before_there_is_a_loop)
{
	unsigned n = fill();

	manager_tell("EXTEND_TIMEOUT_USEC=5", NULL);
	while (n-- > 0)
		(void)heard();
	manager_tell("READY=1", "up");
	cr_assert_str_eq(heard(), "EXTEND_TIMEOUT_USEC=5");
	cr_assert_str_eq(heard(), "READY=1\nSTATUS=up");
}

Test(manager, gives_up_on_who_has_gone)
{
	cr_assert_eq(manager_attach(event), 0);
	(void)fill();
	manager_tell("READY=1", NULL);
	(void)close(fd);
	turn();
	turn();
	cr_assert_eq(sd_event_run(event, 0), 0, "nothing is left to do");
	cr_assert_eq(notify_listen(&fd, name, sizeof(name)), 0);
	cr_assert_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
	manager_tell_status("to the next");
	cr_assert_str_eq(heard(), "STATUS=to the next");
}

Test(manager, pings_at_half_the_time_and_never_waits)
{
	unsigned n, pings = 0;
	int i;

	cr_assert_eq(setenv("WATCHDOG_USEC", "100000", 1), 0);
	n = fill();
	cr_assert_eq(manager_attach(event), 0);
	for (i = 0; i < 3; i++)
		cr_assert_gt(sd_event_run(event, 5000000), 0);
	while (n-- > 0)
		cr_assert_str_eq(heard(), "x");
	for (i = 0; i < 40 && pings < 4; i++) {
		cr_assert_gt(sd_event_run(event, 5000000), 0);
		pings += strcmp(heard(), "WATCHDOG=1") == 0;
	}
	cr_assert_eq(pings, 4);
	cr_assert_leq(i, 10, "one turn a ping, and one to find the room");
}

Test(manager, refuses_a_watchdog_that_is_no_time)
{
	cr_assert_eq(setenv("WATCHDOG_USEC", "soon", 1), 0);
	cr_assert_eq(manager_attach(event), -EINVAL);
	manager_tell("READY=1", NULL);
	cr_assert_str_eq(heard(), "READY=1");
}

/* The next thing said, and the inode of the socket that came with it; 0: none. */
static ino_t
heard_socket(char *text, size_t size)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { text, size - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	struct stat st = { 0 };
	ssize_t n;
	int got;

	msg.msg_control = control.buf;
	msg.msg_controllen = sizeof(control.buf);
	do
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
	while (n == 1 && text[0] == 'x');
	text[n < 0 ? 0 : n] = '\0';
	for (c = n < 0 ? NULL : CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(&got, CMSG_DATA(c), sizeof(got));
		(void)fstat(got, &st);
		(void)close(got);
	}
	return st.st_ino;
}

Test(manager, hands_sockets_over_and_keeps_the_last_of_a_name)
{
	int a = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[256];
	struct stat st_a, st_b;
	int i;

	cr_assert_eq(fstat(a, &st_a), 0);
	cr_assert_eq(fstat(b, &st_b), 0);
	cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){ 0 }, sizeof(int)),
	             0);
	cr_assert_eq(manager_attach(event), 0);
	notify_keep_socket("a", a);
	cr_assert_eq(heard_socket(text, sizeof(text)), st_a.st_ino);
	cr_assert_str_eq(text, "FDSTORE=1\nFDPOLL=0\nFDNAME=a");

	(void)fill();
	for (i = 0; i < 1000; i++) {
		notify_forget_socket("a");
		notify_keep_socket("a", a);
		notify_forget_socket("b");
		notify_keep_socket("b", b);
	}
	(void)close(a);
	(void)close(b);
	cr_assert_eq(heard_socket(text, sizeof(text)), 0, "only what filled it");
	cr_assert_str_eq(text, "");
	turn();
	cr_assert_eq(heard_socket(text, sizeof(text)), 0);
	cr_assert_str_eq(text, "FDSTOREREMOVE=1\nFDNAME=a");
	cr_assert_eq(heard_socket(text, sizeof(text)), st_a.st_ino);
	cr_assert_eq(heard_socket(text, sizeof(text)), 0);
	cr_assert_str_eq(text, "FDSTOREREMOVE=1\nFDNAME=b");
	cr_assert_eq(heard_socket(text, sizeof(text)), st_b.st_ino);
	cr_assert_eq(heard_socket(text, sizeof(text)), 0);
	cr_assert_str_eq(text, "", "and no more");
}
