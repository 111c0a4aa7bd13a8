/*
 * json.c - writes JSON.
 */
#include "config.h"

#include "ctl/json.h"

#include <inttypes.h>

#include "base/utf8.h"

static void
separate(struct json *j)
{
	if (j->comma)
		(void)fputc(',', j->out);
	j->comma = true;
}

void
json_begin(struct json *j, char bracket)
{
	separate(j);
	(void)fputc(bracket, j->out);
	j->comma = false;
}

void
json_end(struct json *j, char bracket)
{
	(void)fputc(bracket, j->out);
	j->comma = true;
}

static void
put_character(FILE *out, const char *text, size_t bytes, uint32_t c)
{
	if (bytes == 0)
		(void)fputs("\xef\xbf\xbd", out); /* U+FFFD */
	else if (c == '"' || c == '\\')
		(void)fprintf(out, "\\%c", (char)c);
	else if (c == '\n')
		(void)fputs("\\n", out);
	else if (c == '\t')
		(void)fputs("\\t", out);
	else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
		(void)fprintf(out, "\\u%04x", (unsigned)c);
	else
		(void)fwrite(text, 1, bytes, out);
}

static void
put_quoted(FILE *out, const char *text)
{
	uint32_t c = 0;
	size_t bytes;

	(void)fputc('"', out);
	for (; *text; text += bytes ? bytes : 1) {
		bytes = utf8_decode(text, &c);
		put_character(out, text, bytes, c);
	}
	(void)fputc('"', out);
}

void
json_key(struct json *j, const char *name)
{
	separate(j);
	put_quoted(j->out, name);
	(void)fputc(':', j->out);
	j->comma = false;
}

void
json_string(struct json *j, const char *text)
{
	if (!text) {
		json_null(j);
		return;
	}
	separate(j);
	put_quoted(j->out, text);
}

void
json_number(struct json *j, uint64_t n)
{
	separate(j);
	(void)fprintf(j->out, "%" PRIu64, n);
}

void
json_thousandths(struct json *j, uint64_t n)
{
	separate(j);
	(void)fprintf(j->out, "%" PRIu64 ".%03" PRIu64, n / 1000, n % 1000);
}

void
json_boolean(struct json *j, bool value)
{
	separate(j);
	(void)fputs(value ? "true" : "false", j->out);
}

void
json_null(struct json *j)
{
	separate(j);
	(void)fputs("null", j->out);
}

void
json_add_string(struct json *j, const char *name, const char *text)
{
	json_key(j, name);
	json_string(j, text);
}

void
json_add_number(struct json *j, const char *name, uint64_t n)
{
	json_key(j, name);
	json_number(j, n);
}
