/*
 * events.c - what happens, as it happens, until somebody ends it.
 *
 * The daemon sends a signal for each event once it is asked to; nothing is asked again.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/display.h"
#include "ctl/interrupt.h"
#include "ctl/json.h"
#include "ctl/status.h"

/* Between two looks for a daemon that is away. */
#define AGAIN_USEC (500 * USEC_PER_MSEC)

struct event {
	uint64_t usec;
	const char *kind;
	const char *service;
	const char *pool;
	int32_t slot;
	uint32_t pid;
	const char *cause;
	const char *text;
};

static void
print_json(const struct event *e)
{
	struct json j = { stdout, false };

	json_begin(&j, '{');
	json_add_number(&j, "usec", e->usec);
	json_add_string(&j, "kind", e->kind);
	json_add_string(&j, "service", *e->service ? e->service : NULL);
	json_add_string(&j, "pool", *e->pool ? e->pool : NULL);
	json_key(&j, "slot");
	if (e->slot < 0)
		json_null(&j);
	else
		json_number(&j, (uint64_t)e->slot);
	json_key(&j, "pid");
	if (e->pid == 0)
		json_null(&j);
	else
		json_number(&j, e->pid);
	json_add_string(&j, "cause", *e->cause ? e->cause : NULL);
	json_add_string(&j, "text", e->text);
	json_end(&j, '}');
	(void)putchar('\n');
}

/* "14:23:41.123  ended           git[1] pid 4711 killed by SIGSEGV after 3 s" */
static void
print_line(const struct event *e)
{
	time_t seconds = (time_t)(e->usec / USEC_PER_SEC);
	struct tm tm;
	char at[32] = "?";
	size_t taken;

	if (localtime_r(&seconds, &tm))
		(void)strftime(at, sizeof(at), "%H:%M:%S", &tm);
	(void)printf("%s.%03u  ", at, (unsigned)(e->usec / USEC_PER_MSEC % 1000));
	taken = display_put(stdout, e->kind, DISPLAY_WIDE);
	(void)printf("%*s  ", taken < 14 ? (int)(14 - taken) : 0, "");
	(void)display_put(stdout, e->text, DISPLAY_WIDE);
	(void)putchar('\n');
}

static int
on_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	const struct request *q = userdata;
	struct event e;

	(void)ret_error;
	if (!sd_bus_message_is_signal(m, MANAGER_INTERFACE, "Event"))
		return 0;
	if (sd_bus_message_read(m, "tsssiuss", &e.usec, &e.kind, &e.service, &e.pool,
	                        &e.slot, &e.pid, &e.cause, &e.text) < 0)
		return 0; /* of another version */
	if (q->json)
		print_json(&e);
	else
		print_line(&e);
	(void)fflush(stdout);
	return 1;
}

/* Connects, checks the name, subscribes.  0, or -errno; *ret_outcome then is not
 * OUTCOME_OK if it has been said already. */
static int
subscribe(const struct request *q, struct client *c, bool first,
          enum outcome *ret_outcome)
{
	const char *service = q->n_services ? q->services[0] : "";
	uint64_t limit = q->timeout_usec ? q->timeout_usec : ANSWER_USEC;
	struct snapshot *s;
	int r;

	r = client_open(c, &q->target, limit);
	if (r < 0)
		return r;
	if (first && *service) {
		r = client_snapshot(c, &s);
		if (r < 0)
			return r;
		if (!snapshot_find(s, service))
			*ret_outcome = no_such_service(s, service);
		(void)snapshot_free(s);
		if (*ret_outcome != OUTCOME_OK)
			return -ENOENT;
	}
	r = sd_bus_add_filter(c->bus, NULL, on_message, (void *)(uintptr_t)q);
	if (r < 0)
		return r;
	return client_subscribe(c, service);
}

/* Until the daemon ends, or somebody ends us. */
static int
listen_on(struct client *c)
{
	int r = 0;

	while ((r == 0 || r == -EINTR) && !interrupt_wants_end()) {
		if (ferror(stdout))
			return -EPIPE;
		if (interrupt_wants_pause())
			interrupt_pause();
		r = client_listen(c, USEC_NEVER);
	}
	return r == -EINTR ? 0 : r;
}

static void
say_state(const struct request *q, const char *text)
{
	complain("%s: %s", q->target.text, text);
}

enum outcome
command_events(const struct request *q)
{
	struct client c = { NULL, NULL, 0 };
	enum outcome o = OUTCOME_OK;
	bool first = true;
	bool away = false;
	int r = 0;

	interrupt_catch();
	while (!interrupt_wants_end()) {
		r = subscribe(q, &c, first, &o);
		if (r == 0) {
			if (first || away)
				say_state(q, "listening for events");
			first = away = false;
			r = listen_on(&c);
		}
		client_close(&c);
		if (o != OUTCOME_OK || !q->follow || r == -EACCES || r == -EPERM ||
		    r == -EINVAL || r == -EPIPE || r == -ENOMEM)
			break;
		if (!away && !interrupt_wants_end())
			say_state(q, "preforkd is not there, waiting for it");
		away = true;
		if (!interrupt_wants_end())
			interrupt_sleep(clock_usec() + AGAIN_USEC);
	}
	if (o != OUTCOME_OK || interrupt_wants_end())
		return o;
	if (r == -EPIPE && ferror(stdout))
		return OUTCOME_FAILED; /* whoever closes stdout says why */
	if (first)
		return client_explain(&q->target, r);
	return r < 0 ? client_complain(&c, r) : OUTCOME_OK;
}
