/*
 * test_services.c - who gets which passed socket, and what a status says.
 *
 * The pools of the status are made by hand, without processes or an event loop: it
 * reads slots and pages only.
 */
#include "config.h"

#include "master/gather.h"
#include "master/services.h"
#include "master/status.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/nofork.h"

TestSuite(services, .timeout = 60);

/* --- the status ---------------------------------------------------------------------
 */

struct row {
	const char *name;
	enum handler_kind handler;
	unsigned n_pools, ready, busy; /* of each pool */
	const char *failure;           /* of the last pool */
};

#define STATUS_ROWS 4

struct fixture {
	struct services services;
	struct service *table[STATUS_ROWS];
	struct service service[STATUS_ROWS];
	struct service_settings settings[STATUS_ROWS];
	struct pool pool[STATUS_ROWS][3];
	struct pool *list[STATUS_ROWS][3];
};

static void
make_pool(struct pool *p, const struct service_settings *set, const struct row *row)
{
	const struct peer peer = { 0 };
	unsigned i;

	memset(p, 0, sizeof(*p));
	p->settings = set;
	cr_assert_eq(slots_init(&p->slots, p, 64), 0);
	cr_assert_eq(scoreboard_init(&p->scoreboard, 64), 0);
	p->believed = nofork_alloc(64 * sizeof(*p->believed));
	cr_assert_not_null(p->believed);
	for (i = 0; i < row->ready; i++) {
		slots_take(&p->slots, &p->slots.table[i], (pid_t)(100 + i), 1,
		           USEC_NEVER);
		slots_set_state(&p->slots, &p->slots.table[i], SLOT_READY);
		score_clear(&p->scoreboard, i, clock_usec());
		score_set_idle(&p->scoreboard, i, clock_usec());
		if (i < row->busy)
			score_set_busy(&p->scoreboard, i, clock_usec(), &peer);
	}
	/* One that has been told to end is busy, but not the pool's any more; and one
	 * that has yet to start counts for nothing. */
	slots_take(&p->slots, &p->slots.table[62], 990, 1, USEC_NEVER);
	slots_set_state(&p->slots, &p->slots.table[62], SLOT_RETIRING);
	score_set_busy(&p->scoreboard, 62, clock_usec(), &peer);
	slots_take(&p->slots, &p->slots.table[63], 991, 1, USEC_NEVER);
}

static void
make(struct fixture *f, const struct row *rows, size_t n)
{
	size_t i;
	unsigned j;

	memset(f, 0, sizeof(*f));
	f->services.table = f->table;
	f->services.n = n;
	for (i = 0; i < n; i++) {
		f->settings[i].name = (char *)rows[i].name;
		f->settings[i].handler = rows[i].handler;
		f->settings[i].workers = 8;
		f->table[i] = &f->service[i];
		f->service[i].settings = &f->settings[i];
		f->service[i].pools = f->list[i];
		f->service[i].n_pools = rows[i].n_pools;
		for (j = 0; j < rows[i].n_pools; j++) {
			f->list[i][j] = &f->pool[i][j];
			make_pool(&f->pool[i][j], &f->settings[i], &rows[i]);
		}
		if (rows[i].failure)
			(void)snprintf(f->pool[i][j - 1].failure,
			               sizeof(f->pool[i][j - 1].failure), "%s",
			               rows[i].failure);
	}
}

Test(services, are_described_by_their_figures)
{
	static const struct {
		const char *text;
		size_t n;
		struct row rows[STATUS_ROWS];
	} rows[] = {
		{ "no service is enabled; add one to the configuration, see "
		  "preforkd.conf(5)",
		  0,
		  { { 0 } } },
		{ "git 3/8 busy, 0 queued",
		  1,
		  { { "git", HANDLER_INETD, 1, 8, 3, NULL } } },
		{ "git 0/0 busy, 0 queued",
		  1,
		  { { "git", HANDLER_BUILTIN, 1, 0, 0, NULL } } },
		{ "git 6/16 busy, 0 queued; app 4 running, 0 queued",
		  2,
		  { { "git", HANDLER_INETD, 2, 8, 3, NULL },
		    { "app", HANDLER_PROGRAM, 1, 4, 0, NULL } } },
		{ "1 of 3 services failing: app (cannot start workers: x); git 0/8 "
		  "busy, 0 queued; app 0 running, 0 queued; echo 8/8 busy, 0 queued",
		  3,
		  { { "git", HANDLER_INETD, 1, 8, 0, NULL },
		    { "app", HANDLER_PROGRAM, 1, 0, 0, "cannot start workers: x" },
		    { "echo", HANDLER_BUILTIN, 1, 8, 8, NULL } } },
		{ "2 of 4 services failing: a (one), c (two); a 0/2 busy, 0 queued; b "
		  "1/1 busy, 0 queued; c 3/3 busy, 0 queued; d 0/1 busy, 0 queued",
		  4,
		  { { "a", HANDLER_INETD, 2, 1, 0, "one" },
		    { "b", HANDLER_INETD, 1, 1, 1, NULL },
		    { "c", HANDLER_INETD, 3, 1, 1, "two" },
		    { "d", HANDLER_INETD, 1, 1, 0, NULL } } },
		{ "1 of 1 services failing: git (down); git 0/0 busy, 0 queued",
		  1,
		  { { "git", HANDLER_INETD, 1, 0, 0, "down" } } },
	};
	static struct fixture f;
	char buf[1024], small[1024];
	size_t i, size;

	for (i = 0; i < countof(rows); i++) {
		make(&f, rows[i].rows, rows[i].n);
		cr_expect_eq(services_describe(&f.services, buf, sizeof(buf)), buf);
		cr_expect_str_eq(buf, rows[i].text, "row %zu: '%s'", i, buf);

		/* Cut, at every length, and nothing written behind. */
		for (size = 1; size <= strlen(rows[i].text) + 1; size++) {
			memset(small, 'X', sizeof(small));
			(void)services_describe(&f.services, small, size);
			cr_assert_eq(strlen(small), size - 1, "row %zu: %zu", i, size);
			cr_assert_eq(strncmp(small, rows[i].text, size - 1), 0);
			cr_assert_eq(small[size], 'X', "row %zu: %zu", i, size);
		}
	}
}

Test(services, fail_when_any_of_their_pools_does)
{
	static const struct row rows[] = {
		{ "git", HANDLER_INETD, 3, 1, 0, "the third" },
		{ "echo", HANDLER_INETD, 3, 1, 0, NULL },
	};
	static struct fixture f;

	make(&f, rows, 2);
	cr_assert(service_is_failing(&f.service[0]));
	cr_assert_str_eq(service_failure(&f.service[0]), "the third");
	(void)snprintf(f.pool[0][0].failure, sizeof(f.pool[0][0].failure), "the first");
	cr_assert_str_eq(service_failure(&f.service[0]), "the first");
	cr_assert_not(service_is_failing(&f.service[1]));
	cr_assert_null(service_failure(&f.service[1]));
}

/* --- passed sockets ------------------------------------------------------------------
 */

static int
listening_socket(struct passed *p, const char *name)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	memset(p, 0, sizeof(*p));
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_geq(p->fd, 0);
	cr_assert_eq(bind(p->fd, (const struct sockaddr *)&sa, sizeof(sa)), 0);
	cr_assert_eq(listen(p->fd, 10), 0);
	cr_assert_eq(address_of_socket(p->fd, &p->local), 0);
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	return p->fd;
}

static struct address
address(const char *text)
{
	struct address a;
	const char *why;

	cr_assert_eq(address_parse(text, &a, &why), 0, "%s", why);
	return a;
}

/* What services_init() says of sockets when no service is left to take them. */
static int
start_nobody(struct activation *a)
{
	const struct settings settings = { 0 };
	struct services s;
	int r = services_init(&s, &settings, a, NULL);

	services_done(&s);
	return r;
}

static int
gather_for(const struct service_settings *set, struct activation *a, bool only_one,
           struct listener **list, size_t *n)
{
	const struct sources from = { .activation = a, .only_one = only_one };

	return service_listeners(set, &from, list, n);
}

Test(services, get_passed_sockets_by_name_then_by_address_then_open_the_rest)
{
	struct passed passed[3];
	struct activation a = { passed, 3 };
	struct address listen[3];
	struct service_settings set = { .name = (char *)"git",
		                        .handler = HANDLER_INETD,
		                        .listen = listen,
		                        .n_listen = 3 };
	struct listener *list;
	size_t n;
	int by_address = listening_socket(&passed[0], "unknown");
	int other = listening_socket(&passed[1], "echo");
	int by_name = listening_socket(&passed[2], "git");

	listen[0] = address("127.0.0.1:1");
	listen[1] = passed[0].local;
	listen[2] = passed[2].local;
	cr_assert_eq(gather_for(&set, &a, false, &list, &n), 0);
	cr_assert_eq(n, 3);
	cr_assert_eq(list[0].fd, -1, "not passed: the pool opens it");
	cr_assert_not(list[0].adopted);
	cr_assert_str_eq(list[0].asked.text, "127.0.0.1:1");
	cr_assert_eq(list[1].fd, by_address);
	cr_assert(list[1].adopted);
	cr_assert_eq(list[2].fd, by_name);
	cr_assert(list[2].adopted);
	cr_assert_eq(passed[1].fd, other, "another service's is left");
	cr_assert_eq(passed[0].fd, -1);
	cr_assert_eq(passed[2].fd, -1);
	cr_assert_eq(start_nobody(&a), -EINVAL,
	             "which is a mistake if it is not taken");
	passed[1].fd = -1;
	cr_assert_eq(start_nobody(&a), 0);
	free(list);
}

Test(services, may_leave_a_passed_socket_and_come_back)
{
	struct passed passed[1];
	struct activation a = { passed, 1 };
	struct address elsewhere = address("127.0.0.1:1");
	struct service_settings set = { .name = (char *)"git",
		                        .handler = HANDLER_INETD };
	struct listener *list;
	struct address at;
	size_t n;

	(void)listening_socket(&passed[0], "git");
	passed[0].returned = false;
	at = passed[0].local;
	cr_assert_eq(gather_for(&set, &a, false, &list, &n), 0);
	cr_assert_eq(passed[0].fd, -1);
	cr_assert_eq(activation_give_back(&a, list[0].fd, &list[0].bound), 0);
	listener_close(&list[0]);
	free(list);
	/* It has said that it listens elsewhere, and stays there. */
	set.listen = &elsewhere;
	set.n_listen = 1;
	cr_assert_eq(gather_for(&set, &a, false, &list, &n), 0);
	cr_assert_eq(list[0].fd, -1);
	cr_assert_geq(passed[0].fd, 0);
	free(list);
	/* Back by its address, or because it does not say any. */
	set.listen = &at;
	cr_assert_eq(gather_for(&set, &a, false, &list, &n), 0);
	cr_assert_geq(list[0].fd, 0);
	cr_assert_eq(activation_give_back(&a, list[0].fd, &list[0].bound), 0);
	listener_close(&list[0]);
	free(list);
	set.n_listen = 0;
	cr_assert_eq(gather_for(&set, &a, false, &list, &n), 0);
	cr_assert_eq(n, 1);
	listener_close(&list[0]);
	free(list);
}

Test(services, that_stand_alone_take_all_that_is_passed)
{
	struct passed passed[3];
	struct activation a = { passed, 3 };
	struct service_settings set = { .name = (char *)"git",
		                        .handler = HANDLER_INETD };
	struct listener *list;
	size_t n, i;

	for (i = 0; i < 3; i++)
		(void)listening_socket(&passed[i], i == 1 ? "git" : "unknown");
	passed[2].unfit = "it is not listening";
	cr_assert_eq(gather_for(&set, &a, true, &list, &n), 0);
	cr_assert_eq(n, 2, "by name first, then the rest, but for what is unfit");
	cr_assert_str_eq(list[0].asked.text, passed[1].local.text);
	cr_assert_str_eq(list[1].asked.text, passed[0].local.text);
	cr_assert_eq(start_nobody(&a), -EINVAL, "that is a mistake");
	free(list);
}

Test(services, that_get_what_they_cannot_use_say_so)
{
	struct passed passed[2];
	struct activation a = { passed, 1 };
	struct address listen = address("127.0.0.1:1");
	struct service_settings set = { .name = (char *)"git",
		                        .handler = HANDLER_INETD };
	struct listener *list = (void *)&list, *untouched = list;
	size_t n = 77;

	/* Nothing passed, nothing to listen on. */
	a.n = 0;
	cr_assert_eq(gather_for(&set, &a, true, &list, &n), -EINVAL);
	/* By name, but not where its listen says. */
	a.n = 1;
	(void)listening_socket(&passed[0], "git");
	set.listen = &listen;
	set.n_listen = 1;
	cr_assert_eq(gather_for(&set, &a, true, &list, &n), -EINVAL);
	/* Two for a program that has one place for them. */
	a.n = 2;
	(void)listening_socket(&passed[1], "git");
	set.n_listen = 0;
	set.handler = HANDLER_PROGRAM;
	set.pass = PASS_STDIN;
	cr_assert_eq(gather_for(&set, &a, true, &list, &n), -EINVAL);
	cr_assert(list == untouched && n == 77, "nothing is returned");
	cr_assert_eq(fcntl(passed[0].fd, F_GETFD), -1, "and nothing left open");
}
