/*
 * utf8.c - one character of text that may hold anything.
 */
#include "config.h"

#include "base/utf8.h"

/* The first byte tells the length, and the least value that needs it. */
static size_t
lead(unsigned char byte, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (byte < 0x80) {
		*ret_bits = byte;
		*ret_least = 0;
		return 1;
	}
	if (byte >= 0xc0 && byte < 0xe0) {
		*ret_bits = byte & 0x1f;
		*ret_least = 0x80;
		return 2;
	}
	if (byte >= 0xe0 && byte < 0xf0) {
		*ret_bits = byte & 0x0f;
		*ret_least = 0x800;
		return 3;
	}
	if (byte >= 0xf0 && byte < 0xf8) {
		*ret_bits = byte & 0x07;
		*ret_least = 0x10000;
		return 4;
	}
	return 0;
}

size_t
utf8_decode(const char *text, uint32_t *ret_character)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t character = 0;
	uint32_t least = 0;
	size_t n = lead(p[0], &character, &least);
	size_t i;

	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0; /* the terminating NUL is none either */
		character = character << 6 | (p[i] & 0x3f);
	}
	if (n == 0 || character < least || character > 0x10ffff ||
	    (character >= 0xd800 && character < 0xe000))
		return 0;
	*ret_character = character;
	return n;
}

bool
utf8_is_valid(const char *text)
{
	uint32_t ignored;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = utf8_decode(text, &ignored);
		if (n == 0)
			return false;
	}
	return true;
}

void
utf8_repair(char *text)
{
	uint32_t ignored;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = utf8_decode(text, &ignored);
		if (n == 0) {
			*text = '?';
			n = 1;
		}
	}
}
