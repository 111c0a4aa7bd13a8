/*
 * test_load_values.h - malformed configurations: values of every kind.
 *
 * Each with all that is said about it; the file is x.conf in the current folder.
 */

/* clang-format off */
static const struct row values_rows[] = {
	{ "an unknown level",
	  "log_level = chatty\n",
	  "x.conf:1: log_level: 'chatty' is not known, allowed are error, warning, "
	  "notice, info and debug\n" },
	{ "a list of levels",
	  "log_level = {info, debug}\n",
	  "x.conf:1: log_level: takes one value, not a list\n" },
	{ "a control socket that is no path",
	  "control = off\n",
	  "x.conf:1: control: 'off' is not known, allowed are an absolute path and "
	  "none\n" },
	{ "a control socket whose path is too long",
	  "control = \"/123456789/123456789/123456789/123456789/123456789/123456789"
	  "/123456789/123456789/123456789/123456789/12345678\"\n",
	  "x.conf:1: control: '/123456789/123456789/123456789/123456789/123456789/"
	  "123456789/123456789/123456789/123456789/123456789/12345678' cannot be a "
	  "socket: the path is too long: a unix socket's has at most 107 bytes\n" },
	{ "a control socket that is a folder",
	  "control = /run/\n",
	  "x.conf:1: control: '/run/' cannot be a socket: that names a folder; write "
	  "a path like /run/x.sock\n" },
	{ "two control sockets",
	  "control = {/run/a, /run/b}\n",
	  "x.conf:1: control: takes one value, not a list\n" },
	{ "a control group that does not exist",
	  "control_group = no-such-group\n",
	  "x.conf:1: control_group: there is no group 'no-such-group', write the name "
	  "of one or a number\n" },
	{ "a total with a leading zero",
	  "max_workers_total = 010\n",
	  "x.conf:1: max_workers_total: '010' begins with a zero, as if it were "
	  "octal, allowed is a number from 0 to 1000000\n" },
	{ "a total that is negative",
	  "max_workers_total = -1\n",
	  "x.conf:1: max_workers_total: '-1' is negative, allowed is a number from "
	  "0 to 1000000\n" },
	{ "a total that is too small",
	  "max_workers_total = 20\n"
	  "service a { builtin = echo  listen = {1, 2}  workers = 9 }\n"
	  "service b { program = {\"/bin/cat\"}  listen = {3, 4}  workers = 3 }\n"
	  "service c { builtin = echo  listen = 5  enabled = no }\n",
	  "x.conf:1: max_workers_total: 20 is less than the 21 workers that must "
	  "always be there (a 2 x 9 = 18, b 3), allowed is 0 or at least 21\n" },
	{ "a total that is too small for what ranges begin with",
	  "max_workers_total = 6\n"
	  "service a { builtin = echo  listen = {1, 2} }\n"
	  "service b { builtin = echo  listen = 3  min_spare = 3  max_workers = 9 }\n"
	  "service c { builtin = echo  listen = 4  min_spare = 0 }\n",
	  "x.conf:1: max_workers_total: 6 is less than the 7 workers that must "
	  "always be there (a 2 x 2 = 4, b 3, c 0), allowed is 0 or at least 7\n" },
	{ "a number and a range",
	  "service a {\n"
	  "\tworkers = 5\n"
	  "\tbuiltin = echo  listen = 1\n"
	  "\tmax_spare = 3\n"
	  "}\n",
	  "x.conf:4: max_spare: workers in line 2 is a fixed number, which excludes a "
	  "range; keep one of them\n" },
	{ "a number and a range in defaults, once",
	  "defaults { workers = 5  idle_retire = 30s }\n"
	  "service a { builtin = echo  listen = 1 }\n"
	  "service b { builtin = echo  listen = 2 }\n",
	  "x.conf:1: idle_retire: workers in line 1 is a fixed number, which excludes a "
	  "range; keep one of them\n" },
	{ "more spare ones than workers",
	  "service a { builtin = echo  listen = 1  min_spare = 9\n"
	  " max_workers = 8 }\n",
	  "x.conf:1: min_spare: 9 is more than max_workers, which is 8\n" },
	{ "more spare ones at least than at most",
	  "defaults { max_spare = 4 }\n"
	  "service a { builtin = echo  listen = 1  min_spare = 9 }\n",
	  "x.conf:2: min_spare: 9 is more than max_spare, which is 4\n" },
	{ "more at the start than ever",
	  "service a { builtin = echo  listen = 1  max_workers = 8\n"
	  " start_workers = 9 }\n",
	  "x.conf:2: start_workers: 9 is more than max_workers, which is 8\n" },
	{ "a range for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 1  min_spare = 2 }\n",
	  "x.conf:1: min_spare: fits builtin, inetd and module only, not program; nobody but "
	  "the program knows how many of its workers are idle: set workers\n" },
	{ "no workers at most",
	  "service a { builtin = echo  listen = 1  max_workers = 0 }\n",
	  "x.conf:1: max_workers: '0' is out of range, allowed is a number from 1 to "
	  "16384\n" },
	{ "no retirement ever",
	  "service a { builtin = echo  listen = 1  idle_retire = 0 }\n",
	  "x.conf:1: idle_retire: '0' is out of range, allowed is 1s to 365d\n" },
	{ "starts at a rate that has a unit",
	  "service a { builtin = echo  listen = 1  spawn_rate = 10/s }\n",
	  "x.conf:1: spawn_rate: '10/s' is not a number, allowed is a number from 1 to "
	  "1000000\n" },
	{ "connections that a program counts itself",
	  "service a { program = {\"/bin/cat\"}  listen = 1\n"
	  "max_connections_per_worker = 10 }\n",
	  "x.conf:2: max_connections_per_worker: fits builtin, inetd and module only, not "
	  "program; a program counts its connections itself, and ends when it has had enough\n" },
	{ "a size with the wrong unit",
	  "service a { builtin = echo  listen = 1  max_memory = 64MB }\n",
	  "x.conf:1: max_memory: '64MB' is not a size, allowed is a number of bytes, or "
	  "with K, M, G or T, from 0 to 1024T\n" },
	{ "a size that is too large",
	  "service a { builtin = echo  listen = 1  max_memory = 2000T }\n",
	  "x.conf:1: max_memory: '2000T' is out of range, allowed is 0 to 1024T\n" },
	{ "an idle time that is none",
	  "exit_when_idle = soon\n",
	  "x.conf:1: exit_when_idle: 'soon' is not a duration, allowed is a number with "
	  "ms, s, min, h or d, from 0 to 365d\n" },
	{ "an idle time for a program",
	  "exit_when_idle = 10min\n"
	  "service a { builtin = echo  listen = 1 }\n"
	  "service b { program = {\"/bin/cat\"}  listen = 3 }\n",
	  "x.conf:1: exit_when_idle: service 'b' is a program, which accepts for "
	  "itself, so that nobody else knows whether it is idle; allowed with "
	  "builtin, inetd and module only\n" },
	{ "a module with a relative path",
	  "service a { module = x/y.so  listen = 7000 }\n",
	  "x.conf:1: module: 'x/y.so' is a relative path, allowed is an absolute "
	  "one or a bare name to be found in " MODULEDIR "\n" },
	{ "an option that is none",
	  "service a { module = x  listen = 7000\n"
	  "option = {\"a=b\", c} }\n",
	  "x.conf:2: option: 'c' is not key=value, allowed in a key are up to 64 "
	  "letters, digits, '-', '_' and '.'\n" },
	{ "an option for a builtin",
	  "service a { builtin = echo  listen = 7000  option = {\"a=b\"} }\n",
	  "x.conf:1: option: fits module only, not builtin; nothing but a "
	  "module takes any, others have arguments and variables\n" },
	{ "a module as a default",
	  "defaults { module = x }\n"
	  "service a { builtin = echo  listen = 7000 }\n",
	  "x.conf:1: module: cannot be a default, write it in each service\n" },
	{ "stderr for a module",
	  "service a { module = x  listen = 7000  stderr = log }\n",
	  "x.conf:1: stderr: fits inetd and program only, not module; a builtin "
	  "writes nothing there and a module where its daemon does, leave it out\n" },
	{ "workers that are none",
	  "service a { builtin = echo  listen = 7000  workers = 0 }\n",
	  "x.conf:1: workers: 0 workers serve nobody, allowed is \"auto\" or a "
	  "number from 1 to 16384; enabled = no switches a service off\n" },
	{ "workers with a leading zero",
	  "service a { builtin = echo  listen = 7000  workers = 08 }\n",
	  "x.conf:1: workers: '08' begins with a zero, as if it were octal, "
	  "allowed is \"auto\" or a number from 1 to 16384\n" },
	{ "workers without a number",
	  "service a { builtin = echo  listen = 7000  workers = \"\" }\n",
	  "x.conf:1: workers: is empty, write a value or leave the key out\n" },
	{ "workers below zero",
	  "service a { builtin = echo  listen = 7000  workers = -1 }\n",
	  "x.conf:1: workers: '-1' is negative, allowed is \"auto\" or a number "
	  "from 1 to 16384\n" },
	{ "workers with a unit",
	  "service a { builtin = echo  listen = 7000  workers = 5x }\n",
	  "x.conf:1: workers: '5x' is not a number, allowed is \"auto\" or a "
	  "number from 1 to 16384\n" },
	{ "workers with a semicolon",
	  "service a { builtin = echo  listen = 7000  workers = 5; }\n",
	  "x.conf:1: workers: '5;' is not a number, allowed is \"auto\" or a "
	  "number from 1 to 16384\n" },
	{ "too many workers",
	  "service a { builtin = echo  listen = 7000  workers = 16385 }\n",
	  "x.conf:1: workers: '16385' is out of range, allowed is \"auto\" or a "
	  "number from 1 to 16384\n" },
	{ "more workers than a number holds",
	  "service a { builtin = echo  listen = 7000  workers = "
	  "99999999999999999999999 }\n",
	  "x.conf:1: workers: '99999999999999999999999' is out of range, allowed "
	  "is \"auto\" or a number from 1 to 16384\n" },
	{ "workers that are automatic",
	  "service a { builtin = echo  listen = 7000  workers = automatic }\n",
	  "x.conf:1: workers: 'automatic' is not a number, allowed is \"auto\" or "
	  "a number from 1 to 16384\n" },
	{ "a list of workers",
	  "service a { builtin = echo  listen = 7000  workers = {4} }\n",
	  "x.conf:1: workers: takes one value, not a list\n" },
	{ "a backlog of nothing",
	  "service a { builtin = echo  listen = 7000  backlog = 0 }\n",
	  "x.conf:1: backlog: '0' is out of range, allowed is a number from 1 to "
	  "1048576\n" },
	{ "a backlog out of range",
	  "service a { builtin = echo  listen = 7000  backlog = 1048577 }\n",
	  "x.conf:1: backlog: '1048577' is out of range, allowed is a number from "
	  "1 to 1048576\n" },
	{ "a backlog in hexadecimal",
	  "service a { builtin = echo  listen = 7000  backlog = 0x10 }\n",
	  "x.conf:1: backlog: '0x10' is not a number, allowed is a number from 1 "
	  "to 1048576\n" },
	{ "a bool that is none",
	  "service a { builtin = echo  listen = 7000  no_delay = maybe }\n",
	  "x.conf:1: no_delay: 'maybe' is neither yes nor no, allowed are yes, no, "
	  "on, off, true and false\n" },
	{ "a bool as a number",
	  "service a { builtin = echo  listen = 7000  keep_alive = 1 }\n",
	  "x.conf:1: keep_alive: '1' is neither yes nor no, allowed are yes, no, "
	  "on, off, true and false\n" },
	{ "a capital bool",
	  "service a { builtin = echo  listen = 7000  enabled = Yes }\n",
	  "x.conf:1: enabled: 'Yes' is neither yes nor no, allowed are yes, no, "
	  "on, off, true and false\n" },
	{ "a duration with an unknown unit",
	  "service a { builtin = echo  listen = 7000  stop_timeout = 5w }\n",
	  "x.conf:1: stop_timeout: '5w' is not a duration, allowed is a number "
	  "with ms, s, min, h or d, from 1ms to 1d\n" },
	{ "a duration in fractions",
	  "service a { builtin = echo  listen = 7000  stop_timeout = 1.5s }\n",
	  "x.conf:1: stop_timeout: '1.5s' is not a duration, allowed is a number "
	  "with ms, s, min, h or d, from 1ms to 1d\n" },
	{ "a duration that is negative",
	  "service a { builtin = echo  listen = 7000  stop_timeout = -5s }\n",
	  "x.conf:1: stop_timeout: '-5s' is negative, allowed is a number with ms, "
	  "s, min, h or d, from 1ms to 1d\n" },
	{ "a duration with a blank",
	  "service a { builtin = echo  listen = 7000  stop_timeout = \"5 s\" }\n",
	  "x.conf:1: stop_timeout: '5 s' is not a duration, allowed is a number "
	  "with ms, s, min, h or d, from 1ms to 1d\n" },
	{ "a duration of nothing where one is needed",
	  "service a { builtin = echo  listen = 7000  stop_timeout = 0 }\n",
	  "x.conf:1: stop_timeout: '0' is out of range, allowed is 1ms to 1d\n" },
	{ "a duration that is too long",
	  "service a { builtin = echo  listen = 7000  stop_timeout = 25h }\n",
	  "x.conf:1: stop_timeout: '25h' is out of range, allowed is 1ms to 1d\n" },
	{ "a duration with a leading zero",
	  "service a { builtin = echo  listen = 7000  kill_timeout = 05s }\n",
	  "x.conf:1: kill_timeout: '05s' begins with a zero, as if it were octal, "
	  "allowed is a number with ms, s, min, h or d, from 1ms to 1h\n" },
	{ "milliseconds where seconds are needed",
	  "service a { builtin = echo  listen = 7000  defer_accept = 1500ms }\n",
	  "x.conf:1: defer_accept: '1500ms' is not a whole number of seconds, "
	  "which it must be\n" },
	{ "a mode in decimal",
	  "service a { builtin = echo  listen = 7000  socket_mode = 0689 }\n",
	  "x.conf:1: socket_mode: '0689' is not a file mode, allowed are three or "
	  "four octal digits up to 0777\n" },
	{ "a mode of one digit",
	  "service a { builtin = echo  listen = 7000  umask = 7 }\n",
	  "x.conf:1: umask: '7' is not a file mode, allowed are three or four "
	  "octal digits up to 0777\n" },
	{ "a mode out of range",
	  "service a { builtin = echo  listen = 7000  socket_mode = 4755 }\n",
	  "x.conf:1: socket_mode: '4755' is out of range, allowed is up to 0777\n" },
	{ "a nice value out of range",
	  "service a { builtin = echo  listen = 7000  nice = 20 }\n",
	  "x.conf:1: nice: '20' is not a number from -20 to 19, which are allowed\n" },
	{ "an oom_score_adjust out of range",
	  "service a { builtin = echo  listen = 7000  oom_score_adjust = -1001 }\n",
	  "x.conf:1: oom_score_adjust: '-1001' is not a number from -1000 to 1000, which are "
	  "allowed\n" },
	{ "a chroot that is not absolute",
	  "service a { builtin = echo  listen = 7000  chroot = jail }\n",
	  "x.conf:1: chroot: 'jail' is not an absolute path, it must begin with '/'\n" },
	{ "a group that is not there",
	  "service a { builtin = echo  listen = 7000  supplementary_groups = {\"no-such\"} }\n",
	  "x.conf:1: supplementary_groups: there is no group 'no-such', write the name of one "
	  "or a number\n" },
	{ "a capability that is not one",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  capabilities = {\"NET_RAW\"} }\n",
	  "x.conf:1: capabilities: 'NET_RAW' is not a capability, allowed are the names in "
	  "capabilities(7), such as CAP_NET_BIND_SERVICE\n" },
	{ "capabilities of a builtin",
	  "service a { builtin = echo  listen = 7000  capabilities = {\"CAP_NET_RAW\"} }\n",
	  "x.conf:1: capabilities: fits inetd, program and module only, not builtin; a builtin needs "
	  "none, leave it out\n" },
	{ "a variable that is between us and systemd",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  pass_environment = {\"TZ\", "
	  "\"NOTIFY_SOCKET\"} }\n",
	  "x.conf:1: pass_environment: 'NOTIFY_SOCKET' is between preforkd and who started it, "
	  "allowed are other variables\n" },
	{ "another of them",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  pass_environment = JOURNAL_STREAM }\n",
	  "x.conf:1: pass_environment: 'JOURNAL_STREAM' is between preforkd and who started "
	  "it, allowed are other variables\n" },
	{ "a variable with its value",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  pass_environment = {\"TZ=UTC\"} }\n",
	  "x.conf:1: pass_environment: 'TZ=UTC' is not the name of a variable, allowed are "
	  "letters, digits and '_'\n" },
	{ "a variable twice",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  pass_environment = {\"TZ\", \"TZ\"} }\n",
	  "x.conf:1: pass_environment: 'TZ' is given twice, keep one\n" },
	{ "memory for no process",
	  "service a { builtin = echo  listen = 7000  limit_as = 1M }\n",
	  "x.conf:1: limit_as: '1M' is too little for any process, allowed is 16M or more, or "
	  "\"unlimited\"\n" },
	{ "a limit of processor time that is none",
	  "service a { builtin = echo  listen = 7000  limit_cpu = 0 }\n",
	  "x.conf:1: limit_cpu: '0' is out of range, allowed is a number of seconds or with ms, "
	  "s, min, h or d, from 1s to 365d, or \"unlimited\"\n" },
	{ "a limit of processor time in parts of a second",
	  "service a { builtin = echo  listen = 7000  limit_cpu = 1500ms }\n",
	  "x.conf:1: limit_cpu: '1500ms' is not a whole number of seconds, which it must be\n" },
	{ "a count with a unit",
	  "service a { builtin = echo  listen = 7000  limit_locks = 1K }\n",
	  "x.conf:1: limit_locks: '1K' is not a number, allowed is a number, 0 or more, or "
	  "\"unlimited\"\n" },
	{ "no signal that may wait",
	  "service a { builtin = echo  listen = 7000  limit_sigpending = 0 }\n",
	  "x.conf:1: limit_sigpending: '0' is out of range, allowed is a number, 1 or more, or "
	  "\"unlimited\"\n" },
	{ "a nice value far below zero",
	  "service a { builtin = echo  listen = 7000  nice = -21 }\n",
	  "x.conf:1: nice: '-21' is not a number from -20 to 19, which are allowed\n" },
	{ "a nice value with a plus",
	  "service a { builtin = echo  listen = 7000  nice = \"+5\" }\n",
	  "x.conf:1: nice: '+5' is not a number from -20 to 19, which are allowed\n" },
	{ "a limit that is too small",
	  "service a { builtin = echo  listen = 7000  limit_nofile = 5 }\n",
	  "x.conf:1: limit_nofile: '5' is out of range, allowed is a number from "
	  "16 to 1073741816\n" },
	{ "unlimited descriptors",
	  "service a { builtin = echo  listen = 7000  limit_nofile = unlimited }\n",
	  "x.conf:1: limit_nofile: 'unlimited' is not a number, allowed is a "
	  "number from 16 to 1073741816\n" },
	{ "a size with an unknown unit",
	  "service a { builtin = echo  listen = 7000  limit_core = 5MB }\n",
	  "x.conf:1: limit_core: '5MB' is not a size, allowed is a number with or "
	  "without K, M, G or T, or \"unlimited\"\n" },
	{ "a negative size",
	  "service a { builtin = echo  listen = 7000  limit_core = -1 }\n",
	  "x.conf:1: limit_core: '-1' is negative, allowed is a number with or "
	  "without K, M, G or T, or \"unlimited\"\n" },
	{ "a folder that is relative",
	  "service a { builtin = echo  listen = 7000  working_directory = srv }\n",
	  "x.conf:1: working_directory: 'srv' is not an absolute path, it must "
	  "begin with '/'\n" },
	{ "a folder that is empty",
	  "service a { builtin = echo  listen = 7000  working_directory = \"\" }\n",
	  "x.conf:1: working_directory: is empty, write a value or leave the key "
	  "out\n" },
	{ "a device with a slash",
	  "service a { builtin = echo  listen = 7000  bind_to_device = eth0/1 }\n",
	  "x.conf:1: bind_to_device: 'eth0/1' is not the name of a network "
	  "interface, allowed are up to 15 characters without '/', ':' and blanks\n" },
	{ "a device with a long name",
	  "service a { builtin = echo  listen = 7000  bind_to_device = "
	  "abcdefghijklmnop }\n",
	  "x.conf:1: bind_to_device: 'abcdefghijklmnop' is not the name of a "
	  "network interface, allowed are up to 15 characters without '/', ':' and "
	  "blanks\n" },
	{ "a signal that is unknown",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  stop_signal = "
	  "SIGSTOPP }\n",
	  "x.conf:1: stop_signal: 'SIGSTOPP' is not a signal, allowed are names "
	  "such as SIGTERM or SIGQUIT\n" },
	{ "a signal that leaves no time",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  stop_signal = KILL "
	  "}\n",
	  "x.conf:1: stop_signal: SIGKILL leaves no time to finish and comes by "
	  "itself after stop_timeout, allowed are signals such as SIGTERM or "
	  "SIGQUIT\n" },
	{ "a signal that stops nothing",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  stop_signal = "
	  "SIGCONT }\n",
	  "x.conf:1: stop_signal: SIGCONT does not stop a program, allowed are "
	  "signals such as SIGTERM or SIGQUIT\n" },
	{ "a signal for reloading that is unknown",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  reload_signal = "
	  "RELOAD }\n",
	  "x.conf:1: reload_signal: 'RELOAD' is not a signal, allowed are names such "
	  "as SIGHUP or SIGUSR1\n" },
	{ "a signal that nobody hears",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  reload_signal = "
	  "KILL }\n",
	  "x.conf:1: reload_signal: no program rereads its configuration on "
	  "SIGKILL, allowed are signals such as SIGHUP or SIGUSR1\n" },
	{ "a signal with two meanings",
	  "service a { program = {\"/bin/cat\"}  listen = 7000\n"
	  "\treload_signal = HUP  stop_signal = HUP }\n",
	  "x.conf:2: reload_signal: SIGHUP is the stop_signal of service 'a', "
	  "allowed is another one\n" },
	{ "a watchdog without a unit that exists",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  watchdog = 10x }\n",
	  "x.conf:1: watchdog: '10x' is not a duration, allowed is a number with ms, "
	  "s, min, h or d, from 0 to 1d\n" },
	{ "a watchdog that sleeps",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  watchdog = 2d }\n",
	  "x.conf:1: watchdog: '2d' is out of range, allowed is 0 to 1d\n" },
	{ "a status that none can be",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  success_status = {75, 256} }\n",
	  "x.conf:1: success_status: '256' is out of range, allowed is a number from 0 "
	  "to 255\n" },
	{ "a status by its name",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  success_status = TEMPFAIL }\n",
	  "x.conf:1: success_status: 'TEMPFAIL' is not a number, allowed is a number from 0 "
	  "to 255\n" },
	{ "an unknown way to pass",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  pass = fd0 }\n",
	  "x.conf:1: pass: 'fd0' is not known, allowed are listen_fds and stdin\n" },
	{ "an unknown way to be ready",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  ready = soon }\n",
	  "x.conf:1: ready: 'soon' is not known, allowed are exec and notify\n" },
	{ "an unknown place for stderr",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  stderr = file }\n",
	  "x.conf:1: stderr: 'file' is not known, allowed are log, null and "
	  "connection\n" },
	{ "stdin for two sockets",
	  "service a {\n"
	  "\tprogram = {\"/bin/cat\"}\n"
	  "\tlisten = {1, 2}\n"
	  "\tpass = stdin\n"
	  "}\n",
	  "x.conf:4: pass: 'stdin' is one socket, but service 'a' has 2 addresses; "
	  "listen_fds passes them all\n" },
	{ "stdin for two sockets, by default",
	  "service a {\n"
	  "\tprogram = {\"/bin/cat\"}\n"
	  "\tlisten = {1, 2}\n"
	  "}\n"
	  "defaults { pass = stdin }\n",
	  "x.conf:5: pass: 'stdin' is one socket, but service 'a' has 2 addresses; "
	  "listen_fds passes them all\n" },
	{ "a variable without a value",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"A\"} }\n",
	  "x.conf:1: environment: 'A' is not NAME=value, allowed in a NAME are "
	  "letters, digits and '_'\n" },
	{ "a variable with a bad name",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"A-B=c\"} }\n",
	  "x.conf:1: environment: 'A-B=c' is not NAME=value, allowed in a NAME are "
	  "letters, digits and '_'\n" },
	{ "a variable without a name",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"=c\"} }\n",
	  "x.conf:1: environment: '=c' is not NAME=value, allowed in a NAME are "
	  "letters, digits and '_'\n" },
	{ "a variable that begins with a digit",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"1A=c\"} }\n",
	  "x.conf:1: environment: '1A=c' is not NAME=value, allowed in a NAME are "
	  "letters, digits and '_'\n" },
	{ "a variable given twice",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"A=b\", \"B=\", \"A=c\"} }\n",
	  "x.conf:1: environment: 'A' is given twice, keep one\n" },
	{ "a variable of ours",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"LISTEN_FDS=3\"} }\n",
	  "x.conf:1: environment: 'LISTEN_FDS' is set by preforkd itself, use "
	  "another name\n" },
	{ "another variable of ours",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"NOTIFY_SOCKET=x\"} }\n",
	  "x.conf:1: environment: 'NOTIFY_SOCKET' is set by preforkd itself, use "
	  "another name\n" },
	{ "a variable of UCSPI",
	  "service a { inetd = {\"/bin/cat\"}  listen = 7000  environment = "
	  "{\"TCPREMOTEIP=x\"} }\n",
	  "x.conf:1: environment: 'TCPREMOTEIP' is set by preforkd itself, use "
	  "another name\n" },
	{ "a network that is none",
	  "service a { builtin = echo  listen = 7000  allow = {\"::1\", "
	  "10.0.0.0/33} }\n",
	  "x.conf:1: allow: '10.0.0.0/33' is no address or network: a network of "
	  "IPv4 addresses has /0 to /32\n" },
	{ "a network with bits behind its prefix",
	  "service a { builtin = echo  listen = 7000  deny = 10.0.0.1/8 }\n",
	  "x.conf:1: deny: '10.0.0.1/8' is no address or network: the address has "
	  "bits set behind the prefix, as 10.0.0.1/8 has; write 10.0.0.0/8\n" },
	{ "a name for a network",
	  "service a { builtin = echo  listen = 7000  allow = localhost }\n",
	  "x.conf:1: allow: 'localhost' is no address or network: write an address "
	  "or a network, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32\n" },
	{ "unix where it means nothing",
	  "service a { builtin = echo  listen = 7000  allow = unix }\n",
	  "x.conf:1: allow: 'unix' is no address or network: write an address "
	  "or a network, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32\n" },
	{ "an empty list of networks",
	  "service a { builtin = echo  listen = 7000  allow = {} }\n",
	  "x.conf:1: allow: is an empty list, write addresses and networks or "
	  "leave the key out\n" },
	{ "a network that is allowed and denied",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tdeny = {\"::1\", 10.0.0.0/8}\n"
	  "\tallow = \"::ffff:10.0.0.0/104\"\n"
	  "}\n",
	  "x.conf:3: deny: '10.0.0.0/8' is in allow as well, keep one\n" },
	{ "a network given twice",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tallow = {10.0.0.0/8, 10.0.0.0/9, 10.0.0.0/8}\n"
	  "}\n",
	  "x.conf:3: allow: '10.0.0.0/8' is given twice, keep one\n" },
	{ "a proxy given twice",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tproxy_protocol = {192.0.2.7, 192.0.2.7/32}\n"
	  "}\n",
	  "x.conf:3: proxy_protocol: '192.0.2.7' is given twice, keep one\n" },
	{ "networks for a unix socket",
	  "service a { builtin = echo  listen = /run/x  allow = 10.0.0.0/8 }\n",
	  "x.conf:1: allow: service 'a' has no IP address to be called at; its "
	  "unix sockets are guarded by socket_mode, socket_user and socket_group\n" },
	{ "a proxy with an address at a unix socket",
	  "service a { builtin = echo  listen = /run/x  proxy_protocol = ::1 }\n",
	  "x.conf:1: proxy_protocol: service 'a' has no IP address to be called "
	  "at; write \"unix\" for proxies that call at a unix socket\n" },
	{ "a limit of a source for a program",
	  "service a { program = {\"/bin/cat\"}  listen = 7000  "
	  "max_connections_per_source = 3 }\n",
	  "x.conf:1: max_connections_per_source: fits builtin, inetd and module only, not "
	  "program; a program accepts its connections itself and must count them "
	  "itself\n" },
	{ "a message that is too long",
	  "service a { builtin = echo  listen = 7000  refuse_message = \""
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890123456789"
	  "01234567890123456789012\" }\n",
	  "x.conf:1: refuse_message: has 513 bytes, allowed are up to 512\n" },
	{ "an empty list of addresses",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = {}\n"
	  "}\n",
	  "x.conf:3: listen: is an empty list, write an address or leave the key "
	  "out to take over sockets from systemd\n" },
	{ "a host name",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = \"localhost:7000\"\n"
	  "}\n",
	  "x.conf:3: listen: 'localhost:7000' is no address: a host is a number "
	  "such as 127.0.0.1 or [::1], not a name\n" },
	{ "a port out of range",
	  "service a {\n"
	  "\tbuiltin = echo\n"
	  "\tlisten = 70000\n"
	  "}\n",
	  "x.conf:3: listen: '70000' is no address: a port is a number from 0 to "
	  "65535 or a name of /etc/services\n" },
};
/* clang-format on */
