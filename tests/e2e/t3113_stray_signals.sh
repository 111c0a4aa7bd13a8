#!/bin/bash
# t3113_stray_signals.sh - signals that mean nothing to the master end it no longer: they
# are named, once in a while, and its workers do not inherit what it makes of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

configure <<END
defaults { workers = 1  $(user_line) }
service echo { listen = "127.0.0.1:0"  builtin = "echo" }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "1000"} }
END
start_preforkd || { fail "it starts" && done_testing; }
for signal in USR1 USR2 ALRM VTALRM PROF IO STKFLT PWR $(seq 32 64); do
	kill -"$signal" "$master"
done
ok "one line names the signal and its sender" wait_for_log \
	"preforkd: SIG[A-Z0-9]* from pid $$ of uid $(id -u) means nothing here, ignoring; SIGHUP reloads"
is "the master serves" "$(echo hello | ask "$(address_of echo)")" hello
is "it is one line" "$(log_lines | grep -c 'means nothing')" 1
app=$(pgrep -P "$master" -x sleep) echo=$(pgrep -P "$master" -f '^preforkd: echo')
for pid in "$app" "$echo"; do
	for what in SigBlk SigIgn; do
		like "a worker has $what at its default" \
			"$(grep "^$what" "/proc/$pid/status")" '0000000000000000$'
	done
done
kill -USR1 "$app"
ok "and they end a program as ever" wait_for_log "app.*killed by SIGUSR1"
stop_preforkd
is "SIGTERM still stops it" "$exit_status" 0
done_testing
