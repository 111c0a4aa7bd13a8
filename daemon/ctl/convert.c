/*
 * convert.c - configurations of others as ours: what is written.
 */
#include "config.h"

#include "ctl/convert.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "config/knobs.h"

bool
words_split(const char *text, bool quotes, struct words *ret)
{
	char *to;
	char quote;

	memset(ret, 0, sizeof(*ret));
	ret->copy = to = malloc(strlen(text) + 1);
	if (!to)
		return false;
	for (;;) {
		text += strspn(text, " \t\r\n");
		if (!*text)
			return true;
		if (ret->n == CONVERT_WORDS_MAX)
			return false;
		ret->list[ret->n++] = to;
		quote = '\0';
		for (; *text && (quote || !strchr(" \t\r\n", *text)); text++) {
			if (quotes && (*text == quote ||
			               (!quote && (*text == '"' || *text == '\'')))) {
				quote = quote ? '\0' : *text;
				continue;
			}
			if (quotes && *text == '\\' && text[1])
				text++;
			*to++ = *text;
		}
		*to++ = '\0';
		if (quote)
			return false;
	}
}

void
words_done(struct words *w)
{
	free(w->copy);
}

/* In double quotes; in single ones what would be a variable there. */
static void
put_value(FILE *out, const char *value)
{
	char quote = strchr(value, '$') ? '\'' : '"';

	(void)fputc(quote, out);
	for (; *value; value++) {
		if (*value == quote || *value == '\\')
			(void)fputc('\\', out);
		(void)fputc(*value, out);
	}
	(void)fputc(quote, out);
}

static bool
is_name_taken(const struct conversion *c)
{
	size_t i;

	for (i = 0; i < c->n_names; i++) {
		if (strcmp(c->names[i], c->name) == 0)
			return true;
	}
	return false;
}

/* "git@" to "git_"; the second "time" is "time-2". */
static void
choose_name(struct conversion *c, const char *name)
{
	char base[48];
	void *names;
	char *at;
	unsigned n = 1;

	(void)snprintf(base, sizeof(base), "%s", *name ? name : "service");
	for (at = base; *at; at++) {
		if (!isalnum((unsigned char)*at) && (at == base || !strchr("-_.", *at)))
			*at = 'x';
	}
	(void)snprintf(c->name, sizeof(c->name), "%s", base);
	while (is_name_taken(c))
		(void)snprintf(c->name, sizeof(c->name), "%s-%u", base, ++n);
	names = reallocarray(c->names, c->n_names + 1, sizeof(*c->names));
	if (!names)
		return;
	c->names = names;
	names = reallocarray(c->ports, c->n_names + 1, sizeof(*c->ports));
	if (!names)
		return;
	c->ports = names;
	c->ports[c->n_names][0] = '\0';
	memcpy(c->names[c->n_names++], c->name, sizeof(c->name));
}

void
convert_begin(struct conversion *c, const char *name)
{
	choose_name(c, name);
	c->notes = c->body = NULL;
	c->notes_out = open_memstream(&c->notes, &c->notes_size);
	c->body_out = open_memstream(&c->body, &c->body_size);
}

void
convert_set(struct conversion *c, const char *key, const char *value)
{
	if (!c->body_out)
		return;
	(void)fprintf(c->body_out, "\t%s = ", key);
	put_value(c->body_out, value);
	(void)fputc('\n', c->body_out);
}

bool
convert_listen(struct conversion *c, const char *address)
{
	const char *port = strncmp(address, "[::]:", 5) == 0 ? address + 5 : address;
	size_t i;

	for (i = 0; i + 1 < c->n_names; i++) {
		if (strcmp(c->ports[i], port) == 0) {
			convert_refuse(c, "'%s' has its port, of IPv4 and IPv6",
			               c->names[i]);
			return false;
		}
	}
	if (c->n_names > 0 && strlen(port) < sizeof(*c->ports))
		(void)strcpy(c->ports[c->n_names - 1], port);
	convert_set(c, "listen", address);
	return true;
}

void
convert_set_list(struct conversion *c, const char *key, char *const *list)
{
	size_t i;

	if (!c->body_out)
		return;
	(void)fprintf(c->body_out, "\t%s = {", key);
	for (i = 0; list[i]; i++) {
		(void)fputs(i > 0 ? ", " : "", c->body_out);
		put_value(c->body_out, list[i]);
	}
	(void)fputs("}\n", c->body_out);
}

void
convert_note(struct conversion *c, bool lost, const char *format, ...)
{
	va_list ap;

	c->lost |= lost;
	if (!c->notes_out)
		return;
	(void)fputs("# ", c->notes_out);
	va_start(ap, format);
	(void)vfprintf(c->notes_out, format, ap);
	va_end(ap);
	(void)fputc('\n', c->notes_out);
}

static void
put_place(const struct conversion *c)
{
	(void)fprintf(c->out, "# %s", c->file);
	if (c->line > 0)
		(void)fprintf(c->out, ":%u", c->line);
}

static void
done(struct conversion *c, bool print)
{
	bool good = c->notes_out && c->body_out;

	if (c->notes_out)
		good &= fclose(c->notes_out) == 0;
	if (c->body_out)
		good &= fclose(c->body_out) == 0;
	c->lost |= !good;
	if (print && good) {
		put_place(c);
		(void)fprintf(c->out, "\n%sservice %s {\n%s}\n\n", c->notes, c->name,
		              c->body);
	}
	free(c->notes);
	free(c->body);
	c->notes_out = c->body_out = NULL;
}

void
convert_end(struct conversion *c)
{
	done(c, true);
}

void
convert_refuse(struct conversion *c, const char *format, ...)
{
	va_list ap;

	done(c, false);
	c->lost = true;
	if (c->n_names > 0 && strcmp(c->names[c->n_names - 1], c->name) == 0)
		c->n_names--; /* another may have it */
	put_place(c);
	(void)fprintf(c->out, ": %s is not converted: ", c->name);
	va_start(ap, format);
	(void)vfprintf(c->out, format, ap);
	va_end(ap);
	(void)fputs("\n\n", c->out);
}

void
convert_remark(struct conversion *c, bool lost, const char *format, ...)
{
	va_list ap;

	c->lost |= lost;
	put_place(c);
	(void)fputs(": ", c->out);
	va_start(ap, format);
	(void)vfprintf(c->out, format, ap);
	va_end(ap);
	(void)fputs("\n\n", c->out);
}

bool
convert_is_builtin(const char *name)
{
	const char *const *known = knob_find("builtin")->choices;

	while (*known && strcmp(*known, name) != 0)
		known++;
	return *known;
}

char *
convert_address(const char *host, const char *port, const char *protocol)
{
	const struct servent *known;
	uint64_t number;
	char *text;
	int r;

	if (count_parse(port, &number) < 0) {
		known = getservbyname(port, "tcp");
		if (!known)
			return NULL;
		number = ntohs((uint16_t)known->s_port);
	}
	if (number == 0 || number > 65535)
		return NULL;
	if (!*host || strcmp(host, "*") == 0)
		host = strcmp(protocol, "tcp4") == 0   ? "0.0.0.0"
		       : strcmp(protocol, "tcp6") == 0 ? "::"
		                                       : "";
	if (!*host)
		r = asprintf(&text, "%u", (unsigned)number);
	else if (strchr(host, ':') && *host != '[')
		r = asprintf(&text, "[%s]:%u", host, (unsigned)number);
	else
		r = asprintf(&text, "%s:%u", host, (unsigned)number);
	return r < 0 ? NULL : text;
}
