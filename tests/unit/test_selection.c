/*
 * test_selection.c - which worker is meant.
 */
#include "config.h"

#include "ctl/selection.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/macros.h"

Test(selection, knows_its_three_forms)
{
	static const struct {
		const char *text, *service, *pool;
		int slot; /* -1: any */
	} rows[] = {
		{ "git", "git", "", -1 },      { "git/3", "git", "", 3 },
		{ "git[3]", "git", "git", 3 }, { "git/2[3]", "git", "git/2", 3 },
		{ "a-b.c", "a-b.c", "", -1 },
	};
	struct selection s;
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		cr_assert(selection_parse(rows[i].text, &s), "%s", rows[i].text);
		cr_assert_str_eq(s.service, rows[i].service, "%s", rows[i].text);
		cr_assert_str_eq(s.pool, rows[i].pool, "%s", rows[i].text);
		cr_assert_eq(s.has_slot ? (int)s.slot : -1, rows[i].slot, "%s",
		             rows[i].text);
	}
}

Test(selection, refuses_all_others)
{
	static const char *const texts[] = { "",       "/3",       "[3]",  "git[",
		                             "git[]",  "git[3",    "git]", "git[3]x",
		                             "git[x]", "git[-1]",  "git/", "git/x",
		                             "git/01", "git[3][4]" };
	struct selection s;
	size_t i;

	for (i = 0; i < countof(texts); i++)
		cr_assert_not(selection_parse(texts[i], &s), "'%s'", texts[i]);
}

Test(selection, of_a_slot_means_it_in_every_pool_unless_one_is_named)
{
	char first[] = "git";
	char second[] = "git/2";
	const struct slot_facts a = { .pool = first, .slot = 3 };
	const struct slot_facts b = { .pool = second, .slot = 3 };
	struct selection s;

	cr_assert(selection_parse("git/3", &s));
	cr_assert(selection_has(&s, &a) && selection_has(&s, &b));
	cr_assert(selection_parse("git/2[3]", &s));
	cr_assert(!selection_has(&s, &a) && selection_has(&s, &b));
	cr_assert(selection_parse("git[4]", &s));
	cr_assert(!selection_has(&s, &a) && !selection_has(&s, &b));
}
