/*
 * test_source.c - the limit of a source: exact, whoever asks at the same time, and
 * wherever a worker dies.
 */
#include "config.h"

#include "worker/source.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"

#define SLOTS 16

static const struct source one = { .id = 1, .family = PEER_IPV4 };
static const struct source other = { .id = 2, .family = PEER_IPV4 };

static void *
shared(size_t size)
{
	void *at =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cr_assert_neq(at, MAP_FAILED);
	return at;
}

static struct source_board
board(void)
{
	struct source_board b;

	source_place(&b, shared(source_size(SLOTS)), SLOTS);
	return b;
}

Test(source, is_what_the_limit_is_about)
{
	struct peer a = { .family = PEER_IPV6, .port = 1 };
	struct peer b = { .family = PEER_IPV6, .port = 2 };
	struct source sa;
	struct source sb;

	memset(a.ip, 1, 16);
	memset(b.ip, 1, 16);
	b.ip[15] = 9;
	source_of(&a, &sa);
	source_of(&b, &sb);
	cr_expect_eq(memcmp(&sa.id, &sb.id, 8), 0, "IPv6: the /64");
	b.ip[7] = 9;
	source_of(&b, &sb);
	cr_expect_neq(sa.id, sb.id);

	a.family = b.family = PEER_IPV4;
	source_of(&a, &sa);
	source_of(&b, &sb);
	cr_expect_eq(sa.id, sb.id, "IPv4: four bytes");
	b.ip[3] = 9;
	source_of(&b, &sb);
	cr_expect_neq(sa.id, sb.id, "IPv4: the /32");

	memset(&a, 0, sizeof(a));
	a.family = PEER_UNIX;
	a.cred.uid = 33;
	a.cred.pid = 4;
	b = a;
	b.cred.pid = 5;
	source_of(&a, &sa);
	source_of(&b, &sb);
	cr_expect_eq(sa.id, sb.id, "unix: the user");
	b.cred.uid = 34;
	source_of(&b, &sb);
	cr_expect_neq(sa.id, sb.id);
}

Test(source, has_as_many_as_it_may_have)
{
	struct source_board b = board();

	cr_expect(source_admit(&b, 0, &one, 2));
	cr_expect(source_admit(&b, 5, &one, 2));
	cr_expect_not(source_admit(&b, 7, &one, 2));
	cr_expect(source_admit(&b, 7, &other, 2), "another has its own");
	cr_expect_eq(source_count(&b, &one), 2);
	cr_expect_eq(source_count(&b, &other), 1);
	source_release(&b, 5);
	cr_expect_eq(source_count(&b, &one), 1);
	cr_expect(source_admit(&b, 5, &one, 2));
	source_release(&b, 0);
	source_release(&b, 5);
	source_release(&b, 7);
	cr_expect_eq(source_count(&b, &one) + source_count(&b, &other), 0);
}

Test(source, of_another_family_is_another)
{
	struct source_board b = board();
	struct source user = { .id = 1, .family = PEER_UNIX };

	cr_expect(source_admit(&b, 0, &one, 1));
	cr_expect(source_admit(&b, 1, &user, 1));
}

Test(source, may_have_all_the_slots)
{
	struct source_board b = board();
	unsigned i;

	for (i = 0; i < SLOTS; i++)
		cr_expect(source_admit(&b, i, &one, SLOTS));
	cr_expect_eq(source_count(&b, &one), SLOTS);
}

Test(source, lets_one_wait_at_a_time)
{
	struct source_board b = board();

	cr_assert(source_admit(&b, 3, &one, 1));
	cr_assert(source_admit(&b, 4, &other, 1));
	cr_assert_not(source_admit(&b, 0, &one, 1));
	cr_expect(source_may_wait(&b, 0, &one));
	cr_assert_not(source_admit(&b, 1, &one, 1));
	cr_expect_not(source_may_wait(&b, 1, &one));
	cr_assert_not(source_admit(&b, 2, &other, 1));
	cr_expect(source_may_wait(&b, 2, &other), "of another source");
	source_wait_over(&b, 0);
	cr_expect(source_may_wait(&b, 1, &one));
	/* Killed while it waited: */
	source_release(&b, 1);
	cr_assert_not(source_admit(&b, 5, &one, 1));
	cr_expect(source_may_wait(&b, 5, &one));
}

/* Somebody who writes nonsense makes limits wrong, and nothing else. */
Test(source, bears_whatever_stands_there, .timeout = 60)
{
	size_t size = source_size(SLOTS);
	unsigned char *memory = shared(size);
	struct source_board b;
	unsigned round;
	size_t i;

	source_place(&b, memory, SLOTS);
	for (round = 0; round < 3000; round++) {
		for (i = 0; i < size; i++)
			memory[i] = (unsigned char)(random() % 3 ? random() : 255);
		(void)source_admit(&b, round % SLOTS, &one, 1 + round % 4);
		cr_assert_leq(source_count(&b, &one), SLOTS);
		source_release(&b, round % SLOTS);
	}
}

/* A child that does not outlive the test, whatever becomes of it. */
static pid_t
start_child(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

/* --- at the same time ---------------------------------------------------------------
 */

struct witness {
	int inside;   /* that have been admitted, as they themselves count */
	int most;     /* ever */
	int admitted; /* times */
	int stop;
};

#define MAX 3
#define ASKERS 6

static void
note_most(struct witness *w, int now)
{
	int before = __atomic_load_n(&w->most, __ATOMIC_SEQ_CST);

	while (now > before &&
	       !__atomic_compare_exchange_n(&w->most, &before, now, false,
	                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static _Noreturn void
ask_again_and_again(struct source_board *b, unsigned slot, struct witness *w)
{
	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		if (!source_admit(b, slot, &one, MAX)) {
			(void)sched_yield();
			continue;
		}
		note_most(w, __atomic_add_fetch(&w->inside, 1, __ATOMIC_SEQ_CST));
		__atomic_fetch_add(&w->admitted, 1, __ATOMIC_SEQ_CST);
		if (random() % 4 == 0)
			(void)sched_yield();
		__atomic_fetch_sub(&w->inside, 1, __ATOMIC_SEQ_CST);
		source_release(b, slot);
	}
	_exit(0);
}

static pid_t
start_asking(struct source_board *b, unsigned slot, struct witness *w)
{
	pid_t pid = start_child();

	if (pid == 0) {
		srandom((unsigned)getpid());
		ask_again_and_again(b, slot, w);
	}
	return pid;
}

static void
pause_msec(long msec)
{
	struct timespec ts = { .tv_nsec = msec * 1000000 };

	(void)nanosleep(&ts, NULL);
}

Test(source, limit_holds_among_many_that_ask_at_once, .timeout = 60)
{
	struct witness *w = shared(sizeof(*w));
	struct source_board b = board();
	pid_t pids[ASKERS];
	unsigned i;

	for (i = 0; i < ASKERS; i++)
		pids[i] = start_asking(&b, i, w);
	for (i = 0; i < 10; i++)
		pause_msec(100);
	w->stop = 1;
	for (i = 0; i < ASKERS; i++)
		cr_assert_eq(waitpid(pids[i], NULL, 0), pids[i]);
	cr_expect_leq(w->most, MAX);
	cr_expect_gt(w->admitted, 1000);
	cr_expect_eq(source_count(&b, &one), 0);
}

/* Two that ask for the one place there is: exactly one gets it, each time. */
Test(source, last_place_is_had_by_exactly_one, .timeout = 60)
{
	struct {
		int round;
		int over;
		int admitted[2];
		int done[2];
	} volatile *s = shared(sizeof(*s));
	uint64_t until = clock_usec() + 2 * USEC_PER_SEC;
	struct source_board b = board();
	pid_t pid = start_child();
	unsigned me = pid == 0;
	int both = 0;
	int none = 0;
	int i;

	for (i = 1; !s->over; i++) {
		if (me == 0)
			s->round = i;
		while (s->round != i)
			(void)sched_yield();
		s->admitted[me] = source_admit(&b, me, &one, 1);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (me == 0 && (i == 20000 || clock_usec() > until))
			s->over = 1;
		s->done[me] = i;
		while (s->done[!me] < i)
			(void)sched_yield();
		if (me == 0) {
			both += s->admitted[0] && s->admitted[1];
			none += !s->admitted[0] && !s->admitted[1];
			source_release(&b, 0);
			source_release(&b, 1);
		}
	}
	if (me == 1)
		_exit(0);
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_gt(i, 10);
	cr_expect_eq(both, 0, "%d times both", both);
	cr_expect_eq(none, 0, "%d times neither", none);
}

/* Killed at any instruction: when the master has freed its line nothing is left. */
Test(source, count_is_exact_after_workers_were_killed, .timeout = 60)
{
	struct witness *w = shared(sizeof(*w));
	struct source_board b = board();
	pid_t pids[ASKERS];
	unsigned kills;
	unsigned i;

	for (i = 0; i < ASKERS; i++)
		pids[i] = start_asking(&b, i, w);
	for (kills = 0; kills < 300; kills++) {
		i = (unsigned)random() % ASKERS;
		cr_assert_eq(kill(pids[i], SIGKILL), 0);
		cr_assert_eq(waitpid(pids[i], NULL, 0), pids[i]);
		source_release(&b, i);
		pids[i] = start_asking(&b, i, w);
	}
	for (i = 0; i < ASKERS; i++) {
		cr_assert_eq(kill(pids[i], SIGKILL), 0);
		cr_assert_eq(waitpid(pids[i], NULL, 0), pids[i]);
		source_release(&b, i);
	}
	cr_expect_eq(source_count(&b, &one), 0);
	for (i = 0; i < MAX; i++)
		cr_expect(source_admit(&b, i, &one, MAX));
	cr_expect_not(source_admit(&b, i, &one, MAX));
}
