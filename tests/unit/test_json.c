/*
 * test_json.c - JSON of whatever there is.
 */
#include "config.h"

#include "ctl/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char *text;
static size_t size;
static struct json j;

static void
begin(void)
{
	j.out = open_memstream(&text, &size);
	j.comma = false;
}

static void
is(const char *expected)
{
	(void)fclose(j.out);
	cr_assert_str_eq(text, expected, "%s", text);
	free(text);
}

Test(json, separates_values, .init = begin)
{
	json_begin(&j, '{');
	json_add_number(&j, "a", 1);
	json_key(&j, "b");
	json_begin(&j, '[');
	json_end(&j, ']');
	json_key(&j, "c");
	json_begin(&j, '[');
	json_number(&j, 18446744073709551615U);
	json_string(&j, "x");
	json_begin(&j, '{');
	json_end(&j, '}');
	json_null(&j);
	json_end(&j, ']');
	json_add_string(&j, "d", NULL);
	json_end(&j, '}');
	is("{\"a\":1,\"b\":[],\"c\":[18446744073709551615,\"x\",{},null],\"d\":null}");
}

Test(json, escapes_what_must_be, .init = begin)
{
	json_string(&j, "\"\\/\b\n\t\r\033\x7f");
	is("\"\\\"\\\\/\\u0008\\n\\t\\u000d\\u001b\\u007f\"");
}

Test(json, replaces_what_is_no_text, .init = begin)
{
	json_string(&j, "a\xff\xc3(\xed\xa0\x80z");
	is("\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
}

Test(json, keeps_letters_and_escapes_line_separators, .init = begin)
{
	json_string(&j, "\xc3\xa9\xf0\x9f\x98\x80\xe2\x80\xa8\xc2\x85");
	is("\"\xc3\xa9\xf0\x9f\x98\x80\\u2028\\u0085\"");
}

Test(json, writes_thousandths, .init = begin)
{
	json_begin(&j, '[');
	json_thousandths(&j, 0);
	json_thousandths(&j, 7);
	json_thousandths(&j, 12345);
	json_end(&j, ']');
	is("[0.000,0.007,12.345]");
}
