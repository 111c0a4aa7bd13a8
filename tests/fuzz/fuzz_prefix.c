/*
 * fuzz_prefix.c - words as addresses and networks, all of them as a table: what is
 * understood has a text that is understood, and the table finds what a search through
 * all entries finds.
 */
#include "config.h"

#include "target.h"

#include <string.h>

#include "net/address.h"
#include "net/prefix.h"

#define ENTRIES 64

static void
check_word(const char *word, struct prefix_table *t)
{
	char text[PREFIX_TEXT_MAX];
	const char *why = NULL;
	struct address address;
	struct address same;
	struct prefix again;
	struct prefix p;

	if (address_parse(word, &address, &why) == 0)
		HOLDS(address_parse(address.text, &same, &why) == 0 ||
		      address.sa.ss_family == AF_UNIX);
	else
		HOLDS(why != NULL);
	why = NULL;
	if (prefix_parse(word, &p, &why) < 0) {
		HOLDS(why != NULL);
		return;
	}
	HOLDS(prefix_parse(prefix_format(&p, text, sizeof(text)), &again, &why) == 0);
	HOLDS(prefix_compare(&p, &again) == 0);
	if (t->n < ENTRIES)
		t->list[t->n++].prefix = p;
}

/* The first and the last address of every entry, and one beyond. */
static void
check_peer(const struct prefix_table *t, const struct prefix *p, uint8_t fill)
{
	const struct prefix_entry *best = NULL;
	struct peer peer = { .family = p->family };
	unsigned width = p->family == PEER_IPV4 ? 32 : 128;
	unsigned i;
	size_t e;

	memcpy(peer.ip, p->ip, sizeof(peer.ip));
	for (i = p->bits; i < width; i++) {
		if (fill)
			peer.ip[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
	for (e = 0; e < t->n; e++) {
		if (prefix_contains(&t->list[e].prefix, &peer) &&
		    (!best || t->list[e].prefix.bits > best->prefix.bits))
			best = &t->list[e];
	}
	HOLDS(best != NULL);
	HOLDS(prefix_table_find(t, &peer) == best);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prefix_entry list[ENTRIES] = { 0 };
	struct prefix_table t = { .list = list };
	char word[256];
	size_t twice;
	size_t n = 0;
	size_t i;

	for (i = 0; i <= size; i++) {
		if (i < size && data[i] != '\n' && data[i] != '\0') {
			if (n < sizeof(word) - 1)
				word[n++] = (char)data[i];
			continue;
		}
		word[n] = '\0';
		check_word(word, &t);
		n = 0;
	}
	while (prefix_table_build(&t, &twice) < 0)
		list[twice] = list[--t.n];
	for (i = 0; i < t.n; i++) {
		check_peer(&t, &list[i].prefix, 0);
		check_peer(&t, &list[i].prefix, 1);
	}
	return 0;
}
