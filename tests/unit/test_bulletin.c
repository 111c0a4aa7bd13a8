/*
 * test_bulletin.c - the queue of who wants to know what happens: bounded, and honest.
 */
#include "config.h"

#include "master/bulletin.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"

static struct subscription *
begin(void)
{
	struct subscription *s = calloc(1, sizeof(*s));

	cr_assert(s);
	s->tokens = BULLETIN_PER_SECOND * USEC_PER_SEC;
	return s;
}

static void
add(struct subscription *s, unsigned n, uint64_t now)
{
	struct happening h = { .kind = "ended", .slot = -1 };

	for (; n > 0; n--)
		subscription_add(s, &h, now);
}

static const struct happening *
last(const struct subscription *s)
{
	return s->queue + (s->first + s->n - 1) % BULLETIN_QUEUE;
}

Test(bulletin, has_so_many_a_second_and_says_how_many_more_there_were)
{
	struct subscription *s = begin();

	add(s, BULLETIN_PER_SECOND + 7, 0);
	cr_assert_eq(s->n, BULLETIN_PER_SECOND);
	cr_assert_eq(s->dropped, 7);
	s->first = 3; /* it has read on */
	s->n = 0;
	add(s, 1, USEC_PER_SEC / 2);
	cr_assert_eq(s->n, 2, "what was dropped, and the new one");
	cr_assert_str_eq(s->queue[s->first].kind, "dropped");
	cr_assert(strncmp(s->queue[s->first].text, "7 events were dropped: ", 23) == 0);
	cr_assert_str_eq(last(s)->kind, "ended");
	cr_assert_eq(s->dropped, 0);
	s->n = 0;
	add(s, BULLETIN_PER_SECOND, USEC_PER_SEC / 2);
	cr_assert_eq(s->n, BULLETIN_PER_SECOND / 2 - 1, "half a second's");
	free(s);
}

Test(bulletin, keeps_no_more_than_its_queue)
{
	struct subscription *s = begin();
	uint64_t now;

	for (now = 0; now < 10 * USEC_PER_SEC; now += USEC_PER_SEC)
		add(s, 100, now);
	cr_assert_eq(s->n, BULLETIN_QUEUE);
	cr_assert_eq(s->dropped, 1000 - BULLETIN_QUEUE);
	cr_assert_not(subscription_add_dropped(s), "no room to say it");
	s->first += BULLETIN_RESERVE + 1;
	s->n -= BULLETIN_RESERVE + 1;
	cr_assert(subscription_add_dropped(s));
	cr_assert_str_eq(last(s)->kind, "dropped");
	cr_assert_eq(s->n, BULLETIN_QUEUE - BULLETIN_RESERVE);
	cr_assert(subscription_add_dropped(s), "nothing more to say");
	free(s);
}

Test(bulletin, workers_leave_room_for_what_matters_more)
{
	const struct happening worker = { .kind = "started", .slot = 3 };
	const struct happening end = { .kind = "restarted", .slot = -1 };
	struct subscription *s = begin();
	unsigned i;

	/* More of them in a moment than there may be in a second... */
	for (i = 0; i < 1000; i++)
		subscription_add(s, &worker, 0);
	cr_assert_eq(s->n, BULLETIN_PER_SECOND - BULLETIN_RESERVE);
	subscription_add(s, &end, 0);
	cr_assert_str_eq(last(s)->kind, "restarted");
	cr_assert_eq(s->n, BULLETIN_PER_SECOND - BULLETIN_RESERVE + 2);
	/* ... and more than one keeps that does not read, over a minute. */
	for (i = 1; i < 60; i++) {
		subscription_add(s, &worker, i * USEC_PER_SEC);
		(void)subscription_add_dropped(s); /* as the timer does */
	}
	for (i = 0; i < 1000; i++)
		subscription_add(s, &worker, 60 * USEC_PER_SEC);
	(void)subscription_add_dropped(s);
	cr_assert_eq(s->n, BULLETIN_QUEUE - BULLETIN_RESERVE);
	cr_assert_gt(s->dropped, 0);
	for (i = 0; i < BULLETIN_RESERVE; i++)
		subscription_add(s, &end, 61 * USEC_PER_SEC);
	cr_assert_eq(s->n, BULLETIN_QUEUE);
	cr_assert_str_eq(last(s)->kind, "restarted");
	free(s);
}

Test(bulletin, kind_is_of_the_line)
{
	struct log_fields about = { .message_id = MESSAGE_WORKS_AGAIN };

	cr_assert_str_eq(bulletin_kind(&about), "healed");
	about.event = "started";
	cr_assert_str_eq(bulletin_kind(&about), "started");
	about = (struct log_fields){ .message_id = MESSAGE_CONNECTION_DONE };
	cr_assert_null(bulletin_kind(&about));
	about.message_id = NULL;
	cr_assert_null(bulletin_kind(&about));
}

static char seen[256];

static void
on_line(void *userdata, const struct log_fields *about, const char *line)
{
	(void)userdata;
	(void)snprintf(seen, sizeof(seen), "%s|%s", about->service, line);
}

Test(bulletin, sees_events_of_every_level_and_no_other_line)
{
	const struct log_fields about = { .service = "git" };

	log_set_level(LOG_ERR);
	log_watch(on_line, NULL);
	log_info("no event");
	cr_assert_str_eq(seen, "");
	log_event(LOG_DEBUG, about, "ended after %d", 3);
	cr_assert_str_eq(seen, "git|ended after 3");
	log_enter_worker(about); /* as after a fork */
	log_event(LOG_DEBUG, about, "a worker's");
	cr_assert_str_eq(seen, "git|ended after 3");
}
