#!/bin/bash
# t8002_recycling.sh - workers that have served, lived or grown enough: replaced one at a
# time, the successor first, and nobody loses a connection by it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

pids() { pgrep -d ' ' -P "$master" -f "^(preforkd: $1\\[|$1)"; }
count() { pids "$1" | wc -w; }
# all_new POOL NUMBER PIDS: nobody of those is left, and so many are there.
all_new() {
	local now pid
	[ -n "$3" ] || return 1
	now=" $(pids "$1") "
	for pid in $3; do
		[[ $now != *" $pid "* ]] || return 1
	done
	[ "$(wc -w <<<"$now")" = "$2" ]
}
ends() { "$PREFORKCTL" --json status "$1" | "$PYTHON" -c '
import json, sys
print(json.load(sys.stdin)["services"][0]["ends"].get(sys.argv[1], 0))' "$2"; }

configure <<END
defaults { $(user_line) }
service busy { listen = "$work/busy.sock"  builtin = "echo"  workers = 4  max_connections_per_worker = 50 }
service range { listen = "$work/range.sock"  builtin = "echo"  max_connections_per_worker = 50 }
service old { listen = "$work/old.sock"  builtin = "echo"  workers = 3  max_age = 2s }
service large { listen = "$work/large.sock"  builtin = "echo"  workers = 2  max_memory = 1K }
service told { listen = "127.0.0.1:0"  program = {"/bin/sleep", "1000"}  workers = 2  max_age = 3s }
service stays { listen = "$work/stays.sock"  builtin = "echo"  workers = 2  max_connections_per_worker = 100000  max_age = 1d  max_memory = 1G }
END
start_preforkd
is "ready" $? 0
before_large=$(pids large) before_stays=$(pids stays) before_old=$(pids old)
before_told=$(pids /bin/sleep)

# --- connections ------------------------------------------------------------------------
all=15 fewest=15 # by the configuration; two of `range`
"$LOAD" -q -n 15000 -c 8 "$work/busy.sock" >"$work/load" &
load=$!
while kill -0 $load 2>/dev/null; do
	children_of "$master" # the title of one that changes it is overlooked
	[ ${#children[@]} -ge "$fewest" ] || fewest=${#children[@]}
done
wait $load
is "15000 connections over workers that last for 50: none fails" $? 0
ok "never fewer workers than there are to be" test "$fewest" -ge "$all"
is_four() { [ "$(count busy)" = 4 ]; }
ok "then four again" wait_until 10 is_four
ok "the cause is counted" test "$(ends busy used-up)" -ge 20
"$LOAD" -q -n 3000 -c 8 "$work/range.sock" >/dev/null
is "in a pool that follows its load" $? 0

# --- age --------------------------------------------------------------------------------
ok "all of a pool have come of age" wait_until 20 all_new old 3 "$before_old"
ok "and programs" wait_until 20 all_new /bin/sleep 2 "$before_told"
is "which serve" "$(echo hello | ask "$work/old.sock")" hello

# --- memory: looked at every 15 s ---------------------------------------------------------
ok "who is too large is replaced" wait_until 40 all_new large 2 "$before_large"
is "and they serve" "$(echo hello | ask "$work/large.sock")" hello

is "who has reached nothing stays" "$(pids stays)" "$before_stays"
unlike "no line: it is what was asked for" "$(log_lines)" 'used up|retired|killed'
stop_preforkd
is "ends" "$exit_status" 0
done_testing
