/*
 * test_scoreboard.c - what workers say, and what of it is believed.
 */
#include "config.h"

#include "worker/scoreboard.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"

#define PAGE 4096
#define SLOTS 4

static unsigned
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	cr_assert_not_null(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

static struct score
read_at(const struct scoreboard *b, unsigned slot, uint64_t now)
{
	struct score s;

	score_read(b, slot, now, &s);
	return s;
}

Test(scoreboard, keeps_no_descriptor)
{
	struct scoreboard b = { 0 };
	unsigned before = descriptors();

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	cr_assert_eq(descriptors(), before);
	scoreboard_done(&b);
	cr_assert_null(b.board);
	scoreboard_done(&b);
}

Test(scoreboard, tells_what_a_worker_has_written)
{
	struct peer peer = { .family = PEER_IPV4, .port = 80, .ip = { 192, 0, 2, 7 } };
	struct scoreboard b = { 0 };
	const struct connection c = { .since_usec = 13, .in = 5, .out = 6 };
	struct score s;

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_STARTING);

	score_clear(&b, 2, 10);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_STARTING);
	cr_expect_eq(s.since_usec, 10);

	score_set_idle(&b, 2, 20);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_IDLE);
	cr_expect_eq(s.since_usec, 20);

	score_set_busy(&b, 2, 30, &peer);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_BUSY);
	cr_expect_eq(s.since_usec, 30);
	cr_expect_eq(memcmp(&s.peer, &peer, sizeof(peer)), 0);

	score_count(&b, 2, &c, SERVE_DONE, 20);
	score_count(&b, 2, &c, SERVE_STATUS, 20);
	score_count(&b, 2, &c, SERVE_IDLE, 20);
	score_set_leaving(&b, 2, 40);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_LEAVING);
	cr_expect_eq(s.connections, 3);
	cr_expect_eq(s.failed, 2);
	cr_expect_eq(s.timed_out, 1);
	cr_expect_eq(s.effort.times[3], 3, "of 7 microseconds");
	cr_expect_eq(s.effort.busy_usec, 21);
	cr_expect_eq(s.effort.in, 15);
	cr_expect_eq(s.effort.out, 18);

	/* Its neighbours have not noticed; the next one in the slot begins anew. */
	cr_expect_eq(read_at(&b, 1, 50).connections, 0);
	cr_expect_eq(read_at(&b, 3, 50).state, SCORE_STARTING);
	score_clear(&b, 2, 45);
	s = read_at(&b, 2, 50);
	cr_expect_eq(s.state, SCORE_STARTING);
	cr_expect_eq(s.connections, 0);
	cr_expect_eq(s.peer.family, PEER_NONE);
	scoreboard_done(&b);
}

Test(scoreboard, bounds_whatever_stands_there)
{
	struct scoreboard b = { 0 };
	unsigned char *page;
	struct score s;
	unsigned round;
	size_t i;

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	page = (unsigned char *)b.pages + PAGE;
	for (round = 0; round < 20000; round++) {
		/* Few values, so that extremes are frequent. */
		for (i = 0; i < 128; i++)
			page[i] = (unsigned char)(random() % 3 ? random() : 255);
		score_read(&b, 1, 1000, &s);
		cr_assert_lt(s.state, SCORE_N_STATES);
		cr_assert_leq(s.since_usec, 1000);
		cr_assert_leq(s.failed, s.connections);
		cr_assert_leq(s.timed_out, s.failed);
		cr_assert_lt(s.peer.family, PEER_N_FAMILIES);
	}
	scoreboard_done(&b);
}

Test(scoreboard, does_not_wait_for_a_worker_that_never_finishes_writing, .timeout = 10)
{
	struct scoreboard b = { 0 };

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	score_set_idle(&b, 0, 5);
	*(uint32_t *)b.pages |= 1; /* the sequence stays odd: writing */
	cr_expect_eq(read_at(&b, 0, 10).state, SCORE_IDLE);
	/* The next worker in the slot puts it right. */
	score_clear(&b, 0, 6);
	cr_expect_eq(*(uint32_t *)b.pages % 2, 0);
	scoreboard_done(&b);
}

/* What a child that has kept only slot 1 ends with when it writes there. */
static int
end_of_writing(struct scoreboard *b, unsigned slot)
{
	int status = 0;
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would report it */
		scoreboard_keep_only(b, 1);
		board_give_idle(b);
		score_set_idle(b, slot, 7);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

Test(scoreboard, leaves_a_worker_its_own_page_and_the_board, .timeout = 30)
{
	struct scoreboard b = { 0 };
	unsigned slot;
	int status;

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	for (slot = 0; slot < SLOTS; slot++) {
		status = end_of_writing(&b, slot);
		if (slot == 1)
			cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		else
			cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
			          "slot %u: status %#x", slot, status);
	}
	cr_expect_eq(b.board->idle, SLOTS, "the board is shared");
	cr_expect_eq(read_at(&b, 1, 50).since_usec, 7, "and so is the page");
	scoreboard_done(&b);
}

Test(scoreboard, wakes_the_master_once_when_the_last_idle_worker_goes)
{
	struct scoreboard b = { 0 };

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	board_give_idle(&b);
	board_give_idle(&b);
	board_arm(&b, 1);
	cr_expect_not(board_take_idle(&b), "one is left");
	cr_expect(board_take_idle(&b), "that was the last");
	board_give_idle(&b);
	cr_expect_not(board_take_idle(&b), "the master has not asked again");
	board_give_idle(&b);
	board_arm(&b, 1);
	cr_expect(board_take_idle(&b), "now it has");
	scoreboard_done(&b);
}

Test(scoreboard, wakes_the_master_when_fewer_are_left_than_it_said)
{
	struct scoreboard b = { 0 };
	unsigned i;

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	for (i = 0; i < 6; i++)
		board_give_idle(&b);
	board_restart_low(&b, 6);
	board_arm(&b, 4);
	cr_expect_not(board_take_idle(&b), "five are left");
	cr_expect_not(board_take_idle(&b), "four are left");
	cr_expect(board_take_idle(&b), "three are left");
	board_give_idle(&b);
	cr_expect_eq(board_low(&b), 3, "the fewest there were");
	cr_expect_eq(board_idle(&b), 4);
	scoreboard_done(&b);
}

Test(scoreboard, puts_any_count_right)
{
	static const int32_t lies[] = { INT32_MIN, INT32_MIN + 1, -1, 0, 7, INT32_MAX };
	struct scoreboard b = { 0 };
	size_t i;

	cr_assert_eq(scoreboard_init(&b, SLOTS), 0);
	for (i = 0; i < countof(lies); i++) {
		b.board->idle = lies[i];
		board_correct(&b, 3 - board_idle(&b));
		cr_expect_eq(board_idle(&b), 3, "after %d", lies[i]);
		b.board->low = lies[i];
		cr_expect_eq(board_low(&b), lies[i] > 0 ? (unsigned)lies[i] : 0);
	}
	scoreboard_done(&b);
}
