#!/bin/bash
# t9002_unread_stderr.sh - nobody reads the pipe that is the daemon's stderr: it loses
# messages, and nothing else.  A hostile command fills such a pipe at will.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

configure <<END
defaults { $(user_line) }
service echo { listen = "$work/echo.sock"  socket_mode = 0666  workers = 2  builtin = "echo" }
service fill {
	listen = "$work/fill.sock"  socket_mode = 0666  workers = 1
	inetd = {"/bin/sh", "-c", "trap exit TERM; head -c 1000000 /dev/zero >&2"}
	stop_timeout = 500ms  kill_timeout = 500ms
}
END
serves() { [ "$(echo hello | ask "$work/echo.sock")" = hello ]; }
is_full() { "$PYTHON" -c 'import select; exit(select.select([], [1], [], 0)[1] != [])' >&9; }
said() {
	timeout 0.5 cat <&9 >>"$work/said"
	grep -aq "$1" "$work/said"
}
replaced() { [ "$(workers_of_master | wc -l)" = 3 ] && ! workers_of_master | grep -qx "$1"; }

mkfifo "$work/pipe"
exec 9<>"$work/pipe"
listen_for_notes
"$PREFORKD" --log=plain -c "$conf" 2>"$work/pipe" </dev/null &
master=$!
ok "it starts" wait_for_note '^READY=1$'
ask "$work/fill.sock" </dev/null &
asking=$!
ok "a command has filled the pipe" wait_until 10 is_full
ok "others are served" serves
for n in 1 2 3; do
	victim=$(workers_of_master | head -n 1)
	kill -KILL "$victim"
	ok "dead worker $n is replaced" wait_until 10 replaced "$victim"
done
ok "and all serve on" serves

said nothing # the command's zeros, and lines among them
kill -KILL "$(workers_of_master | head -n 1)"
ok "who reads again is told how many messages were lost" \
	wait_until 10 said '[0-9] messages lost'
stop_preforkd TERM 10
is "it ends when told to" "$exit_status" 0
wait "$asking"
done_testing
