/*
 * lexical.c - the words of a configuration file.
 *
 * This must agree with the scanner inside libconfuse on where a word begins and
 * ends; where libconfuse is lenient (it drops '*', ';' is part of a word, a
 * quotation runs over the end of its line) it may be stricter, never the reverse.
 * load.c checks the number of values that both have seen.
 */
#include "config.h"

#include "config/lexical.h"

#include <string.h>

void
lexical_init(struct lexical *l, char *text)
{
	memset(l, 0, sizeof(*l));
	l->next = text;
	l->line = 1;

	/* A byte order mark is some editors' idea of a greeting. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		memset(text, ' ', 3);
}

bool
lexical_is(const struct lexical *l, char sign)
{
	return l->token == TOKEN_SIGN && *l->begin == sign;
}

static enum token
bad(struct lexical *l, int line, const char *why)
{
	l->token = TOKEN_BAD;
	l->at = line;
	l->why = why;
	return TOKEN_BAD;
}

static void
blank_line_comment(struct lexical *l)
{
	while (*l->next != '\0' && *l->next != '\n')
		*l->next++ = ' ';
}

static bool
blank_block_comment(struct lexical *l)
{
	bool closed = strstr(l->next + 2, "*/") != NULL;
	char *end = closed ? strstr(l->next + 2, "*/") + 2 : l->next + strlen(l->next);

	for (; l->next < end; l->next++) {
		if (*l->next == '\n')
			l->line++;
		else
			*l->next = ' ';
	}
	return closed;
}

/* False: a comment that does not end; l->at is where it began. */
static bool
skip_blanks(struct lexical *l)
{
	for (;;) {
		char c = *l->next;

		if (c == ' ' || c == '\t' || c == '\r') {
			l->next++;
		} else if (c == '\n') {
			l->line++;
			l->next++;
		} else if (c == '#' || (c == '/' && l->next[1] == '/')) {
			blank_line_comment(l);
		} else if (c == '/' && l->next[1] == '*') {
			l->at = l->line;
			if (!blank_block_comment(l))
				return false;
		} else {
			return true;
		}
	}
}

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

static bool
ends_word(char c)
{
	return c == '\0' || strchr(" \t\r\n#\"'={}()+,*", c) != NULL;
}

/* ${NAME} outside of quotes, up to its brace or the end of the word. */
static void
defuse_bare(struct lexical *l)
{
	l->dollar = true;
	while (*l->next != '\0' && strchr(" \t\r\n}\"'#", *l->next) == NULL)
		*l->next++ = '_';
	if (*l->next == '}')
		*l->next++ = '_';
}

static enum token
word(struct lexical *l)
{
	while (!ends_word(*l->next)) {
		if (is_control(*l->next))
			return bad(l, l->line,
			           "a control character, this is no text file");
		if (l->next[0] == '$' && l->next[1] == '{')
			defuse_bare(l);
		else
			l->next++;
	}
	l->len = l->next - l->start;
	return TOKEN_WORD;
}

/* An escape in double quotes; l->next is at the backslash.  NULL or what is wrong. */
static const char *
escape(struct lexical *l)
{
	const char *p = l->next + 1;
	size_t digits = strspn(p, "0123456789");
	size_t octal = strspn(p, "01234567");
	size_t hex = *p == 'x' ? strspn(p + 1, "0123456789abcdefABCDEF") : 0;
	bool zero = true;
	size_t i;

	if (digits > 0) {
		if (digits > 3 || octal != digits || (digits == 3 && *p > '3'))
			return "an octal escape has one to three digits, up to \\377";
		for (i = 0; i < digits; i++)
			zero = zero && p[i] == '0';
		l->next += 1 + digits;
		return zero ? "a NUL byte cannot be part of a value" : NULL;
	}
	if (*p == 'x') {
		if (hex == 0)
			return "\\x needs one or two hexadecimal digits";
		hex = hex > 2 ? 2 : hex;
		for (i = 0; i < hex; i++)
			zero = zero && p[1 + i] == '0';
		l->next += 2 + hex;
		return zero ? "a NUL byte cannot be part of a value" : NULL;
	}
	if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')) {
		if (strchr("nrbfaetv", *p) == NULL)
			return "an unknown escape, write \\\\ for a backslash";
	} else if (*p == '\0') {
		return "a quotation that does not end, close it with its quote";
	} else if (*p == '\n') {
		l->line++;
	}
	l->next += 2;
	return NULL;
}

static enum token
quoted(struct lexical *l)
{
	char quote = *l->next++;

	l->start = l->next;
	while (*l->next != quote) {
		if (*l->next == '\0' || *l->next == '\n')
			return bad(
			    l, l->line,
			    "a quotation that does not end on its line, close it");
		if (is_control(*l->next))
			return bad(
			    l, l->line,
			    "a control character in quotes, write it as an escape");
		if (*l->next == '\\' && quote == '"') {
			const char *why = escape(l);

			if (why != NULL)
				return bad(l, l->line, why);
		} else if (*l->next == '\\' && l->next[1] != '\0') {
			if (l->next[1] == '\n')
				l->line++;
			l->next += 2;
		} else if (quote == '"' && l->next[0] == '$' && l->next[1] == '{') {
			l->dollar = true;
			*l->next++ = '_';
			*l->next++ = '_';
		} else {
			l->next++;
		}
	}
	l->len = l->next - l->start;
	l->next++;
	return TOKEN_QUOTED;
}

static enum token
read_token(struct lexical *l)
{
	char c = *l->next;

	if (c == '\0')
		return TOKEN_END;
	if (strchr("={}(),", c) != NULL) {
		l->next++;
		l->len = 1;
		return TOKEN_SIGN;
	}
	if (c == '+' && l->next[1] == '=') {
		l->next += 2;
		l->len = 2;
		return TOKEN_APPEND;
	}
	if (c == '"' || c == '\'')
		return quoted(l);
	if (c == '*' || c == '+')
		return bad(l, l->line, "'*' and '+' must stand in quotes");
	return word(l);
}

enum token
lexical_next(struct lexical *l)
{
	l->dollar = false;
	if (!skip_blanks(l)) {
		l->begin = l->next;
		return bad(l, l->at, "the comment opened here does not end, add */");
	}
	l->at = l->line;
	l->begin = l->start = l->next;
	l->len = 0;
	l->token = read_token(l);
	return l->token;
}
