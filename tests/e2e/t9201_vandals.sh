#!/bin/bash
# t9201_vandals.sh - workers that write random bytes over everything they share with the
# master: it does not crash, signals nobody but its own, and sizes its pools right again.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot write into other processes"
rounds=200
[ -z "${PREFORKD_LONG:-}" ] || rounds=2000

count() { pgrep -cP "$master" -f "^preforkd: $1\\["; }
has() { test "$(count "$1")" "$2" "$3"; }
configure <<END
defaults { $(user_line) }
service range { listen = "$work/range.sock"  builtin = "echo"  max_workers = 30 }
service zero { listen = "$work/zero.sock"  builtin = "echo"  min_spare = 0  idle_retire = 2s }
service fixed { listen = "$work/fixed.sock"  builtin = "echo"  workers = 4  max_connections_per_worker = 100 }
service honest { listen = "$work/honest.sock"  inetd = {"/bin/cat"}  workers = 2 }
END
start_preforkd
is "ready" $? 0
for name in range zero fixed; do
	"$LOAD" -q -a -t 600 -c 4 -d 5 "$work/$name.sock" >"$work/load.$name" &
	loads+=($!)
done
wrote=$("$PYTHON" "$here/vandal" "$master" $rounds "${PREFORKD_SEED:-1}")
ok "most rounds wrote" test "$wrote" -ge $((rounds / 2))
kill "${loads[@]}"
wait "${loads[@]}"
ok "the master lives" kill -0 "$master"
# Each worker that is left says what it does with its next connection.
is "a pool of liars serves" "$(echo hello | ask "$work/range.sock")" hello
is "one from zero" "$(echo hello | ask "$work/zero.sock")" hello
is "a fixed one" "$(echo hello | ask "$work/fixed.sock")" hello
is "an honest neighbour" "$(echo hello | ask "$work/honest.sock")" hello
ok "a status can be had" "$PREFORKCTL" status
for name in range zero; do
	"$LOAD" -q -n 1000 -c 20 "$work/$name.sock" >/dev/null
	is "$name: twenty at a time are served" $? 0
done
ok "its size is right again" wait_until 60 has range -le 8
ok "and that of one from zero" wait_until 60 has zero = 0
is "the fixed one has as many as ever" "$(count fixed)" 4
unlike "no report of a sanitizer" "$(log_lines)" 'runtime error|AddressSanitizer'
stop_preforkd
is "ends" "$exit_status" 0

# --- once more, watched ------------------------------------------------------------------
command -v strace >/dev/null || skip_all "strace: is not installed"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
launch strace -qq -o "$work/calls" -e trace=kill,tkill,tgkill,pidfd_send_signal,clone,clone3,fork,vfork,waitid,wait4 \
	-e signal=none "$PREFORKD" --log=plain -c "$conf"
tracer=$master
ok "ready under strace" wait_until 30 is_ready_or_gone
master=$(pgrep -P "$tracer")
"$LOAD" -q -a -t 600 -c 8 -d 5 "$work/range.sock" >"$work/load.range" &
load=$!
"$PYTHON" "$here/vandal" "$master" $((rounds / 2)) >/dev/null
kill $load
wait $load
kill -TERM "$master"
master=$tracer
wait_for_end
is "ends under strace" "$exit_status" 0
is "every signal was for a living child of its own" "$("$PYTHON" - "$work/calls" <<'END'
import re
import sys

alive, strangers = set(), []
for line in open(sys.argv[1], encoding="latin-1"):
    born = re.match(r"(?:clone3?|v?fork)\(.*\) = (\d+)$", line)
    gone = re.match(r"wait(?:id\(P_PID, |4\()(\d+), ", line)
    signal = re.match(r"(?:t?g?kill|pidfd_send_signal)\((-?\d+), ", line)
    if born:
        alive.add(born.group(1))
    elif gone and "WNOWAIT" not in line:
        alive.discard(gone.group(1))
    elif signal and signal.group(1) not in alive:
        strangers.append(line.strip())
print(len(strangers), *strangers)
END
)" 0
ok "and there were some" grep -q '^kill(' "$work/calls"
done_testing
