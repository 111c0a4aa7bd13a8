/*
 * test_load_syntax.h - malformed configurations: what libconfuse would take and we do
 * not.
 *
 * Each with all that is said about it; the file is x.conf in the current folder.
 */

/* clang-format off */
static const struct row syntax_rows[] = {
	{ "a section that does not end",
	  "service a {\n"
	  "\tbuiltin = echo\n",
	  "x.conf:1: service: the section opened here does not end, add '}'\n" },
	{ "defaults that do not end",
	  "log_level = info\n"
	  "defaults {\n"
	  "\tworkers = 3\n",
	  "x.conf:2: defaults: the section opened here does not end, add '}'\n" },
	{ "a section inside one that lacks its brace",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "service b {\n"
	  "\tbuiltin = echo\n"
	  "}\n",
	  "x.conf:3: service: a section cannot stand in another, does the section "
	  "of line 1 lack its '}'?\n" },
	{ "a brace too many",
	  "service a { builtin = echo }\n"
	  "}\n",
	  "x.conf:2: syntax: '}' is unexpected, no section is open\n" },
	{ "a comment that does not end",
	  "log_level = info\n"
	  "/* and so\n"
	  "on\n",
	  "x.conf:2: syntax: the comment opened here does not end, add */\n" },
	{ "a quotation that does not end",
	  "service a {\n"
	  "\tbuiltin = \"echo\n"
	  "\tworkers = 3\n"
	  "}\n",
	  "x.conf:2: builtin: a quotation that does not end on its line, close it\n" },
	{ "single quotes that do not end",
	  "service a {\n"
	  "\tbuiltin = 'echo\n"
	  "}\n",
	  "x.conf:2: builtin: a quotation that does not end on its line, close it\n" },
	{ "a quotation at the very end",
	  "log_level = \"info",
	  "x.conf:1: log_level: a quotation that does not end on its line, close "
	  "it\n" },
	{ "a list that does not end",
	  "service a {\n"
	  "\tlisten = {7000,\n",
	  "x.conf:2: listen: the list opened here does not end, add '}'\n" },
	{ "a list that runs into the next key",
	  "service a {\n"
	  "\tlisten = {7000,\n"
	  "\tbuiltin = echo\n"
	  "}\n",
	  "x.conf:3: listen: '=' is unexpected, the list before it does not end, "
	  "add '}'\n" },
	{ "a list without commas",
	  "service a {\n"
	  "\tlisten = {7000 7001}\n"
	  "}\n",
	  "x.conf:2: listen: '7001' is unexpected, a list is written {one, two}\n" },
	{ "a list in a list",
	  "service a {\n"
	  "\tlisten = {{7000}}\n"
	  "}\n",
	  "x.conf:2: listen: '{' is unexpected, a list is written {one, two}\n" },
	{ "two values without a list",
	  "service a {\n"
	  "\tlisten = 7000 7001\n"
	  "\tbuiltin = echo\n"
	  "}\n",
	  "x.conf:2: listen: '7001' is unexpected, several values are a list, "
	  "{one, two}\n" },
	{ "an argument behind a command",
	  "service a {\n"
	  "\tinetd = /bin/cat -n\n"
	  "}\n",
	  "x.conf:2: inetd: '-n' is unexpected, several values are a list, {one, "
	  "two}\n" },
	{ "a key without an equals sign",
	  "service a {\n"
	  "\tworkers 4\n"
	  "}\n",
	  "x.conf:2: workers: '4' is unexpected, '=' must follow a key\n" },
	{ "a key without a value",
	  "service a {\n"
	  "\tworkers =\n"
	  "}\n",
	  "x.conf:3: workers: '}' is unexpected, a value must follow '='\n" },
	{ "a key without a value before another",
	  "service a {\n"
	  "\tworkers =\n"
	  "\tnice = 3\n"
	  "}\n",
	  "x.conf:2: workers: 'nice' is not a number, allowed is \"auto\" or a "
	  "number from 1 to 16384\n"
	  "x.conf:3: workers: '=' is unexpected, a value or a key before it is "
	  "missing\n" },
	{ "a top-level key without an equals sign",
	  "log_level info\n",
	  "x.conf:1: log_level: 'info' is unexpected, '=' must follow a key\n" },
	{ "an appended value",
	  "service a {\n"
	  "\tlisten += 7000\n"
	  "}\n",
	  "x.conf:2: listen: '+=' is unexpected, write one list with '='\n" },
	{ "a service without a name",
	  "service {\n"
	  "\tbuiltin = echo\n"
	  "}\n",
	  "x.conf:1: service: '{' is unexpected, a name must come before it\n" },
	{ "a service with two names",
	  "service a b {\n"
	  "\tbuiltin = echo\n"
	  "}\n",
	  "x.conf:1: service: 'b' is unexpected, '{' must open the section\n" },
	{ "a service without braces",
	  "service a\n"
	  "builtin = echo\n",
	  "x.conf:2: service: 'builtin' is unexpected, '{' must open the section\n" },
	{ "defaults with a name",
	  "defaults a { workers = 3 }\n",
	  "x.conf:1: defaults: 'a' is unexpected, '{' must open the section\n" },
	{ "something else than a key",
	  "service a {\n"
	  "\t= 4\n"
	  "}\n",
	  "x.conf:2: syntax: '=' is unexpected, a key or a section was expected\n" },
	{ "a quoted key",
	  "service a {\n"
	  "\t\"workers\" = 4\n"
	  "}\n",
	  "x.conf:2: syntax: 'workers' is unexpected, a key or a section was "
	  "expected\n" },
	{ "a key with a colon",
	  "workers: 4\n",
	  "x.conf:1: syntax: 'workers:' is unexpected, a key or a section was "
	  "expected\n" },
	{ "a star outside of quotes",
	  "service a {\n"
	  "\tlisten = *:7000\n"
	  "}\n",
	  "x.conf:2: listen: '*' and '+' must stand in quotes\n" },
	{ "a control character",
	  "service a {\n"
	  "\tworkers = \0014\n"
	  "}\n",
	  "x.conf:2: workers: a control character, this is no text file\n" },
	{ "a control character in quotes",
	  "service a {\n"
	  "\tbuiltin = \"ec\001ho\"\n"
	  "}\n",
	  "x.conf:2: builtin: a control character in quotes, write it as an "
	  "escape\n" },
	{ "a bad octal escape",
	  "service a {\n"
	  "\tbuiltin = \"\\400\"\n"
	  "}\n",
	  "x.conf:2: builtin: an octal escape has one to three digits, up to "
	  "\\377\n" },
	{ "a NUL escape",
	  "service a {\n"
	  "\tbuiltin = \"echo\\0\"\n"
	  "}\n",
	  "x.conf:2: builtin: a NUL byte cannot be part of a value\n" },
	{ "a hexadecimal NUL escape",
	  "service a {\n"
	  "\tbuiltin = \"echo\\x00\"\n"
	  "}\n",
	  "x.conf:2: builtin: a NUL byte cannot be part of a value\n" },
	{ "a bad hexadecimal escape",
	  "service a {\n"
	  "\tbuiltin = \"\\xyz\"\n"
	  "}\n",
	  "x.conf:2: builtin: \\x needs one or two hexadecimal digits\n" },
	{ "an unknown escape",
	  "service a {\n"
	  "\tbuiltin = \"\\q\"\n"
	  "}\n",
	  "x.conf:2: builtin: an unknown escape, write \\\\ for a backslash\n" },
	{ "an include without parentheses",
	  "include \"x.conf\"\n",
	  "x.conf:1: include: 'x.conf' is unexpected, write include(\"file\")\n" },
	{ "an include of two files",
	  "include(\"a\", \"b\")\n",
	  "x.conf:1: include: ',' is unexpected, write include(\"file\"), one "
	  "name\n" },
	{ "an include of nothing",
	  "include()\n",
	  "x.conf:1: include: ')' is unexpected, write include(\"file\")\n" },
	{ "an empty include",
	  "include(\"\")\n",
	  "x.conf:1: include: has no name, write include(\"file\")\n" },
	{ "an include that is missing",
	  "\n"
	  "include(\"missing.conf\")\n",
	  "x.conf:2: include: 'missing.conf' cannot be read: No such file or "
	  "directory\n" },
	{ "an include of itself",
	  "include(\"x.conf\")\n",
	  "x.conf:1: include: 'x.conf' is being read already, a file cannot "
	  "include itself\n" },
	{ "an include of a folder",
	  "include(\".\")\n",
	  "x.conf:1: include: '.' is a folder, a file is needed\n" },
	{ "an include in a section",
	  "service a {\n"
	  "\tinclude(\"b.conf\")\n"
	  "}\n",
	  "x.conf:2: include: belongs at the top level, outside of all sections\n" },
};
/* clang-format on */
