/*
 * test_load_services.h - malformed configurations: what fits, and what services mean to
 * each other.
 *
 * Each with all that is said about it; the file is x.conf in the current folder.
 */

/* clang-format off */
static const struct row services_rows[] = {
	{ "idle_timeout for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  idle_timeout = 5s }\n",
	  "x.conf:1: idle_timeout: fits builtin and module only, not inetd; for inetd there "
	  "is max_duration; a program sets its own deadlines\n" },
	{ "idle_timeout for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  idle_timeout = 5s "
	  "}\n",
	  "x.conf:1: idle_timeout: fits builtin and module only, not program; for inetd there "
	  "is max_duration; a program sets its own deadlines\n" },
	{ "first_byte_timeout for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  first_byte_timeout "
	  "= 5s }\n",
	  "x.conf:1: first_byte_timeout: fits builtin, inetd and module only, not program; "
	  "a program sets its own deadlines; neither this nor max_duration can "
	  "watch it\n" },
	{ "max_duration for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  max_duration = 5s "
	  "}\n",
	  "x.conf:1: max_duration: fits builtin, inetd and module only, not program; a "
	  "program accepts for itself and sets its own deadlines\n" },
	{ "linger_timeout for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  linger_timeout = 5s "
	  "}\n",
	  "x.conf:1: linger_timeout: fits builtin and module only, not inetd; a command or "
	  "program closes its connections itself, leave it out\n" },
	{ "environment for a builtin",
	  "service a { builtin = echo  listen = 7000  environment = {\"A=b\"} }\n",
	  "x.conf:1: environment: fits inetd, program and module only, not builtin; "
	  "a builtin has no use for variables, leave it out\n" },
	{ "stderr for a builtin",
	  "service a { builtin = echo  listen = 7000  stderr = log }\n",
	  "x.conf:1: stderr: fits inetd and program only, not builtin; a builtin "
	  "writes nothing there and a module where its daemon does, leave it out\n" },
	{ "stderr to a connection for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  stderr = "
	  "connection }\n",
	  "x.conf:1: stderr: 'connection' is for inetd, allowed for a program are "
	  "log and null\n" },
	{ "pass for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  pass = stdin }\n",
	  "x.conf:1: pass: fits program only, not inetd; only a program gets the "
	  "listening socket, leave it out\n" },
	{ "ready for a builtin",
	  "service a { builtin = echo  listen = 7000  ready = exec }\n",
	  "x.conf:1: ready: fits program only, not builtin; preforkd knows when "
	  "workers of its own are ready, leave it out\n" },
	{ "stop_signal for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  stop_signal = TERM "
	  "}\n",
	  "x.conf:1: stop_signal: fits program only, not inetd; stop_timeout and "
	  "kill_timeout say how others are stopped\n" },
	{ "reload_signal for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  reload_signal = HUP "
	  "}\n",
	  "x.conf:1: reload_signal: fits program only, not inetd; a worker is "
	  "replaced when its settings change, and a command is started anew each "
	  "time\n" },
	{ "watchdog for a builtin",
	  "service a { builtin = echo  listen = 7000  watchdog = 10s }\n",
	  "x.conf:1: watchdog: fits program only, not builtin; max_duration bounds "
	  "how long others serve one connection\n" },
	{ "success_status for inetd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  success_status = 1 }\n",
	  "x.conf:1: success_status: fits program only, not inetd; a worker ends when "
	  "it is told to, and the connection of a command tells how that has ended\n" },
	{ "listen as a default",
	  "defaults { listen = 7000 }\n",
	  "x.conf:1: listen: cannot be a default, write it in each service\n" },
	{ "a handler as a default",
	  "defaults {\n"
	  "\tbuiltin = echo\n"
	  "\tinetd = {\"/bin/cat\"}\n"
	  "\tprogram = {\"/bin/cat\"}\n"
	  "}\n",
	  "x.conf:2: builtin: cannot be a default, write it in each service\n"
	  "x.conf:3: inetd: cannot be a default, write it in each service\n"
	  "x.conf:4: program: cannot be a default, write it in each service\n" },
	{ "a default with a bad value, once",
	  "service a { builtin = echo  listen = 1 }\n"
	  "service b { builtin = echo  listen = 2 }\n"
	  "defaults { workers = 5x }\n",
	  "x.conf:3: workers: '5x' is not a number, allowed is \"auto\" or a "
	  "number from 1 to 16384\n" },
	{ "a bad default that nothing uses",
	  "defaults { stop_signal = 99 }\n",
	  "x.conf:1: stop_signal: '99' is not a signal, allowed are names such as "
	  "SIGTERM or SIGQUIT\n" },
	{ "an address twice in a service",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = {7000, \"127.0.0.1:7000\", \"[::]:7000\"}\n"
	  "}\n",
	  "x.conf:3: listen: '[::]:7000' is given twice, keep one\n" },
	{ "an address in two services",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = {\"/run/a.sock\", 7000}\n"
	  "}\n"
	  "service b {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = 7000\n"
	  "}\n",
	  "x.conf:7: listen: '[::]:7000' is taken by service 'a' in x.conf:3, an "
	  "address has one service\n" },
	{ "a service that is off is checked too",
	  "service a {\n"
	  "\tenabled = no\n"
	  "\tbuiltin = http\n"
	  "\tworkers = none\n"
	  "}\n",
	  "x.conf:3: builtin: 'http' is not known, allowed are echo, discard, "
	  "daytime, time and chargen\n"
	  "x.conf:4: workers: 'none' is not a number, allowed is \"auto\" or a "
	  "number from 1 to 16384\n" },
	{ "many errors, in the order of lines",
	  "log_level = loud\n"
	  "service a {\n"
	  "\tworkers = 0\n"
	  "\tidle_timeout = never\n"
	  "\tinetd = \"/bin/cat -n\"\n"
	  "}\n"
	  "defaults { umask = 9 }\n"
	  "service b { builtin = ping\n"
	  "\tworkesr = 4 }\n"
	  "service c { builtin = pong }\n",
	  "x.conf:1: log_level: 'loud' is not known, allowed are error, warning, "
	  "notice, info and debug\n"
	  "x.conf:3: workers: 0 workers serve nobody, allowed is \"auto\" or a "
	  "number from 1 to 16384; enabled = no switches a service off\n"
	  "x.conf:4: idle_timeout: fits builtin and module only, not inetd; for inetd there "
	  "is max_duration; a program sets its own deadlines\n"
	  "x.conf:5: inetd: '/bin/cat -n' is one word with blanks in it, write a "
	  "list: inetd = {\"/path/to/command\", \"argument\"}\n"
	  "x.conf:7: umask: '9' is not a file mode, allowed are three or four "
	  "octal digits up to 0777\n"
	  "x.conf:8: builtin: 'ping' is not known, allowed are echo, discard, "
	  "daytime, time and chargen\n"
	  "x.conf:9: workesr: unknown key, did you mean 'workers'?\n" },
};
/* clang-format on */
