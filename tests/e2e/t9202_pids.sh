#!/bin/bash
# t9202_pids.sh - PIDs that come back within a fraction of a second: a signal of the
# master's finds its worker or nobody, never another process that has got the number.
# In a PID namespace with few PIDs decoys come and go, and take the PID of each
# worker that has ended before anybody else does.
# PREFORKD_LONG: 10,000 ends of workers instead of some hundred.

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
		echo 600 >/proc/sys/kernel/pid_max
}

wanted=120 decoys='1 20'
[ -z "${PREFORKD_LONG:-}" ] || wanted=10000 decoys='20 20'
configure <<END
defaults { $(user_line) }
service once { listen = "$work/once.sock"  builtin = "echo"  workers = 4  max_connections_per_worker = 1 }
service killed { listen = "$work/killed.sock"  builtin = "echo"  workers = 24 }
service range { listen = "$work/range.sock"  builtin = "echo"  min_spare = 1  max_workers = 12 }
service app { listen = "$work/app.sock"  program = {"/bin/sleep", "3600"}  workers = 2 }
END
start_preforkd || { fail "it starts" && done_testing; }
# What is forked from here on gets a PID from 300 to 599.
ok "few PIDs are left" few_pids
# shellcheck disable=SC2086 # two words
"$BUILDDIR/tests/e2e/decoys" $decoys "$master" >"$work/decoys" &
decoys=$!

# are_there N: so many workers to kill, known as $workers.
are_there() {
	workers=$(pgrep -P "$master" -f '^preforkd: killed')
	[ "$(wc -w <<<"$workers")" -ge "$1" ]
}

killed=0
for round in 1 2 3; do
	"$LOAD" -q -a -n 40 -c 2 -p 1 -d 20 "$work/once.sock" >>"$work/loads" 2>&1
	"$LOAD" -q -a -n 20 -c 8 -p 1 -d 20 "$work/range.sock" >>"$work/loads" 2>&1
	# Who has served somebody is replaced at once.
	"$LOAD" -q -a -t 3600 -c 4 -p 1 -d 20 "$work/killed.sock" >>"$work/loads" 2>&1 &
	load=$!
	while [ $killed -lt $((wanted * round / 3)) ]; do
		wait_until 20 are_there 20 || break
		# shellcheck disable=SC2086 # as many words as there are workers
		kill -KILL $workers
		killed=$((killed + 20))
	done
	kill -TERM $load
	wait $load
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
like "no decoy was ever signalled" "$(tail -n 1 "$work/decoys")" ' hit=0$'
diag <"$work/decoys"
read -r born heirs ends < <(sed -n 's/^born=\([0-9]*\) heirs=\([0-9]*\) of \([0-9]*\) .*/\1 \2 \3/p' "$work/decoys")
ok "the PIDs went round" test "${born:-0}" -ge 300
ok "workers ended all the time" test "${ends:-0}" -ge "$wanted"
ok "the PIDs of most were a decoy's next" test "${heirs:-0}" -ge $((${ends:-0} / 2))
done_testing
