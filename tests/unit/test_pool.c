/*
 * test_pool.c - a pool by itself: what its workers report, and its end.
 */
#include "config.h"

#include "pool/pool.h"

#include <criterion/criterion.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/priority.h"
#include "pool/parts.h"
#include "quiet_context.h"
#include "test_load_fixture.h"

static struct settings *settings;
static struct registry registry;
static struct pool_context context;
static struct pool *pool;

static void
begin(void)
{
	struct pool_args args = { .name = "one", .stage = POOL_CURRENT };

	enter_folder();
	settings = load_text("service one { listen = \"127.0.0.1:0\"  builtin = "
	                     "\"echo\"  workers = 4 }");
	cr_assert_not_null(settings, "%s", errors);
	quiet_context(&context, &registry);
	args.settings = settings->services;
	cr_assert_eq(pool_new(&context, &args, &pool), 0);
	cr_assert_eq(pool_open_reports(pool), 0); /* as for the first worker */
}

static void
end(void)
{
	(void)pool_free(pool);
	(void)sd_event_unref(context.event);
	registry_done(&registry);
	(void)settings_free(settings);
	leave_folder();
}

TestSuite(pool, .init = begin, .fini = end, .timeout = 60);

/* As much as it takes; how much that was. */
static unsigned
flood(void)
{
	struct report report = { .kind = REPORT_FAILED };
	unsigned n = 0;

	while (send(pool->worker_report_fd, &report, sizeof(report) - n % 2,
	            MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		n++;
	return n;
}

static int
on_late(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	unsigned *turns = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	(*turns)++;
	return 0;
}

/* Its socket is full whenever the loop looks. */
Test(pool, a_flood_of_reports_leaves_turns_to_everybody)
{
	int fd = eventfd(1, EFD_CLOEXEC);
	sd_event_source *late;
	unsigned turns = 0;
	unsigned room = flood();
	unsigned i;

	cr_assert_gt(room, 64);
	cr_assert_geq(
	    sd_event_add_io(context.event, &late, fd, EPOLLIN, on_late, &turns), 0);
	cr_assert_geq(sd_event_source_set_priority(late, PRIORITY_CONTROL), 0);
	cr_assert_gt(sd_event_run(context.event, 0), 0);
	cr_assert_eq(flood(), 64, "a turn reads a batch");
	for (i = 0; i < 20 && turns == 0; i++) {
		(void)sd_event_run(context.event, 0);
		(void)flood();
	}
	cr_assert_gt(turns, 0);
	(void)sd_event_source_disable_unref(late);
	(void)close(fd);
}

/* Before a worker is buried all that it has said is read. */
Test(pool, hears_all_that_is_there)
{
	struct report report;
	pid_t pid;

	cr_assert_gt(flood(), 64);
	pool_hear_reports(pool);
	cr_assert_eq(report_receive(pool->report_fd, &report, &pid), 0);
}

Test(pool, has_a_socket_for_reports_while_somebody_starts)
{
	struct slot *slot = slots_find_free(&pool->slots);

	slots_take(&pool->slots, slot, getpid(), clock_usec(), USEC_NEVER);
	pool_settle_reports(pool);
	cr_assert_geq(pool->report_fd, 0);
	slots_set_state(&pool->slots, slot, SLOT_RETIRING);
	pool_settle_reports(pool);
	cr_assert_geq(pool->report_fd, 0, "it has not been ready");
	slot->ready_usec = clock_usec();
	pool_settle_reports(pool);
	cr_assert_eq(pool->report_fd, -1);
	pool_hear_reports(pool); /* there is nothing */
	cr_assert_eq(pool_open_reports(pool), 0);
	slots_release(&pool->slots, slot);
}

/* One that not even SIGKILL ends is left behind when the master ends. */
Test(pool, leaves_who_does_not_die)
{
	struct slot *slot = slots_find_free(&pool->slots);

	slots_take(&pool->slots, slot, getpid(), clock_usec(), USEC_NEVER);
	cr_assert_eq(registry_add(&registry, slot), 0);
	cr_assert_eq(registry_find(&registry, getpid()), slot);
	pool = pool_free(pool);
	cr_assert_null(registry_find(&registry, getpid()));
	cr_assert_eq(registry.reserved, 0);
}
