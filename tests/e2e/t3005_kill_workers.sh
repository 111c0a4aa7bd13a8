#!/bin/bash
# t3005_kill_workers.sh - every worker in turn is killed under load: it is replaced, its
# number is used again, no kill costs more than one connection, each is accounted for.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=1
[ -z "${PREFORKD_LONG:-}" ] || rounds=20
workers=8
configure <<END
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = $workers  $(user_line) }
END
start_preforkd
at=$(address_of echo)

title() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; }
# Who has which slot: "SLOT PID" lines.
slots() {
	local pid
	for pid in $(workers_of_master); do
		[[ $(title "$pid") =~ ^preforkd:\ echo\[([0-9]+)\]\  ]] &&
			echo "${BASH_REMATCH[1]} $pid"
	done | sort -n
}
pid_of() { slots | sed -n "s/^$1 //p"; }
replaced() { # SLOT OLD: another process has the slot
	local now
	now=$(pid_of "$1") && [ -n "$now" ] && [ "$now" != "$2" ]
}

"$LOAD" -q -a -t 600 -c 16 "$at" >"$work/load" &
load=$!
serving() { [ "$(grep -c . < <(ss -Htn state established "dst $at"))" -gt 0 ]; }
ok "there is load" wait_until 20 serving

kills=0 bad=
for ((round = 0; round < rounds; round++)); do
	for ((slot = 0; slot < workers; slot++)); do
		pid=$(pid_of $slot)
		[ -n "$pid" ] || { bad+=" nobody in $slot" && continue; }
		kill -KILL "$pid"
		kills=$((kills + 1))
		echo "$slot $pid" >>"$work/killed"
		wait_until 15 replaced $slot "$pid" || bad+=" $slot($pid)"
	done
done
is "every one is replaced, in its slot" "$bad" ''
is "as many as ever" "$(workers_of_master | wc -l)" $workers
is "the numbers are the lowest" \
	"$(slots | cut -d ' ' -f 1 | tr '\n' ' ')" \
	"$(seq -s ' ' 0 $((workers - 1))) "

kill -TERM "$load"
wait "$load"
status=$?
is "the load ends well" $status 0
number() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$work/load"; }
echo "# $(cat "$work/load")"
ok "it was a load" test "$(number connections)" -gt 1000
ok "no more failures than kills" test "$(number failed)" -le "$kills"

missing=
while read -r slot pid; do
	[ "$(log_lines | grep -cE "^preforkd: echo\\[$slot\\] pid $pid killed by SIGKILL after .*, (idle|serving 127\\.0\\.0\\.1:[0-9]+), [0-9]+ connections? served\$")" = 1 ] ||
		missing+=" $slot($pid)"
done <"$work/killed"
is "each end has its line" "$missing" ''
is "and there is no other" "$(log_lines | grep -c ' pid ')" $kills
unlike "it was no failed start" "$(log_lines)" 'retrying'
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
