/*
 * watch.c - the status again and again, until somebody ends it.
 *
 * On a terminal it is drawn in place, elsewhere one block follows another.  A daemon
 * that goes away is shown as not running and looked for at each turn.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "ctl/commands.h"
#include "ctl/document.h"
#include "ctl/interrupt.h"
#include "ctl/screen.h"
#include "ctl/status.h"

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

/* One turn, as text.  NULL without memory. */
static char *
render(const struct request *q, const struct snapshot *s, int error,
       const struct style *style)
{
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
		(void)status_print(q, s, page, style);
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
watch_once(const struct request *q, struct client *c, bool first)
{
	uint64_t next = clock_usec() + q->watch_usec;
	struct snapshot *s = NULL;
	struct style style;
	char *text;
	int r;

	r = look(c, q, &s);
	if (r == -EINTR)
		return 0;
	if (r == -EACCES || r == -EPERM || r == -EINVAL)
		return r;
	style_of(stdout, &style); /* it may have been resized */
	text = render(q, s, r, &style);
	(void)snapshot_free(s);
	if (!text)
		return -ENOMEM;
	show(q, &style, text, first);
	free(text);
	if (ferror(stdout))
		return -EPIPE;
	interrupt_sleep(next);
	return 0;
}

enum outcome
watch(const struct request *q)
{
	struct client c = { NULL, NULL, 0 };
	struct style style;
	bool in_place;
	bool first = true;
	int r = 0;

	style_of(stdout, &style);
	in_place = is_in_place(q, &style);
	interrupt_catch();
	if (in_place)
		screen_enter(stdout);
	while (r == 0 && !interrupt_wants_end()) {
		r = watch_once(q, &c, first);
		first = false;
		if (interrupt_wants_pause())
			pause_here(in_place);
	}
	client_close(&c);
	if (in_place)
		screen_leave(stdout);
	if (r == -ENOMEM)
		return fail_memory();
	if (r == -EPIPE)
		return OUTCOME_FAILED; /* whoever closes stdout says why */
	return r < 0 ? client_explain(&q->target, r) : OUTCOME_OK;
}
