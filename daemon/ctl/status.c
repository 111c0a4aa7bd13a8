/*
 * status.c - one look at the daemon, in the form that was asked for.
 */
#include "config.h"

#include "ctl/status.h"

#include <stdlib.h>

#include "base/macros.h"
#include "ctl/advice.h"
#include "ctl/detail.h"
#include "ctl/display.h"
#include "ctl/document.h"
#include "ctl/overview.h"
#include "ctl/read.h"

int
status_fetch(struct client *c, const struct request *q, struct snapshot **ret)
{
	struct service_facts *one;
	struct snapshot *s;
	int r;

	r = client_snapshot(c, &s);
	if (r < 0)
		return r;
	one = q->n_services ? snapshot_find(s, q->services[0]) : NULL;
	if (one) {
		r = client_slots(c, one);
		read_memory(one);
	}
	if (r < 0) {
		(void)snapshot_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

enum outcome
no_such_service(const struct snapshot *s, const char *name)
{
	char **names = calloc(s->n_services + 1, sizeof(*names));
	char *list = NULL;
	size_t i;

	for (i = 0; names && i < s->n_services; i++)
		names[i] = s->services[i].name;
	if (names)
		list = overview_join(names, ", ");
	complain("there is no service '%s'%s%s", name,
	         list && *list ? "; there are: " : "", list ? list : "");
	free(list);
	free(names);
	return OUTCOME_NO_SERVICE;
}

enum outcome
status_print(const struct request *q, const struct snapshot *s, FILE *out,
             const struct style *style)
{
	uint64_t somaxconn = advice_somaxconn();
	const struct service_facts *one = NULL;
	bool fails;
	bool good = true;

	if (q->n_services) {
		one = snapshot_find(s, q->services[0]);
		if (!one)
			return no_such_service(s, q->services[0]);
	}
	if (q->json)
		document_print(s, one, somaxconn, out);
	else if (one)
		good = detail_print(one, somaxconn, q->all, out, style);
	else
		good = overview_print(s, somaxconn, out, style);
	if (!good)
		return fail_memory();
	fails = one ? *one->failure != '\0' : snapshot_any_failing(s);
	return fails ? OUTCOME_FAILED : OUTCOME_OK;
}

static enum outcome
open_for(const struct request *q, struct client *c)
{
	uint64_t limit = q->timeout_usec ? q->timeout_usec : ANSWER_USEC;
	int r = client_open(c, &q->target, limit);

	return r < 0 ? client_explain(&q->target, r) : OUTCOME_OK;
}

enum outcome
command_status(const struct request *q)
{
	struct style style;
	struct client c;
	struct snapshot *s;
	enum outcome o;
	int r;

	if (q->watch_usec)
		return watch(q);
	o = open_for(q, &c);
	if (o != OUTCOME_OK)
		return o;
	r = status_fetch(&c, q, &s);
	if (r < 0) {
		o = client_complain(&c, r);
	} else {
		style_of(stdout, &style);
		o = status_print(q, s, stdout, &style);
		(void)snapshot_free(s);
	}
	client_close(&c);
	return o;
}

enum outcome
command_list(const struct request *q)
{
	struct client c;
	struct snapshot *s;
	enum outcome o;
	size_t i;
	int r;

	o = open_for(q, &c);
	if (o != OUTCOME_OK)
		return o;
	r = client_snapshot(&c, &s);
	if (r < 0) {
		o = client_complain(&c, r);
	} else {
		for (i = 0; i < s->n_services; i++) {
			(void)display_put(stdout, s->services[i].name, DISPLAY_WIDE);
			(void)putchar('\n');
		}
		(void)snapshot_free(s);
	}
	client_close(&c);
	return o;
}

/* Ours is true even if nobody answers. */
enum outcome
command_version(const struct request *q)
{
	struct client c;
	struct snapshot *s;
	enum outcome o;
	int r;

	(void)puts("preforkctl " PACKAGE_VERSION);
	o = open_for(q, &c);
	if (o != OUTCOME_OK)
		return o;
	r = client_snapshot(&c, &s);
	if (r < 0) {
		o = client_complain(&c, r);
	} else {
		(void)fputs("preforkd ", stdout);
		(void)display_put(stdout, s->daemon.version, DISPLAY_WIDE);
		(void)putchar('\n');
		(void)snapshot_free(s);
	}
	client_close(&c);
	return o;
}
