/*
 * page.c - the first view of the status page.
 *
 * What page.js draws later has the same shape.  All text that is not ours goes through
 * put_text().
 */
#include "config.h"

#include "ctl/page.h"

#include <inttypes.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "base/utf8.h"
#include "ctl/advice.h"
#include "ctl/words.h"

#define SLOTS_SHOWN 1024 /* of a pool */
#define FREE_SHOWN 128   /* slots that nobody has needed yet */

static void
put_text(FILE *out, const char *text)
{
	uint32_t c = 0;
	size_t bytes;

	for (; *text; text += bytes ? bytes : 1) {
		bytes = utf8_decode(text, &c);
		if (bytes == 0 || c < ' ' || (c >= 0x7f && c < 0xa0))
			(void)fputs("\xef\xbf\xbd", out); /* U+FFFD */
		else if (strchr("&<>\"'", (int)*text) && bytes == 1)
			(void)fprintf(out, "&#%u;", (unsigned)c);
		else
			(void)fwrite(text, 1, bytes, out);
	}
}

/* One of our own words, or nothing: it becomes a class. */
static void
put_state(FILE *out, const char *state)
{
	(void)fputs("<span class=\"pill ", out);
	put_text(out, state);
	(void)fputs("\">", out);
	put_text(out, state);
	(void)fputs("</span>\n", out);
}

/* --- a pool ------------------------------------------------------------------------
 */

static const char *
slot_word(char letter)
{
	switch (letter) {
	case SLOT_LETTER_IDLE:
		return "idle";
	case SLOT_LETTER_BUSY:
		return "busy";
	case SLOT_LETTER_STARTING:
		return "starting";
	case SLOT_LETTER_LEAVING:
		return "leaving";
	case SLOT_LETTER_RUNNING:
		return "running";
	default:
		return NULL;
	}
}

static void
put_slot(FILE *out, size_t number, char letter)
{
	const char *word = slot_word(letter);

	if (!word) {
		(void)fprintf(out,
		              "<li aria-hidden=\"true\" title=\"slot %zu: free\"></li>",
		              number);
		return;
	}
	(void)fprintf(
	    out, "<li class=\"%c\" title=\"slot %zu: %s\"><span>%zu %s</span></li>",
	    letter, number, word, number, word);
}

static void
put_pool(FILE *out, const struct pool_facts *p, bool alone)
{
	bool current = strcmp(p->stage, "current") == 0;
	size_t n = strlen(p->slots);
	size_t drawn = n < SLOTS_SHOWN ? n : SLOTS_SHOWN;
	size_t i;

	(void)fputs("<h3>", out);
	put_text(out, alone ? "Workers" : p->name);
	if (!current) {
		(void)fputs(", ", out);
		put_text(out, p->stage);
	}
	if (n > drawn)
		(void)fprintf(out, ", the first %zu of %zu slots", drawn, n);
	(void)fputs("</h3><ol class=\"slots\">", out);
	for (i = 0; i < drawn; i++)
		put_slot(out, i, p->slots[i]);
	for (; current && i < p->max_workers && i < FREE_SHOWN; i++)
		put_slot(out, i, '-');
	(void)fputs("</ol>\n", out);
}

/* --- a service ---------------------------------------------------------------------
 */

/* What should not happen: as long as it has not, nobody needs to look. */
static void
put_trouble(FILE *out, const char *label, uint64_t n)
{
	(void)fprintf(out, "<div><dt>%s</dt><dd%s>%" PRIu64 "</dd></div>", label,
	              n > 0 ? "" : " class=\"none\"", n);
}

static void
put_figures(FILE *out, const struct service_facts *s)
{
	char rate[32];

	(void)fputs("<dl>", out);
	if (service_is_program(s))
		(void)fprintf(out,
		              "<div><dt>Running</dt><dd>%" PRIu32 " <small>of %" PRIu32
		              "</small></dd></div>",
		              s->ready, s->max_workers);
	else
		(void)fprintf(out,
		              "<div><dt>Busy</dt><dd>%" PRIu32 " <small>of %" PRIu32
		              "</small></dd></div>",
		              s->busy, s->max_workers);
	(void)fprintf(out,
	              "<div><dt>Queue</dt><dd>%" PRIu32 " <small>of %" PRIu32
	              "</small></dd></div>",
	              s->queue, s->queue_limit);
	if (!service_is_program(s)) {
		(void)fprintf(out,
		              "<div><dt>Rate</dt><dd>%s<small>/s</small></dd></div>"
		              "<div><dt>Served</dt><dd>%" PRIu64 "</dd></div>",
		              words_rate(s->rate_milli, rate, sizeof(rate)),
		              s->connections);
		put_trouble(out, "Failed", s->failed);
		put_trouble(out, "Timed out", s->timed_out);
		put_trouble(out, "Refused",
		            s->refused_by_rule + s->refused_by_source +
		                s->refused_by_proxy);
	}
	(void)fputs("</dl>\n", out);
}

static void
put_sayings(FILE *out, const struct service_facts *s)
{
	struct advice advice;
	size_t i;

	advice_for(s, advice_somaxconn(), &advice);
	for (i = 0; i < advice.n; i++) {
		/* That it fails is always the first. */
		(void)fputs(*s->failure && i == 0 ? "<p class=\"say bad\">"
		                                  : "<p class=\"say\">",
		            out);
		put_text(out, advice.text[i]);
		(void)fputs("</p>\n", out);
	}
}

static void
put_ends(FILE *out, const struct service_facts *s)
{
	const char *before = "<p class=\"ends\">Ended: ";
	size_t i;

	for (i = 0; i < s->n_ends; i++) {
		if (s->ends[i].n == 0)
			continue;
		(void)fputs(before, out);
		put_text(out, s->ends[i].cause);
		(void)fprintf(out, " %" PRIu64, s->ends[i].n);
		before = ", ";
	}
	if (*before == ',')
		(void)fputs("</p>\n", out);
}

static void
put_service(FILE *out, const struct service_facts *s)
{
	size_t i;

	(void)fputs("<section data-name=\"", out);
	put_text(out, s->name);
	(void)fputs("\"><div class=\"title\"><h2>", out);
	put_text(out, s->name);
	(void)fputs("</h2>", out);
	put_state(out, s->state);
	(void)fputs("<p class=\"where\">", out);
	put_text(out, s->handler);
	for (i = 0; s->addresses && s->addresses[i]; i++) {
		(void)fputs(i > 0 ? ", " : " on ", out);
		put_text(out, s->addresses[i]);
	}
	(void)fputs("</p></div>\n", out);
	put_sayings(out, s);
	(void)fputs("<div class=\"body\"><div>", out);
	put_figures(out, s);
	for (i = 0; i < s->n_pools; i++)
		put_pool(out, s->pools + i, s->n_pools == 1);
	put_ends(out, s);
	(void)fputs("</div></div></section>\n", out);
}

/* --- the page ------------------------------------------------------------------------
 */

static void
put_lines(FILE *out, const char *const *lines)
{
	for (; *lines; lines++)
		(void)fputs(*lines, out);
}

static void
put_daemon(FILE *out, const struct daemon_facts *d)
{
	char uptime[32];

	put_state(out, d->state);
	(void)fputs("<p>", out);
	put_text(out, d->version);
	(void)fprintf(out, ", for %s, pid %" PRIu32 ", ",
	              duration_describe(d->uptime_usec, uptime, sizeof(uptime)),
	              d->pid);
	put_text(out, *d->config_file ? d->config_file : "no configuration file");
	(void)fputs("</p>", out);
}

static const char key[] =
    "<ul class=\"key\"><li><i class=\"b\"></i>busy, or running</li>"
    "<li><i class=\"i\"></i>idle</li><li><i class=\"s\"></i>starting</li>"
    "<li><i class=\"l\"></i>leaving</li>"
    "<li><i class=\"f\"></i>free: nobody was needed there so far</li></ul>\n";

void
page_print(const struct snapshot *s, const char *why, const char *nonce, FILE *out)
{
	size_t i;

	(void)fprintf(
	    out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width\">"
	    "<title>preforkd</title><link rel=\"icon\" href=\"data:,\">"
	    "<style nonce=\"%s\">\n",
	    nonce);
	put_lines(out, page_style);
	(void)fputs(
	    "</style></head>\n<body><header><h1>preforkd</h1><div id=\"daemon\" "
	    "class=\"title\">",
	    out);
	if (s)
		put_daemon(out, &s->daemon);
	(void)fputs("</div><span class=\"pill live\" id=\"live\" role=\"status\" "
	            "hidden></span></header>\n",
	            out);
	if (!s) {
		(void)fputs("<p class=\"say bad\">", out);
		put_text(out, why);
		(void)fputs("</p>\n", out);
	}
	(void)fputs(key, out);
	(void)fputs("<main id=\"services\">\n", out);
	for (i = 0; s && i < s->n_services; i++)
		put_service(out, s->services + i);
	if (s && s->n_services == 0)
		(void)fputs("<p>No service is enabled.</p>\n", out);
	(void)fprintf(out,
	              "</main>\n<footer><a href=\"metrics\">metrics</a> &middot; "
	              "<a href=\"status.json\">status.json</a> &middot; "
	              "<a href=\"healthz\">healthz</a></footer>\n"
	              "<script nonce=\"%s\">\n",
	              nonce);
	put_lines(out, page_script);
	(void)fputs("</script></body></html>\n", out);
}
