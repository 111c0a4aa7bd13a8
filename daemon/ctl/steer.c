/*
 * steer.c - restart, drain and resume services, have their programs reread.
 *
 * All names are looked at before anything is done: a typo changes nothing.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/display.h"
#include "ctl/patience.h"
#include "ctl/progress.h"
#include "ctl/status.h"

/* "app: drained". */
static void
print_outcome(const char *service, const char *text)
{
	(void)display_put(stdout, service, DISPLAY_WIDE);
	(void)printf(": %s\n", text);
	(void)fflush(stdout); /* the next one may take a while */
}

static enum outcome
check_names(const struct request *q, struct client *c)
{
	enum outcome o = OUTCOME_OK;
	struct snapshot *s;
	size_t i;
	int r;

	r = client_snapshot(c, &s);
	if (r < 0)
		return client_complain(c, r);
	for (i = 0; i < q->n_services && o == OUTCOME_OK; i++) {
		if (!snapshot_find(s, q->services[i]))
			o = no_such_service(s, q->services[i]);
	}
	(void)snapshot_free(s);
	return o;
}

static enum outcome
begin(const struct request *q, struct patience *p, struct client *c)
{
	enum outcome o = patience_begin(p, c, q);

	if (o != OUTCOME_OK)
		return o;
	o = check_names(q, c);
	if (o != OUTCOME_OK)
		client_close(c);
	return o;
}

/* --- restart ---------------------------------------------------------------------- */

struct restart {
	const char *service;
	uint32_t all; /* how many there were to be replaced */
};

static void
on_restart_look(void *userdata, const struct snapshot *s)
{
	struct restart *restart = userdata;
	const struct service_facts *f = snapshot_find(s, restart->service);

	if (!f)
		return;
	if (f->stale > restart->all)
		restart->all = f->stale;
	if (restart->all > 0)
		progress_show("%s: %" PRIu32 " of %" PRIu32 " replaced",
		              restart->service, restart->all - f->stale, restart->all);
}

static enum outcome
restart_one(struct patience *p, const char *service)
{
	struct restart restart = { service, 0 };
	enum outcome o = OUTCOME_OK;
	struct call call;
	char what[512];
	int r;

	progress_show("%s: restarting", service);
	r = client_begin(p->client, service, "Restart", &call);
	if (r >= 0)
		r = patience_wait(p, &call, on_restart_look, &restart);
	progress_end();
	if (r < 0) {
		(void)snprintf(what, sizeof(what),
		               "%s: the end of the restart is not known", service);
		o = patience_complain(p, what, r);
	} else if (sd_bus_message_is_method_error(call.reply, NULL)) {
		o = client_complain_reply(call.reply);
	} else {
		print_outcome(service, "restarted");
	}
	call_done(&call);
	return o;
}

/* One after the other; the first that fails ends it, as a worker ends a restart. */
enum outcome
command_restart(const struct request *q)
{
	struct patience patience;
	struct client c;
	enum outcome o;
	size_t i;

	o = begin(q, &patience, &c);
	if (o != OUTCOME_OK)
		return o;
	for (i = 0; i < q->n_services && o == OUTCOME_OK; i++)
		o = restart_one(&patience, q->services[i]);
	if (i < q->n_services)
		complain("not restarted: %s%s", q->services[i],
		         i + 1 < q->n_services ? " and what follows it" : "");
	client_close(&c);
	return o;
}

/* --- reload ----------------------------------------------------------------------- */

static enum outcome
reload_one(struct patience *p, const char *service)
{
	enum outcome o = OUTCOME_OK;
	const char *text;
	struct call call;
	char what[512];
	int r;

	progress_show("%s: reloading", service);
	r = client_begin(p->client, service, "Reload", &call);
	if (r >= 0)
		r = patience_wait(p, &call, NULL, NULL);
	progress_end();
	if (r < 0) {
		(void)snprintf(what, sizeof(what),
		               "%s: the end of the reload is not known", service);
		o = patience_complain(p, what, r);
	} else if (sd_bus_message_is_method_error(call.reply, NULL)) {
		o = client_complain_reply(call.reply);
	} else {
		r = sd_bus_message_read(call.reply, "s", &text);
		if (r < 0)
			o = client_complain(p->client, r);
		else
			print_outcome(service, text);
	}
	call_done(&call);
	return o;
}

/* What one of them does is nothing to the others. */
enum outcome
reload_services(const struct request *q)
{
	struct patience patience;
	struct client c;
	enum outcome o;
	enum outcome one;
	size_t i;

	if (q->json || q->dry_run) {
		complain(
		    "--json and --dry-run are of the whole reload, without the name "
		    "of a service");
		return OUTCOME_USAGE;
	}
	o = begin(q, &patience, &c);
	if (o != OUTCOME_OK)
		return o;
	for (i = 0; i < q->n_services; i++) {
		one = reload_one(&patience, q->services[i]);
		if (o == OUTCOME_OK)
			o = one;
	}
	client_close(&c);
	return o;
}

/* --- drain, resume ---------------------------------------------------------------- */

/* A method that is answered at once, for all of them. */
static enum outcome
call_all(const struct request *q, struct client *c, const char *method)
{
	enum outcome o = OUTCOME_OK;
	sd_bus_message *reply;
	size_t i;
	int r;

	for (i = 0; i < q->n_services && o == OUTCOME_OK; i++) {
		r = client_ask(c, q->services[i], method, &reply);
		if (r < 0)
			return client_complain(c, r);
		if (sd_bus_message_is_method_error(reply, NULL))
			o = client_complain_reply(reply);
		(void)sd_bus_message_unref(reply);
	}
	return o;
}

struct drain {
	const struct request *q;
	struct client *client;
	bool *told; /* of each service: its end was said */
	size_t left;
	enum outcome outcome;
};

/* Who is told to finish counts no longer as a worker: only the slots show them. */
static void
show_drain(struct drain *d, struct service_facts *f)
{
	if (!progress_is_seen() || client_slots(d->client, f) < 0)
		return;
	progress_show("%s: %zu to finish", f->name, f->n_slots);
}

/* What has become of one; true when that is the end of it. */
static bool
look_at_drain(struct drain *d, const char *service, const struct snapshot *s)
{
	struct service_facts *f = snapshot_find(s, service);

	if (!f) {
		complain("%s: no longer there", service);
		d->outcome = OUTCOME_FAILED;
		return true;
	}
	if (service_is(f, "draining")) {
		show_drain(d, f);
		return false;
	}
	progress_end();
	if (service_is(f, "drained")) {
		print_outcome(service, "drained");
		return true;
	}
	complain("%s: %s: somebody else has resumed it", service, f->state);
	d->outcome = OUTCOME_FAILED;
	return true;
}

static bool
is_drained(void *userdata, const struct snapshot *s)
{
	struct drain *d = userdata;
	size_t i;

	for (i = 0; i < d->q->n_services; i++) {
		if (d->told[i])
			continue;
		d->told[i] = look_at_drain(d, d->q->services[i], s);
		d->left -= d->told[i];
	}
	return d->left == 0;
}

static enum outcome
wait_for_drain(const struct request *q, struct patience *p)
{
	struct drain d = {
		.q = q,
		.client = p->client,
		.left = q->n_services,
		.outcome = OUTCOME_OK,
	};
	int r;

	d.told = calloc(q->n_services, sizeof(*d.told));
	if (!d.told)
		return fail_memory();
	r = patience_watch(p, is_drained, &d);
	progress_end();
	free(d.told);
	return r < 0 ? patience_complain(p, "not drained yet", r) : d.outcome;
}

enum outcome
command_drain(const struct request *q)
{
	struct patience patience;
	struct client c;
	enum outcome o;

	o = begin(q, &patience, &c);
	if (o != OUTCOME_OK)
		return o;
	o = call_all(q, &c, "Drain");
	if (o == OUTCOME_OK && !q->no_wait)
		o = wait_for_drain(q, &patience);
	client_close(&c);
	return o;
}

enum outcome
command_resume(const struct request *q)
{
	struct patience patience;
	struct client c;
	enum outcome o;
	size_t i;

	o = begin(q, &patience, &c);
	if (o != OUTCOME_OK)
		return o;
	o = call_all(q, &c, "Resume");
	for (i = 0; i < q->n_services && o == OUTCOME_OK; i++)
		print_outcome(q->services[i], "resumed");
	client_close(&c);
	return o;
}
