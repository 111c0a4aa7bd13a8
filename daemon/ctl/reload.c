/*
 * reload.c - the daemon reads its configuration again, and what comes of it.
 *
 * This is what ExecReload= runs: what has failed is on stderr and in the exit status.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "base/number.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/display.h"
#include "ctl/json.h"
#include "ctl/patience.h"
#include "ctl/progress.h"

struct change {
	const char *service;
	const char *outcome;
	const char *detail;
};

/* "web reloaded (workers)". */
static void
print_change(const struct change *change)
{
	(void)display_put(stdout, change->service, DISPLAY_WIDE);
	(void)putchar(' ');
	(void)display_put(stdout, change->outcome, DISPLAY_WIDE);
	if (*change->detail) {
		(void)fputs(" (", stdout);
		(void)display_put(stdout, change->detail, DISPLAY_WIDE);
		(void)putchar(')');
	}
	(void)putchar('\n');
}

static void
add_change(struct json *j, const struct change *change)
{
	json_begin(j, '{');
	json_add_string(j, "service", change->service);
	json_add_string(j, "outcome", change->outcome);
	json_add_string(j, "detail", *change->detail ? change->detail : NULL);
	json_end(j, '}');
}

/* After a reload only what has changed is worth a line each. */
static int
print_changes(const struct request *q, sd_bus_message *reply)
{
	struct json j = { stdout, false };
	struct change change;
	size_t unchanged = 0;
	size_t changed = 0;
	size_t reread = 0;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "(sss)");
	if (r < 0)
		return r;
	if (q->json)
		json_begin(&j, '[');
	for (;;) {
		r = sd_bus_message_read(reply, "(sss)", &change.service,
		                        &change.outcome, &change.detail);
		if (r <= 0)
			break;
		if (strcmp(change.outcome, "unchanged") == 0 && *change.detail &&
		    !q->dry_run)
			reread++;
		else if (strcmp(change.outcome, "unchanged") == 0)
			unchanged++;
		else
			changed++;
		if (q->json)
			add_change(&j, &change);
		else if (q->dry_run || *change.detail ||
		         strcmp(change.outcome, "unchanged") != 0)
			print_change(&change);
	}
	if (q->json) {
		json_end(&j, ']');
		(void)putchar('\n');
	} else if (changed == 0 && reread == 0) {
		(void)printf("nothing %schanged%s\n", q->dry_run ? "would be " : "has ",
		             unchanged == 0 ? ": there is no service" : "");
	} else if (unchanged > 0 && !q->dry_run) {
		(void)printf("%zu unchanged\n", unchanged);
	}
	return r;
}

/* What new workers have yet to prove, the daemon does not tell; time passes. */
static void
on_look(void *userdata, const struct snapshot *s)
{
	const uint64_t *begin = userdata;
	char lasted[32];

	(void)s;
	progress_show("reloading for %s",
	              duration_describe(clock_usec() - *begin, lasted, sizeof(lasted)));
}

enum outcome
command_reload(const struct request *q)
{
	uint64_t begin = clock_usec();
	struct patience patience;
	struct client c;
	struct call call;
	enum outcome o;
	int r;

	if (q->n_services > 0)
		return reload_services(q);
	o = patience_begin(&patience, &c, q);
	if (o != OUTCOME_OK)
		return o;
	r = client_begin(&c, NULL, q->dry_run ? "PreviewReload" : "Reload", &call);
	if (r >= 0)
		r = patience_wait(&patience, &call, on_look, &begin);
	progress_end();
	if (r < 0) {
		o = patience_complain(&patience, "the end of the reload is not known",
		                      r);
	} else if (sd_bus_message_is_method_error(call.reply, NULL)) {
		o = client_complain_reply(call.reply);
	} else {
		r = print_changes(q, call.reply);
		if (r < 0)
			o = client_complain(&c, r);
	}
	call_done(&call);
	client_close(&c);
	return o;
}
