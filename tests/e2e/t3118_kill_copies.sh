#!/bin/bash
# t3118_kill_copies.sh - every copy of a program in turn is killed under load: it is
# replaced, its number is used again, no kill costs more than one connection, each is
# accounted for.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=1
[ -z "${PREFORKD_LONG:-}" ] || rounds=20
workers=4
# The user of a pool may not reach a Python of somebody's own.
python=/usr/bin/python3
[ -x $python ] || python=$(command -v "$PYTHON")
cat >"$work/server" <<END
#!$python
import socket
sock = socket.socket(fileno=3)
while True:
    with sock.accept()[0] as c:
        try:
            while data := c.recv(4096):
                c.sendall(data)
        except ConnectionError:
            pass
END
chmod 755 "$work/server"
configure <<END
service app { listen = "127.0.0.1:0"  program = {"$work/server"}  workers = $workers  $(user_line) }
END
start_preforkd || { fail "it starts" && done_testing; }
at=$(address_of app)

# Who has which slot: "SLOT PID" lines.
copies() {
	local pid variable variables
	for pid in $(titled "$work/server"); do
		mapfile -d '' -t variables <"/proc/$pid/environ"
		for variable in "${variables[@]}"; do
			[[ $variable != PREFORKD_SLOT=* ]] || echo "${variable#*=} $pid"
		done
	done 2>/dev/null
}
pid_of() { copies | sed -n "s/^$1 //p"; }
replaced() { # SLOT OLD: another process has the slot
	local now
	now=$(pid_of "$1") && [ -n "$now" ] && [ "$now" != "$2" ]
}
# Who ends in the first second has not started, and that is another matter.
ticks=$(getconf CLK_TCK)
has_proved() {
	local up stat
	read -r up _ </proc/uptime
	read -r stat <"/proc/$1/stat" || return
	read -ra stat <<<"${stat##*) }"
	[ $((${up/./} * ticks / 100)) -gt $((stat[19] + ticks * 3 / 2)) ]
}

"$LOAD" -q -a -t 600 -c 4 -p 1 -d 20 "$at" >"$work/load" &
load=$!
serving() { [ "$(grep -c . < <(ss -Htn state established "dst $at"))" -gt 0 ]; }
ok "there is load" wait_until 20 serving

kills=0 bad=
for ((round = 0; round < rounds; round++)); do
	for ((slot = 0; slot < workers; slot++)); do
		pid=$(pid_of $slot)
		wait_until 15 has_proved "$pid" || bad+=" nobody in $slot"
		kill -KILL "$pid"
		kills=$((kills + 1))
		echo "$slot $pid" >>"$work/killed"
		wait_until 15 replaced $slot "$pid" || bad+=" $slot($pid)"
		[ -z "$bad" ] || break 2
	done
done
is "every one is replaced, in its slot" "$bad" ''
is "the numbers are the lowest, each once" \
	"$(copies | cut -d ' ' -f 1 | sort -n | tr '\n' ' ')" \
	"$(seq -s ' ' 0 $((workers - 1))) "

kill -TERM "$load"
wait "$load"
is "the load ends well" $? 0
number() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$work/load"; }
echo "# $(cat "$work/load")"
ok "it was a load" test "$(number connections)" -gt 500
ok "no more failures than kills" test "$(number failed)" -le "$kills"

missing=
while read -r slot pid; do
	[ "$(log_lines | grep -cE "^preforkd: app\\[$slot\\] pid $pid killed by SIGKILL after [0-9]")" = 1 ] ||
		missing+=" $slot($pid)"
done <"$work/killed"
is "each end has its line" "$missing" ''
is "and there is no other" "$(log_lines | grep -c ' pid ')" $kills
unlike "it was no failed start" "$(log_lines)" 'retrying'
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
