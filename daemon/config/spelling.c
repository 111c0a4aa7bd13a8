/*
 * spelling.c - which word was meant.
 *
 * By the distance of Damerau and Levenshtein, in its restricted form (optimal string
 * alignment): no part of a word is changed twice.
 */
#include "config.h"

#include "config/spelling.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

#define WORD_MAX 40

/* Insertions, deletions, replacements and swaps of neighbours. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[3][WORD_MAX + 1];
	size_t n = strlen(a);
	size_t m = strlen(b);
	size_t i;
	size_t j;

	if (n > WORD_MAX || m > WORD_MAX)
		return UINT_MAX;
	memset(row, 0, sizeof(row));
	for (j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (i = 1; i <= n; i++) {
		unsigned *now = row[i % 3];
		const unsigned *before = row[(i + 2) % 3];
		const unsigned *earlier = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (j = 1; j <= m; j++) {
			unsigned change = a[i - 1] == b[j - 1] ? 0 : 1;

			now[j] = least(before[j] + 1, now[j - 1] + 1);
			now[j] = least(now[j], before[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], earlier[j - 2] + 1);
		}
	}
	return row[n % 3][m];
}

/* A third of the word may be wrong, but not everything of a short one. */
static bool
is_near(const char *word, unsigned wrong)
{
	size_t allowed = strlen(word) / 3;

	return wrong <= (allowed > 3 ? 3 : allowed);
}

const char *
spelling_nearest(const char *word, const char *const *list)
{
	const char *best = NULL;
	unsigned best_wrong = UINT_MAX;
	size_t i;

	for (i = 0; list[i] != NULL; i++) {
		unsigned wrong = distance(word, list[i]);

		if (wrong >= best_wrong || !is_near(word, wrong))
			continue;
		best = list[i];
		best_wrong = wrong;
	}
	return best;
}
