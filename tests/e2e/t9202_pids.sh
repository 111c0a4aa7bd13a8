#!/bin/bash
# t9202_pids.sh - PIDs that come back within a fraction of a second: a signal of the
# master's finds its worker or nobody, never another process that has got the number.
# In a PID namespace with a hundred free PIDs, half of them taken by decoys.
# PREFORKD_LONG: 10,000 ends of workers instead of some hundreds.

# The key is the namespace's own since Linux 6.14, and not to be touched before.
is_own_key() { [ "$(printf '%s\n' 6.14 "$(uname -r)" | sort -V | head -n 1)" = 6.14 ]; }
if [ -z "${PREFORKD_PIDS:-}" ] && [ "$(id -u)" = 0 ] && is_own_key &&
	unshare --pid --fork --mount-proc true 2>/dev/null; then
	PREFORKD_PIDS=$(readlink /proc/self/ns/pid) exec \
		unshare --pid --fork --mount-proc --kill-child bash "$0" "$@"
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot make a PID namespace"
is_own_key || skip_all "pid_max: belongs to the whole machine before Linux 6.14"
[ -n "${PREFORKD_PIDS:-}" ] || skip_all "sys-admin: cannot make a PID namespace"

# Only where this shell is process 1 and not in the namespace that it came from.
few_pids() {
	[ $$ = 1 ] && [ "$(readlink /proc/self/ns/pid)" != "$PREFORKD_PIDS" ] &&
		echo 400 >/proc/sys/kernel/pid_max
}

connections=240
[ -z "${PREFORKD_LONG:-}" ] || connections=10000
configure <<END
defaults { $(user_line) }
service once { listen = "$work/once.sock"  builtin = "echo"  workers = 4  max_connections_per_worker = 1 }
service range { listen = "$work/range.sock"  builtin = "echo"  min_spare = 1  max_workers = 12 }
service app { listen = "$work/app.sock"  program = {"/bin/sleep", "3600"}  workers = 2 }
END
start_preforkd || { fail "it starts" && done_testing; }
# What is forked from here on gets a PID from 300 to 399.
ok "few PIDs are left" few_pids
"$BUILDDIR/tests/e2e/decoys" 50 40 >"$work/decoys" &
decoys=$!

for round in 1 2 3 4; do
	"$LOAD" -q -a -n $((connections / 4)) -c 2 -p 1 -d 20 "$work/once.sock" >>"$work/load" 2>&1
	"$LOAD" -q -a -n 20 -c 8 -p 1 -d 20 "$work/range.sock" >>"$work/load" 2>&1
	# A program that dies, and is started again.
	pkill -KILL -P "$master" -x sleep
	# New generations, and the old ones end.
	sed -i "s/max_workers = 1[0-9]/max_workers = 1$round/; s/\"36[0-9]*\"/\"360$round\"/" "$conf"
	mark_log
	kill -HUP "$master"
	ok "reload $round" wait_for_log '(reloaded|rolled back): ' 60
done
ok "the service still serves" wait_until 20 "$LOAD" -q -n 1 -c 1 "$work/once.sock"
stop_preforkd TERM 60
is "it ends with status 0" "$exit_status" 0
kill -TERM $decoys
wait $decoys
like "no decoy was ever signalled" "$(tail -n 1 "$work/decoys")" '^born=[0-9]+ hit=0$'
diag <"$work/decoys"
born=$(sed -n 's/^born=\([0-9]*\) .*/\1/p' "$work/decoys")
ok "the PIDs went round several times" test "${born:-0}" -ge 500
done_testing
