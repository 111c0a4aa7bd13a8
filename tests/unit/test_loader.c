/*
 * test_loader.c - which modules may be called, by what they say of themselves.
 */
#include "config.h"

#include "handler/loader.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "base/macros.h"

static int
serve(struct preforkd_connection *c)
{
	(void)c;
	return 0;
}

/* What a module of version 1.0 has, for ever. */
struct first {
	size_t size;
	unsigned abi;
	const char *name;
	const char *const *options;
	int (*open)(struct preforkd_worker *w);
	int (*serve)(struct preforkd_connection *c);
	void (*close)(struct preforkd_worker *w);
};

static const char *const keys[] = { "database", "query", NULL };

Test(loader, takes_what_fits_and_says_what_does_not)
{
	static const struct {
		struct preforkd_module module;
		const char *option;
		const char *why; /* "": it may be called */
	} rows[] = {
		{ { PREFORKD_MODULE_HEAD, "x", NULL, NULL, serve, NULL }, NULL, "" },
		{ { PREFORKD_MODULE_HEAD, "x", keys, NULL, serve, NULL },
		  "query=1",
		  "" },
		{ { sizeof(struct preforkd_module) + 8, PREFORKD_MODULE_ABI, "x", NULL,
		    NULL, serve, NULL },
		  NULL,
		  "" },
		{ { sizeof(struct first), 1 << 16, "x", NULL, NULL, serve, NULL },
		  NULL,
		  "" },
		{ { sizeof(struct preforkd_module), 2 << 16, "x", NULL, NULL, serve,
		    NULL },
		  NULL,
		  "was built for version 2.0 of the interface, this preforkd has 1.0: "
		  "build it anew" },
		{ { sizeof(struct preforkd_module), PREFORKD_MODULE_ABI + 1, "x", NULL,
		    NULL, serve, NULL },
		  NULL,
		  "needs version 1.1 of the interface, this preforkd has 1.0: update "
		  "preforkd" },
		{ { 16, PREFORKD_MODULE_ABI, "x", NULL, NULL, serve, NULL },
		  NULL,
		  "says that it has 16 bytes, not 56: its first field must be "
		  "PREFORKD_MODULE_HEAD" },
		{ { PREFORKD_MODULE_HEAD, "x", NULL, NULL, NULL, NULL },
		  NULL,
		  "has no function 'serve'" },
		{ { PREFORKD_MODULE_HEAD, "x", NULL, NULL, serve, NULL },
		  "a=1",
		  "takes no option, but has 'a'" },
		{ { PREFORKD_MODULE_HEAD, "x", keys, NULL, serve, NULL },
		  "qurey=1",
		  "has no option 'qurey', did you mean 'query'?" },
		{ { PREFORKD_MODULE_HEAD, "x", keys, NULL, serve, NULL },
		  "colour=1",
		  "has no option 'colour', allowed are database and query" },
	};
	size_t i;

	for (i = 0; i < countof(rows); i++) {
		char *options[] = { (char *)rows[i].option, NULL };
		char why[256] = "";
		int r = loader_check(&rows[i].module, options, why, sizeof(why));

		cr_expect_eq(r, *rows[i].why ? -ENOEXEC : 0, "row %zu", i);
		if (sizeof(void *) == 8 || rows[i].module.size != 16)
			cr_expect_str_eq(why, rows[i].why, "row %zu", i);
	}
}
