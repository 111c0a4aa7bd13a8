#!/bin/bash
# t8104_attackers.sh - silent and slow clients from 16 addresses that always come back:
# with max_connections_per_source a polite one is served, without it is not.
# PREFORKD_LONG: 2000 attackers and 64 workers instead of 500 and 64, for longer.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

attackers=500 seconds=5
[ -z "${PREFORKD_LONG:-}" ] || attackers=2000 seconds=30
ulimit -n 4096 2>/dev/null
configure <<END
defaults { $(user_line)  workers = 64 }
service limited { listen = "127.0.0.1:0"  builtin = echo  max_connections_per_source = 2 }
service open { listen = "127.0.0.1:0"  builtin = echo }
END
start_preforkd || { fail "it starts" && done_testing; }

# under_attack SERVICE: what the polite client has seen meanwhile, in $tried and $served.
under_attack() {
	local at
	at=$(address_of "$1")
	coproc ATTACK { "$PYTHON" "$here/crowd" attack "$at" $attackers 16; }
	read -r -t 60 <&"${ATTACK[0]}"
	# In hand is what may be: all that a limit leaves them, or all there is.
	wait_until 20 busy "$1" "$2"
	read -r tried served < <("$PYTHON" "$here/crowd" polite "$at" $seconds | sed 's/[a-z]*=//g')
	local end=${ATTACK[1]} pid=$ATTACK_PID
	exec {end}>&-
	wait "$pid"
	echo "# $1: $served of $tried"
}
busy() { [ "$(pgrep -P "$master" -fc "^preforkd: $1\\[[0-9]+\\] 127\\.0\\.8\\.")" -ge "$2" ]; }

under_attack open 64
ok "without a limit the polite client is not served" test "$((served * 10))" -lt "$tried"
under_attack limited 32
ok "there were many attempts" test "$tried" -gt $((seconds * 5))
ok "with a limit 999 of 1000 are served" test $((served * 1000)) -ge $((tried * 999))
ok "attackers have a line each in ten seconds" \
	test "$(log_lines | grep -c 'limited.*refused: max_connections')" -le $((16 * (2 + (seconds + 60) / 10)))
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
