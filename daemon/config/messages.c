/*
 * messages.c - what is wrong with a configuration, collected and sorted.
 *
 * A message is composed when it is found and nothing of it refers to the files
 * any more, but the place it is sorted by.
 */
#include "config.h"

#include "config/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "config/memory.h"

static void
add(struct messages *m, int level, const struct place *at, const char *key, char *what)
{
	struct message *one;

	m->list = memory_grow(m->list, m->n, sizeof(*m->list));
	one = &m->list[m->n++];
	one->at = *at;
	one->level = level;
	if (at->file == NULL)
		one->text = memory_print("%s: %s", key, what);
	else if (at->line == 0)
		one->text = memory_print("%s: %s: %s", at->file, key, what);
	else
		one->text =
		    memory_print("%s:%d: %s: %s", at->file, at->line, key, what);
	if (level == LOG_ERR)
		m->n_errors++;
	free(what);
}

static char *one_line(const char *format, va_list ap) PRINTF_LIKE(1, 0);

/* A message is one line: what was written may hold newlines and worse. */
static char *
one_line(const char *format, va_list ap)
{
	char *text = NULL;
	char *p;

	if (vasprintf(&text, format, ap) < 0)
		abort();
	for (p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	return text;
}

void
messages_error(struct messages *m, const struct place *at, const char *key,
               const char *format, ...)
{
	va_list ap;
	char *what;

	va_start(ap, format);
	what = one_line(format, ap);
	va_end(ap);
	add(m, LOG_ERR, at, key, what);
}

void
messages_warning(struct messages *m, const struct place *at, const char *key,
                 const char *format, ...)
{
	va_list ap;
	char *what;

	va_start(ap, format);
	what = one_line(format, ap);
	va_end(ap);
	add(m, LOG_WARNING, at, key, what);
}

/* By file, then line, then as they came: an insertion sort, because it is stable
 * and the messages are few and mostly in order. */
static void
sort(struct messages *m)
{
	size_t i;

	for (i = 1; i < m->n; i++) {
		struct message one = m->list[i];
		size_t at = i;

		while (at > 0) {
			const struct message *before = &m->list[at - 1];

			if (before->at.rank < one.at.rank)
				break;
			if (before->at.rank == one.at.rank &&
			    before->at.line <= one.at.line)
				break;
			m->list[at] = *before;
			at--;
		}
		m->list[at] = one;
	}
}

void
messages_flush(struct messages *m, const struct message_sink *sink)
{
	size_t i;

	sort(m);
	for (i = 0; i < m->n; i++) {
		sink->message(sink->userdata, m->list[i].level, m->list[i].text);
		free(m->list[i].text);
	}
	free(m->list);
	memset(m, 0, sizeof(*m));
}
