#!/bin/bash
# t7401_exit_when_idle.sh - a daemon that nobody needs ends, if it may.
#
# That nobody is lost by that, tests/system/idle.sh shows with a real systemd.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# service LISTEN: the configuration, with that in the only service.
service() {
	configure <<-END
		exit_when_idle = ${idle:-500ms}
		defaults { $(user_line) workers = 2 }
		service echo { builtin = "echo"  $1 }
	END
}
activate() {
	rm -f "$work/where"
	launch "$PYTHON" "$here/activate" "$work/where" "$@" -- "$PREFORKD" --log=plain -c "$conf"
	wait_until 30 is_ready_or_gone
	mapfile -t at <"$work/where"
}

# Long enough for a busy machine to ask before it ends.
idle=3s
service ''
activate stream
is "it serves" "$(echo hello | ask "${at[0]}")" hello
wait_for_end 20
is "it ends by itself when nothing was served for so long, with status 0" "$exit_status" 0
ok "it says why" log_has 'idle for 3s \(exit_when_idle\), ending until the next connection'
ok "the service manager hears that it stops" grep -q '^STOPPING=1' "$notes"

# A client that stays; longer than the setting is what is tested.
idle=500ms
service ''
activate stream
exec 5<>"/dev/tcp/127.0.0.1/${at[0]##*:}"
sleep 1.2
not_ok "a connection in hand keeps it" log_has "idle for"
exec 5>&-
wait_for_end 10
is "and no longer" "$exit_status" 0

idle=1h
service ''
activate stream
service 'listen = "127.0.0.1:0"'
mark_log
kill -HUP "$master"
ok "a reload that adds a socket of its own is refused" \
	wait_for_log 'exit_when_idle: echo listens on 127.0.0.1:0 by itself, which nobody would after the end'
is "and changes nothing" "$(echo hello | ask "${at[0]}")" hello
service ''
sed -i '/exit_when_idle/s/1h/300ms/' "$conf"
kill -HUP "$master"
wait_for_end 10
is "a reload may shorten it" "$exit_status" 0

service 'listen = "127.0.0.1:0"'
start_preforkd
is "a start with a socket of its own is refused" "$exit_status" 78
ok "and says what to do" log_has \
	'exit_when_idle: echo listens on 127.0.0.1:0 by itself, .*; let a socket unit pass that socket, or leave exit_when_idle out'
done_testing
