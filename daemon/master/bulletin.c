/*
 * bulletin.c - what happens, for the clients of the control bus that want to know.
 *
 * An event is a line of the log that has a kind.  It is only put into the queues where
 * it happens; clients get it in their own turn of the loop, after all that matters
 * more.
 */
#include "config.h"

#include "master/bulletin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/message_id.h"
#include "base/priority.h"
#include "base/utf8.h"
#include "master/bus.h"
#include "master/client.h"
#include "master/control.h"
#include "master/parts.h"

static const struct {
	const char *message_id;
	const char *kind;
} kinds[] = {
	{ MESSAGE_READY, "ready" },
	{ MESSAGE_STOPPING, "stopping" },
	{ MESSAGE_LISTENING, "listening" },
	{ MESSAGE_CANNOT_LISTEN, "failing" },
	{ MESSAGE_LISTENER_LOST, "listener-lost" },
	{ MESSAGE_LIMIT_LOW, "limit-low" },
	{ MESSAGE_START_FAILED, "failing" },
	{ MESSAGE_START_TIMEOUT, "failing" },
	{ MESSAGE_WORKS_AGAIN, "healed" },
	{ MESSAGE_UNKILLABLE, "unkillable" },
	{ MESSAGE_SATURATED, "saturated" },
	{ MESSAGE_RELOADED, "reloaded" },
	{ MESSAGE_RELOAD_REFUSED, "reload-refused" },
	{ MESSAGE_ROLLED_BACK, "rolled-back" },
	{ MESSAGE_RESTARTED, "restarted" },
	{ MESSAGE_RESTART_FAILED, "restart-failed" },
	{ MESSAGE_DRAINED, "drained" },
	{ MESSAGE_RESUMED, "resumed" },
};

const char *
bulletin_kind(const struct log_fields *about)
{
	size_t i;

	if (about->event)
		return about->event;
	for (i = 0; about->message_id && i < countof(kinds); i++) {
		if (strcmp(about->message_id, kinds[i].message_id) == 0)
			return kinds[i].kind;
	}
	return NULL;
}

/* --- the queue of a client ---------------------------------------------------------
 */

static bool
keep(struct subscription *s, const struct happening *h, unsigned reserve)
{
	if (s->n + reserve >= BULLETIN_QUEUE)
		return false;
	s->queue[(s->first + s->n++) % BULLETIN_QUEUE] = *h;
	return true;
}

bool
subscription_add_dropped(struct subscription *s)
{
	struct happening h = { .kind = "dropped", .slot = -1 };

	if (s->dropped == 0)
		return true;
	h.usec = clock_realtime_usec();
	(void)snprintf(
	    h.text, sizeof(h.text),
	    "%" PRIu64 " event%s dropped: there were more than %d a second, or "
	    "nobody read them",
	    s->dropped, s->dropped == 1 ? " was" : "s were", BULLETIN_PER_SECOND);
	if (!keep(s, &h, BULLETIN_RESERVE))
		return false;
	s->dropped = 0;
	return true;
}

void
subscription_add(struct subscription *s, const struct happening *h, uint64_t now_usec)
{
	unsigned reserve = h->slot >= 0 ? BULLETIN_RESERVE : 0;
	uint64_t passed = now_usec - s->tokens_usec;

	/* A second fills the bucket, and does not overflow. */
	s->tokens +=
	    (passed < USEC_PER_SEC ? passed : USEC_PER_SEC) * BULLETIN_PER_SECOND;
	s->tokens_usec = now_usec;
	if (s->tokens > BULLETIN_PER_SECOND * USEC_PER_SEC)
		s->tokens = BULLETIN_PER_SECOND * USEC_PER_SEC;
	if (s->tokens < (1 + reserve) * USEC_PER_SEC) {
		s->dropped++;
		return;
	}
	(void)subscription_add_dropped(s); /* if there is room: it goes before */
	if (keep(s, h, reserve))
		s->tokens -= USEC_PER_SEC;
	else
		s->dropped++;
}

/* --- all clients --------------------------------------------------------------------
 */

/* What was dropped is said a second later, if nothing has come that it goes with. */
static int
on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct control *c = userdata;
	bool again = false;
	unsigned i;

	(void)usec;
	for (i = 0; i < c->n_clients; i++) {
		if (!c->clients[i]->subscription)
			continue;
		again |= !subscription_add_dropped(c->clients[i]->subscription);
		client_wake(c->clients[i]);
	}
	if (!again)
		return 0;
	if (sd_event_source_set_time_relative(source, USEC_PER_SEC) < 0)
		return 0;
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void
arm_timer(struct control *c)
{
	int enabled = SD_EVENT_OFF;

	if (!c->bulletin_timer) {
		if (sd_event_add_time_relative(c->master->event, &c->bulletin_timer,
		                               CLOCK_MONOTONIC, USEC_PER_SEC, 0,
		                               on_timer, c) >= 0)
			(void)sd_event_source_set_priority(c->bulletin_timer,
			                                   PRIORITY_CONTROL);
		return;
	}
	if (sd_event_source_get_enabled(c->bulletin_timer, &enabled) > 0 &&
	    enabled != SD_EVENT_OFF)
		return;
	if (sd_event_source_set_time_relative(c->bulletin_timer, USEC_PER_SEC) >= 0)
		(void)sd_event_source_set_enabled(c->bulletin_timer, SD_EVENT_ONESHOT);
}

static void
on_line(void *userdata, const struct log_fields *about, const char *line)
{
	struct control *c = userdata;
	struct happening h = { .kind = bulletin_kind(about), .slot = -1 };
	struct subscription *s;
	unsigned i;

	if (!h.kind)
		return;
	h.usec = clock_realtime_usec();
	(void)snprintf(h.service, sizeof(h.service), "%s",
	               about->service ? about->service : "");
	(void)snprintf(h.pool, sizeof(h.pool), "%s", about->pool ? about->pool : "");
	(void)snprintf(h.cause, sizeof(h.cause), "%s",
	               about->cause ? about->cause : "");
	(void)snprintf(h.text, sizeof(h.text), "%.*s", (int)sizeof(h.text) - 1, line);
	utf8_repair(h.text); /* its last character may be cut */
	if (about->in_slot)
		h.slot = (int32_t)about->slot;
	h.pid = (uint32_t)about->pid;
	for (i = 0; i < c->n_clients; i++) {
		s = c->clients[i]->subscription;
		if (!s ||
		    (*s->service && *h.service && strcmp(s->service, h.service) != 0))
			continue;
		subscription_add(s, &h, clock_usec());
		if (s->dropped > 0)
			arm_timer(c);
		client_wake(c->clients[i]);
	}
}

int
bulletin_on_subscribe(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct client *c = userdata;
	const char *service;
	int r;

	(void)error;
	r = sd_bus_message_read(m, "s", &service);
	if (r < 0)
		return r;
	if (strlen(service) >= sizeof(c->subscription->service))
		return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
		                        "that is no name of a service");
	if (!c->subscription) {
		c->subscription = calloc(1, sizeof(*c->subscription));
		if (!c->subscription)
			return -ENOMEM;
		c->subscription->tokens = BULLETIN_PER_SECOND * USEC_PER_SEC;
		c->subscription->tokens_usec = clock_usec();
		log_watch(on_line, c->control);
	}
	(void)snprintf(c->subscription->service, sizeof(c->subscription->service), "%s",
	               service);
	return sd_bus_reply_method_return(m, "");
}

static int
send_one(struct client *c, const struct happening *h)
{
	return sd_bus_emit_signal(c->bus, BUS_PATH, BUS_MANAGER, "Event", "tsssiuss",
	                          h->usec, h->kind, h->service, h->pool, h->slot,
	                          h->pid, h->cause, h->text);
}

int
bulletin_flush(struct client *c)
{
	struct subscription *s = c->subscription;
	int r;

	while (s && s->n > 0 && !client_has_answers(c)) {
		r = send_one(c, s->queue + s->first);
		if (r < 0)
			return r;
		s->first = (s->first + 1) % BULLETIN_QUEUE;
		s->n--;
	}
	return 0;
}

void
bulletin_forget(struct client *c)
{
	const struct control *control = c->control;
	unsigned i;

	if (!c->subscription)
		return;
	free(c->subscription);
	c->subscription = NULL;
	for (i = 0; i < control->n_clients; i++) {
		if (control->clients[i] != c && control->clients[i]->subscription)
			return;
	}
	log_watch(NULL, NULL);
}
