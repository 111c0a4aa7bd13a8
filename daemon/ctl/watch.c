/*
 * watch.c - the status again and again, until somebody ends it.
 *
 * On a terminal it is drawn in place, elsewhere one block follows another.  A daemon
 * that goes away is shown as not running and looked for at each turn.  Somebody who
 * looks at a terminal also sees what was before (history.h).
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/commands.h"
#include "ctl/document.h"
#include "ctl/history.h"
#include "ctl/interrupt.h"
#include "ctl/screen.h"
#include "ctl/status.h"

struct watcher {
	const struct request *q;
	struct client client;
	struct history *history; /* NULL: nobody would see it */
};

/* In place, if the terminal can. */
static bool
is_in_place(const struct request *q, const struct style *style)
{
	return style->clever && !q->json;
}

static int
look(struct client *c, const struct request *q, struct snapshot **ret)
{
	uint64_t limit = q->timeout_usec ? q->timeout_usec : ANSWER_USEC;
	int r;

	if (!c->bus) {
		r = client_open(c, &q->target, limit);
		if (r < 0)
			return r;
	}
	r = status_fetch(c, q, ret);
	if (r < 0)
		client_close(c);
	return r;
}

static void
print_absence(const struct request *q, int error, FILE *out)
{
	if (q->json)
		document_print(NULL, NULL, 0, out);
	else
		(void)fprintf(out, "preforkd is not running at %s: %s\n",
		              q->target.text, strerror(-error));
}

/* What stands beside the figures of now: above those of one service, whose table of
 * processes may be longer than the page, and below those of all. */
static void
print_page(const struct watcher *w, const struct snapshot *s, FILE *page,
           const struct style *style)
{
	const struct request *q = w->q;
	const struct service_facts *one = NULL;

	if (q->n_services)
		one = snapshot_find(s, q->services[0]);
	if (w->history && one) {
		(void)history_print(w->history, s, one, page, style);
		(void)fputc('\n', page);
	}
	(void)status_print(q, s, page, style);
	if (w->history && !one && s->n_services > 0) {
		(void)fputc('\n', page);
		(void)history_print(w->history, s, NULL, page, style);
	}
}

/* One turn, as text.  NULL without memory. */
static char *
render(const struct watcher *w, const struct snapshot *s, int error,
       const struct style *style)
{
	const struct request *q = w->q;
	char *text = NULL;
	size_t size;
	FILE *page = open_memstream(&text, &size);

	if (!page)
		return NULL;
	if (!s)
		print_absence(q, error, page);
	else if (q->n_services && !snapshot_find(s, q->services[0]))
		(void)fprintf(page, "there is no service '%s'\n", q->services[0]);
	else
		print_page(w, s, page, style);
	if (fclose(page) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void
show(const struct request *q, const struct style *style, const char *text, bool first)
{
	if (is_in_place(q, style)) {
		screen_draw(stdout, text, style->height);
		return;
	}
	if (!first && !q->json)
		(void)putchar('\n');
	(void)fputs(text, stdout);
	(void)fflush(stdout);
}

/* The shell's page comes back while we are stopped. */
static void
pause_here(bool in_place)
{
	if (in_place)
		screen_leave(stdout);
	interrupt_pause();
	if (in_place)
		screen_enter(stdout);
}

/* One turn; 0, or why there is no use in another. */
static int
watch_once(struct watcher *w, bool first)
{
	const struct request *q = w->q;
	uint64_t now = clock_usec();
	struct snapshot *s = NULL;
	struct style style;
	char *text;
	int r;

	r = look(&w->client, q, &s);
	if (r == -EINTR)
		return 0;
	if (r == -EACCES || r == -EPERM || r == -EINVAL)
		return r;
	style_of(stdout, &style); /* it may have been resized */
	if (s && w->history && !history_add(w->history, s, now))
		w->history = history_free(w->history);
	text = render(w, s, r, &style);
	(void)snapshot_free(s);
	if (!text)
		return -ENOMEM;
	show(q, &style, text, first);
	free(text);
	if (ferror(stdout))
		return -EPIPE;
	interrupt_sleep(now + q->watch_usec);
	return 0;
}

enum outcome
watch(const struct request *q)
{
	struct watcher w = { .q = q };
	struct style style;
	bool in_place;
	bool first = true;
	int r = 0;

	style_of(stdout, &style);
	in_place = is_in_place(q, &style);
	if (style.terminal && !q->json)
		w.history = history_new(q->watch_usec);
	interrupt_catch();
	if (in_place)
		screen_enter(stdout);
	while (r == 0 && !interrupt_wants_end()) {
		r = watch_once(&w, first);
		first = false;
		if (interrupt_wants_pause())
			pause_here(in_place);
	}
	client_close(&w.client);
	(void)history_free(w.history);
	if (in_place)
		screen_leave(stdout);
	if (r == -ENOMEM)
		return fail_memory();
	if (r == -EPIPE)
		return OUTCOME_FAILED; /* whoever closes stdout says why */
	return r < 0 ? client_explain(&q->target, r) : OUTCOME_OK;
}
