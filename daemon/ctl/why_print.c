/*
 * why_print.c - what the workers of a service are doing, for people.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/number.h"
#include "ctl/diagnosis.h"
#include "ctl/display.h"
#include "ctl/why.h"
#include "ctl/words.h"

static void
put_line(FILE *out, unsigned indent, const char *text)
{
	(void)fprintf(out, "%*s", (int)indent, "");
	(void)display_put(out, text, DISPLAY_WIDE);
	(void)fputc('\n', out);
}

/* "git[1] busy for 41 s, 192.0.2.7:40112, pid 4711, age 3 h" */
static void
print_head(const struct slot_facts *s, FILE *out, const struct style *style)
{
	char since[32];
	char age[32];
	char *text;

	if (asprintf(&text, " %s for %s%s%s, pid %" PRIu32 ", %s old", s->state,
	             duration_describe(s->state_usec, since, sizeof(since)),
	             *s->peer ? ", " : "", s->peer, s->pid,
	             duration_describe(s->age_usec, age, sizeof(age))) < 0)
		return;
	(void)fprintf(out, "%s%s[%" PRIu32 "]%s", paint_begin(style, PAINT_TITLE),
	              s->pool, s->slot, paint_end(style, PAINT_TITLE));
	put_line(out, 0, text);
	free(text);
}

static void
print_descriptors(const struct descriptors *d, unsigned indent, FILE *out)
{
	char text[SOCKET_TEXT_MAX * 3];
	char line[sizeof(text) + 32];
	size_t i;

	for (i = 0; i < d->n; i++) {
		(void)snprintf(line, sizeof(line), "%4d  %s", d->list[i].fd,
		               descriptor_describe(d->list + i, text, sizeof(text)));
		put_line(out, indent, line);
	}
	if (d->left_out > 0)
		(void)fprintf(out, "%*s   +  %zu more\n", (int)indent, "", d->left_out);
}

static void
print_stack(const char *stack, unsigned indent, FILE *out)
{
	size_t length;

	if (!*stack)
		return;
	(void)fprintf(out, "%*sin the kernel: ", (int)indent, "");
	for (;;) {
		length = strcspn(stack, "\n");
		(void)fprintf(out, "%.*s", (int)length, stack);
		stack += length;
		if (!*stack++)
			break;
		(void)fputs(" < ", out);
	}
	(void)fputc('\n', out);
}

static void
print_rest(const struct member *m, unsigned indent, FILE *out)
{
	char missing[128];

	print_stack(m->process.stack, indent, out);
	print_descriptors(&m->descriptors, indent, out);
	if (*diagnosis_missing(m, missing, sizeof(missing)))
		put_line(out, indent, missing);
}

/* Those under the worker, as a tree. */
static void
print_tree(const struct sighting *s, bool whole, FILE *out)
{
	char text[DIAGNOSIS_MAX];
	char *line;
	const struct member *m;
	size_t i;

	for (i = 1; i < s->family.n; i++) {
		m = s->family.list + i;
		(void)diagnosis_describe(&s->family, m, text, sizeof(text));
		if (asprintf(&line, "%d '%s' %s", (int)m->pid,
		             m->gone ? "?" : m->process.command, text) < 0)
			return;
		put_line(out, 2 + 2 * m->depth, line);
		free(line);
		if (whole)
			print_rest(m, 4 + 2 * m->depth, out);
	}
	if (s->family.left_out > 0)
		(void)fprintf(out, "    and %zu more processes\n", s->family.left_out);
}

static void
print_one(const struct sighting *s, bool whole, FILE *out, const struct style *style)
{
	char text[DIAGNOSIS_MAX];

	print_head(s->slot, out, style);
	if (s->stranger) {
		put_line(out, 2,
		         "the process of that number is no child of the daemon: it has "
		         "ended, or counts in another PID namespace");
		return;
	}
	put_line(out, 2, diagnosis_of_worker(&s->family, text, sizeof(text)));
	if (whole && !s->family.list->gone)
		print_rest(s->family.list, 4, out);
	print_tree(s, whole, out);
	if (!whole && *diagnosis_missing(s->family.list, text, sizeof(text)))
		put_line(out, 4, text);
}

void
why_print(const struct sightings *s, bool whole, bool idle, FILE *out,
          const struct style *style)
{
	size_t folded = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!idle && !s->list[i].stranger &&
		    diagnosis_is_idle(&s->list[i].family))
			folded++;
		else
			print_one(s->list + i, whole, out, style);
	}
	if (folded > 0)
		(void)fprintf(out,
		              "%s%zu worker%s wait%s in accept for a client: idle\n",
		              folded < s->n ? "+ " : "", folded, words_plural(folded),
		              folded == 1 ? "s" : "");
	if (s->n == 0)
		(void)fprintf(out, "%s has no process now\n", s->service->name);
}
