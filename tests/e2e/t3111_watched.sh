#!/bin/bash
# t3111_watched.sh - what a program says of itself, as it would to systemd: WATCHDOG=1,
# STATUS=, STOPPING=1, EXTEND_TIMEOUT_USEC= and their like.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cp "$here/speaker" "$work/speaker"

# tell SERVICE LINE...: what it answers, from $said.
tell() {
	local line answer port=${port_of_service[$1]}
	shift
	said=
	exec 7<>"/dev/tcp/127.0.0.1/$port" || return
	for line; do
		printf '%s\n' "$line" >&7
		IFS= read -r -t 20 answer <&7 || break
		said+=${said:+ }$answer
	done
	exec 7>&-
}
# field SERVICE NAME: of its first slot.
field() {
	timeout 20 "$PREFORKCTL" -c "$control" --json status "$1" |
		sed -n "s/.*\"slots\":\[{[^}]*\"$2\":\(\"[^\"]*\"\|[^,}]*\).*/\1/p"
}
ends_of() { timeout 20 "$PREFORKCTL" -c "$control" status "$1" | sed -n 's/^ *Ends: //p'; }
new_pid() { tell "$1" pid && [[ $said =~ ^[0-9]+$ && $said != "$2" ]]; }
descriptors() {
	local all=("/proc/$master/fd"/*)
	echo ${#all[@]}
}

configure <<END
log_level = debug
defaults { workers = 1  $(user_line)  kill_timeout = 500ms }
service dog { listen = "127.0.0.1:0"  program = {"$work/speaker"}  ready = notify  watchdog = 1s
	environment = {"SAY=READY=1", "PING=0.2"} }
service off { listen = "127.0.0.1:0"  program = {"$work/speaker"}  ready = notify  stop_timeout = 300ms
	environment = {"SAY=READY=1\\\\nSTATUS=up"} }
service deaf { listen = "127.0.0.1:0"  program = {"/bin/sh", "-c", "trap '' ABRT; while :; do sleep 600; done"}  watchdog = 300ms }
service slow { listen = "127.0.0.1:0"  program = {"$work/speaker"}  ready = notify  start_timeout = 2s
	environment = {"SAY=EXTEND_TIMEOUT_USEC=600000000"} }
END
launch "$PREFORKD" --log=stderr -c "$conf"
declare -A port_of_service
wait_for_log 'slow: listening'
for name in dog off slow; do
	port_of_service[$name]=$(log_lines | sed -n "s/.*$name: listening on 127.0.0.1:\([0-9]*\),.*/\1/p")
done
tell slow pid # it may take longer than start_timeout until Python runs
slow_began=$(now_usec)

# --- watchdog -------------------------------------------------------------------------
ok "a program that never says WATCHDOG=1 has not started" \
	wait_for_log "^<3>deaf: cannot start workers: '/bin/sh' did not once send WATCHDOG=1 in 300 ms; retrying in 100 ms" 20
ok "it is killed if SIGABRT does not end it" \
	wait_for_log '^<7>deaf\[0\] .* did not once send WATCHDOG=1 in 300 ms, killed by SIGKILL' 20
ok "less and less often" wait_for_log '^<7>deaf: .* in 300 ms; retrying in 200 ms' 20
tell dog pid 'env WATCHDOG_PID' 'env WATCHDOG_USEC'
pid=${said%% *}
is "one that speaks knows for how long" "$said" "$pid $pid 1000000"
tell off 'env WATCHDOG_USEC' 'env WATCHDOG_PID'
is "one that need not has no such variable" "$said" '- -'
tell dog quiet
ok "it stops speaking, and is replaced" wait_until 20 new_pid dog "$pid"
ok "with a line that says why" \
	wait_for_log "^<4>dog\[0\] pid $pid did not send WATCHDOG=1 for 1.0 s, killed by SIGABRT( \(core dumped\))? after"
is "and no other" "$(log_lines | grep -c "^<[3-6]>dog\[0\] pid $pid ")" 1
is "a cause of its own" "$(ends_of dog)" "watchdog 1"
tell dog pid 'say WATCHDOG=trigger'
pid=${said%% *}
ok "it asks for its end, and is replaced" wait_until 20 new_pid dog "$pid"
ok "with a line" wait_for_log "^<[34]>dog.* said WATCHDOG=trigger"
tell dog pid quiet 'say WATCHDOG_USEC=60000000'
pid=${said%% *}
# Longer than what is set; short, because it is a look for what must not happen.
not_ok "it sets another time, which counts" wait_until 2 new_pid dog "$pid"
tell off pid 'say WATCHDOG_USEC=200000'
pid=${said%% *}
ok "one without a watchdog asks for one, and gets it" wait_until 20 new_pid off "$pid"

# --- what is shown --------------------------------------------------------------------
tell off pid
pid=$said
like "STATUS= is shown" "$(timeout 20 "$PREFORKCTL" -c "$control" status off)" \
	"STATUS.* [0-9] +1 +$pid +running .* up"
tell off $'say STATUS=a\tb\033[31m \377\303' "child STATUS=of a child\\nWATCHDOG=trigger" \
	'say MAINPID=1\nUNKNOWN=x\nERRNO=5\nEXIT_STATUS=3\nWATCHDOG=1'
is "without what cannot be shown, and from nobody else" "$(field off status)" '"a?b?[31m ??"'
is "what is not meant for us changes nothing" "$(field off pid)" "$pid"

# --- descriptors ----------------------------------------------------------------------
before=$(descriptors)
tell off 'with 200 FDSTORE=1\nFDNAME=x' 'with 200 FDSTORE=1' 'with 3 STATUS=fds' barrier
is "a barrier opens" "$said" "done done done closed"
ok "FDSTORE=1 is not done" wait_for_log '^<7>off\[[01]\] .*FDSTORE=1, which is not done'
is "nothing of it stays in the master" "$(descriptors)" "$before"

# --- the end --------------------------------------------------------------------------
tell off 'say STOPPING=1'
ok "it says STOPPING=1, and stays: another one takes its place" wait_until 20 new_pid off "$pid"
ok "it has stop_timeout to go" wait_for_log "off\[[01]\] pid $pid ended by stop_timeout"

# --- extended deadlines ---------------------------------------------------------------
is_late() { [ "$(now_usec)" -gt $((slow_began + 2500000)) ]; }
ok "start_timeout passes" wait_until 20 is_late
is "who asked for more time is still starting" "$(field slow state)" '"starting"'
is "nobody called it late" "$(log_lines | grep -c 'slow.*start_timeout')" 0
tell slow 'say READY=1'
ok "until it is ready" wait_for_note '^READY=1$'
is "who waits for us is told to be patient" "$(grep -c '^EXTEND_TIMEOUT_USEC=605000000$' "$notes")" 1
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
