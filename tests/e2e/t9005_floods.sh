#!/bin/bash
# t9005_floods.sh - who writes into the sockets of the master without an end keeps it from
# nothing: not other pools, not the control bus, not a stop.
# shellcheck source=tests/e2e/module_lib.sh
. "$(dirname "$0")/module_lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot change user"
install_header
ok "a module that writes into all it has" build_module trick "$here/modules/trick.c"
configure <<END
defaults { workers = 2  $(user_line)  start_timeout = 2s  stop_timeout = 1s  kill_timeout = 1s }
service flood { listen = "127.0.0.1:0"  module = "$work/trick.so"  option = {"open=flood"} }
service good { listen = "127.0.0.1:0"  builtin = "echo"  workers = 4 }
END

# --- reports ---------------------------------------------------------------------------
# Its workers never come to the end of their start: each deadline is a turn that the
# master has had.
start_preforkd || { fail "it starts beside a module that floods the socket of reports" && done_testing; }
flooding=$(titled 'flood\[0\]')
ok "start_timeout ends who floods" wait_until 30 is_gone "$flooding"
ok "and has said little" test "$(log_lines | grep -c 'flood')" -lt 20
is "another pool serves" "$(echo hello | ask "$(address_of good)")" hello
run_preforkctl status good
is "preforkctl has its answer" "$exit_status" 0
run_preforkctl restart good
is "another pool restarts meanwhile" "$exit_status" 0

# --- notifications ----------------------------------------------------------------------
nice "$PYTHON" "$here/notify-flood" "$master" nobody 60 >"$work/flood" 2>&1 &
flood=$!
wait_until 20 grep -q begun "$work/flood"
for n in 1 2; do
	run_preforkctl status good
	is "a flood of notifications: answer $n" "$exit_status" 0
done
is "the pool serves" "$(echo hello | ask "$(address_of good)")" hello
run_preforkctl reload
is "a reload" "$exit_status" 0
ok "and all that beside the flood" kill -0 "$flood"
stop_preforkd
is "a stop" "$exit_status" 0
wait "$flood"
like "the flood was one" "$(tail -n 1 "$work/flood")" '^[0-9]{4,}$'
done_testing
