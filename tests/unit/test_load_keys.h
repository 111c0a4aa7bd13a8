/*
 * test_load_keys.h - malformed configurations: keys and what runs.
 *
 * Each with all that is said about it; the file is x.conf in the current folder.
 */

/* clang-format off */
static const struct row keys_rows[] = {
	{ "an unknown key that is near",
	  "service a {\n"
	  "\twrokers = 4\n"
	  "}\n",
	  "x.conf:2: wrokers: unknown key, did you mean 'workers'?\n" },
	{ "an unknown key that is near nothing",
	  "service a {\n"
	  "\tcolour = red\n"
	  "}\n",
	  "x.conf:2: colour: unknown key, preforkd.conf(5) lists those of a "
	  "service\n" },
	{ "an unknown key at the top level",
	  "colour = red\n",
	  "x.conf:1: colour: unknown key, allowed at the top level are control, "
	  "control_group, defaults, exit_when_idle, include, log_level, "
	  "max_workers_total and "
	  "service\n" },
	{ "a misspelt section",
	  "servcie a { builtin = echo }\n",
	  "x.conf:1: servcie: unknown key, did you mean 'service'?\n" },
	{ "a misspelt top-level key",
	  "log_levle = info\n",
	  "x.conf:1: log_levle: unknown key, did you mean 'log_level'?\n" },
	{ "a service's key at the top level",
	  "workers = 4\n",
	  "x.conf:1: workers: belongs in a service or in defaults, not at the top "
	  "level\n" },
	{ "a service's key at the top level, misspelt",
	  "wrokers = 4\n",
	  "x.conf:1: wrokers: unknown key, did you mean 'workers' (in a service)?\n" },
	{ "a top-level key in a service",
	  "service a {\n"
	  "\tlog_level = info\n"
	  "}\n",
	  "x.conf:2: log_level: belongs at the top level, outside of all sections\n" },
	{ "capital letters",
	  "service a {\n"
	  "\tWorkers = 4\n"
	  "}\n",
	  "x.conf:2: Workers: unknown key, did you mean 'workers'?\n" },
	{ "a key given twice",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tworkers = 4\n"
	  "\tworkers = 5\n"
	  "}\n",
	  "x.conf:4: workers: is given twice, first in line 3; keep one\n" },
	{ "a list given twice",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = 1\n"
	  "\tlisten = {2, 3}\n"
	  "}\n",
	  "x.conf:4: listen: is given twice, first in line 3; keep one\n" },
	{ "a top-level key given twice",
	  "log_level = info\n"
	  "service a { builtin = echo }\n"
	  "log_level = debug\n",
	  "x.conf:3: log_level: is given twice, first in line 1; keep one\n" },
	{ "defaults given twice",
	  "defaults { workers = 3 }\n"
	  "defaults { nice = 3 }\n",
	  "x.conf:2: defaults: is given twice, first in line 1; keep one\n" },
	{ "a service given twice",
	  "service a { builtin = echo }\n"
	  "service a { builtin = time }\n",
	  "x.conf:2: service: 'a' is given twice, first in line 1; names must be "
	  "unique\n" },
	{ "a variable in double quotes",
	  "service a {\n"
	  "\tbuiltin = \"${NAME}\"\n"
	  "}\n",
	  "x.conf:2: builtin: '${' is not replaced by anything, write the value "
	  "itself; single quotes keep it as it is\n" },
	{ "a bare variable",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tworkers = ${N}\n"
	  "\tbacklog = 0\n"
	  "}\n",
	  "x.conf:3: workers: '${' is not replaced by anything, write the value "
	  "itself; single quotes keep it as it is\n"
	  "x.conf:4: backlog: '0' is out of range, allowed is a number from 1 to "
	  "1048576\n" },
	{ "variables in a list, said once",
	  "service a {\n"
	  "\tinetd = {\"/bin/cat\", \"${A}\", x${B}, \"C\"}\n"
	  "}\n",
	  "x.conf:2: inetd: '${' is not replaced by anything, write the value "
	  "itself; single quotes keep it as it is\n" },
	{ "a variable in a name",
	  "service ${A} { builtin = echo }\n",
	  "x.conf:1: service: '${' is not replaced by anything, write the value "
	  "itself; single quotes keep it as it is\n" },
	{ "a variable in an include",
	  "include(\"${A}.conf\")\n",
	  "x.conf:1: include: '${' is not replaced by anything, write the value "
	  "itself; single quotes keep it as it is\n" },
	{ "a service that runs nothing",
	  "service a {\n"
	  "\tlisten = 7000\n"
	  "}\n",
	  "x.conf:1: service: 'a' does not say what runs, add one of builtin, "
	  "inetd, program and module\n" },
	{ "an empty service",
	  "service a {}\n",
	  "x.conf:1: service: 'a' does not say what runs, add one of builtin, "
	  "inetd, program and module\n" },
	{ "a service that runs two things",
	  "service a {\n"
	  "\tprogram = {\"/bin/cat\"}\n"
	  "\tinetd = {\"/bin/cat\"}\n"
	  "}\n",
	  "x.conf:3: inetd: the service has 'program' in line 2, only one of "
	  "builtin, inetd, program and module is allowed\n" },
	{ "an unknown builtin",
	  "service a {\n"
	  "\tbuiltin = http\n"
	  "}\n",
	  "x.conf:2: builtin: 'http' is not known, allowed are echo, discard, "
	  "daytime, time and chargen\n" },
	{ "a command line as one word",
	  "service a {\n"
	  "\tinetd = \"/bin/cat -n\"\n"
	  "}\n",
	  "x.conf:2: inetd: '/bin/cat -n' is one word with blanks in it, write a "
	  "list: inetd = {\"/path/to/command\", \"argument\"}\n" },
	{ "a program's command line as one word",
	  "service a {\n"
	  "\tprogram = \"/usr/bin/python3 app.py\"\n"
	  "}\n",
	  "x.conf:2: program: '/usr/bin/python3 app.py' is one word with blanks in "
	  "it, write a list: program = {\"/path/to/command\", \"argument\"}\n" },
	{ "an empty command",
	  "service a {\n"
	  "\tinetd = {}\n"
	  "}\n",
	  "x.conf:2: inetd: has no command, allowed is a list of a path and its "
	  "arguments\n" },
	{ "an empty word as command",
	  "service a {\n"
	  "\tinetd = \"\"\n"
	  "}\n",
	  "x.conf:2: inetd: has no command, allowed is a list of a path and its "
	  "arguments\n" },
	{ "a relative path",
	  "service a {\n"
	  "\tinetd = {\"bin/cat\"}\n"
	  "}\n",
	  "x.conf:2: inetd: 'bin/cat' is a relative path, allowed is an absolute "
	  "one or a bare name to be found in PATH\n" },
	{ "a name with a slash",
	  "service a/b { builtin = echo }\n",
	  "x.conf:1: service: 'a/b' is not a name, allowed are up to 64 letters, "
	  "digits, '-', '_' and '.', which must not be first\n" },
	{ "a name that begins with a dot",
	  "service .a { builtin = echo }\n",
	  "x.conf:1: service: '.a' is not a name, allowed are up to 64 letters, "
	  "digits, '-', '_' and '.', which must not be first\n" },
	{ "an empty name",
	  "service \"\" { builtin = echo }\n",
	  "x.conf:1: service: '' is not a name, allowed are up to 64 letters, "
	  "digits, '-', '_' and '.', which must not be first\n" },
	{ "a name with a backslash",
	  "service \"a\\\"b\" { builtin = echo }\n",
	  "x.conf:1: service: 'a\\\"b' is unexpected, a name has only letters, "
	  "digits, '-', '_' and '.'\n" },
	{ "a name that is too long",
	  "service "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa { "
	  "builtin = echo }\n",
	  "x.conf:1: service: "
	  "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is "
	  "not a name, allowed are up to 64 letters, digits, '-', '_' and '.', "
	  "which must not be first\n" },
};
/* clang-format on */
