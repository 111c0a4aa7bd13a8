/*
 * test_module.c - names and options of modules, as they are written.
 */
#include "config.h"

#include "config/module.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "config/memory.h"

Test(module, has_a_name_or_an_absolute_path)
{
	static const struct {
		const char *text;
		const char *why; /* how it begins; NULL: fine */
	} rows[] = {
		{ "socketmap", NULL },
		{ "my-module_2.1", NULL },
		{ "/srv/a module.so", NULL },
		{ "./hello.so", "'./hello.so' is a relative path, allowed is an " },
		{ "hello.so", "'hello.so' has no path, write one; or leave out '.so'" },
		{ "..", "'..' is not the name of a module, allowed are letters, " },
		{ "two words", "'two words' is not the name of a module, allowed " },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		char why[512] = "";
		char *name = NULL;
		int r = module_parse(rows[i].text, &name, why, sizeof(why));

		if (rows[i].why == NULL) {
			cr_expect_eq(r, 0, "%s: %s", rows[i].text, why);
			cr_expect_str_eq(name, rows[i].text);
		} else {
			cr_expect_lt(r, 0, "%s", rows[i].text);
			cr_expect_eq(strncmp(why, rows[i].why, strlen(rows[i].why)), 0,
			             "%s", why);
		}
		free(name);
	}
}

Test(module, is_a_file_in_its_folder_or_where_its_path_says)
{
	char path[MODULE_PATH_MAX];

	cr_expect_str_eq(module_path("x", path, sizeof(path)), MODULEDIR "/x.so");
	cr_expect_str_eq(module_path("/srv/x.so", path, sizeof(path)), "/srv/x.so");
}

Test(module, has_options_with_keys_of_their_own)
{
	static const struct {
		const char *list[3];
		const char *why; /* NULL: fine */
	} rows[] = {
		{ { NULL }, NULL },
		{ { "a=b=c", "A.b-c_1=" }, NULL },
		{ { "a=1", "ab=1" }, NULL },
		{ { "a=1", "a=2" }, "'a' is given twice, keep one" },
		{ { "novalue" },
		  "'novalue' is not key=value, allowed in a key are up to 64 letters, "
		  "digits, '-', '_' and '.'" },
		{ { "=1" },
		  "'=1' is not key=value, allowed in a key are up to 64 letters, "
		  "digits, '-', '_' and '.'" },
		{ { "a b=1" },
		  "'a b=1' is not key=value, allowed in a key are up to 64 letters, "
		  "digits, '-', '_' and '.'" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		char why[512] = "";
		char **list = NULL;
		int r = module_parse_options((char *const *)rows[i].list, &list, why,
		                             sizeof(why));

		cr_expect_eq(r == 0, rows[i].why == NULL, "row %zu: %s", i, why);
		cr_expect_str_eq(why, rows[i].why ? rows[i].why : "", "row %zu", i);
		memory_free_list(list);
	}
}

static const char *
unknown(const char *const *options, const char *const *known)
{
	return module_unknown_option((char *const *)options, known);
}

Test(module, knows_which_option_is_unknown)
{
	static const char *const known[] = { "database", "query", NULL };
	const char *good[] = { "query=x", "database=y", NULL };
	const char *prefix[] = { "query=x", "data=y", NULL };
	const char *longer[] = { "databases=y", NULL };
	const char *none[] = { NULL };

	cr_expect_null(unknown(good, known));
	cr_expect_eq(unknown(prefix, known), prefix[1]);
	cr_expect_eq(unknown(longer, known), longer[0]);
	cr_expect_eq(unknown(good, NULL), good[0]);
	cr_expect_null(unknown(none, NULL));
}
