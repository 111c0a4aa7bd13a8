#!/bin/bash
# t3116_program_nonblocking.sh - a copy of a program makes the listener non-blocking that
# the others block on: it is told of, and put right when nobody can want it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cp "$here/speaker" "$work/speaker"
configure <<END
defaults { workers = 2  $(user_line) }
service app { listen = "$work/app.sock"  program = {"$work/speaker"}  ready = notify
	environment = {"SAY=READY=1"} }
END
start_preforkd || { fail "it starts" && done_testing; }
is "it serves" "$(printf 'nonblock\n' | ask "$work/app.sock")" "done"
# The copy that did it meets its own EAGAIN, the other one after its next client.
ok "it ends, and a line says why" \
	wait_for_log "app: a copy of '$work/speaker' has made $work/app.sock non-blocking, for all of them"
serves() { [ "$(echo pid | ask "$work/app.sock" | grep -c '^[0-9]')" = 1 ]; }
ok "the other one serves once more" serves
ok "then the socket blocks again, and all is well" wait_for_log 'app: works again' 30
for n in 1 2 3 4; do
	ok "client $n is served" serves
done
is "said once" "$(log_lines | grep -c 'has made')" 1
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
