#!/bin/bash
# t9203_sabotage.sh - a worker is taken over and does all that its user may: it is
# noticed, mended and named, the master goes on, another pool does not feel it.
# PREFORKD_LONG: a hundred times each, under load, shared by ten daemons: most of it is
# waiting.  All of a daemon's processes are in a group of 60 tasks, if there are such.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot change user"
rounds=${PREFORKD_SABOTAGE_ROUNDS:-1}
if [ -n "${PREFORKD_LONG:-}" ] && [ -z "${PREFORKD_SABOTAGE_ROUNDS:-}" ]; then
	parts=
	for n in {1..10}; do
		PREFORKD_SABOTAGE_ROUNDS=10 bash "$0" >"$work/part$n" 2>&1 &
		parts+=" $!"
	done
	# shellcheck disable=SC2086 # a word each
	wait $parts
	for n in {1..10}; do
		ok "part $n: $(grep -a '^# acts=' "$work/part$n")" eval \
			"! grep -a -A 12 '^not ok\|^Bail' '$work/part$n' && grep -q '^1\.\.[1-9]' '$work/part$n'"
	done
	done_testing
fi

# As TasksMax= of a unit.
limited=
while IFS=: read -r _ controllers path; do
	case $controllers in
	pids) mounted=/sys/fs/cgroup/pids ;;
	'') mounted=/sys/fs/cgroup ;;
	*) continue ;;
	esac
	limited=$mounted${path%/}/preforkd-test-$$
	mkdir "$limited" 2>/dev/null || { limited='' && continue; }
	[ ! -e "$limited/pids.max" ] || ! echo 60 >"$limited/pids.max" || break
	rmdir "$limited"
	limited=
done </proc/self/cgroup 2>/dev/null
leave_group() {
	local tries=0
	while [ -d "$limited" ] && ! rmdir "$limited"; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}
trap 'finish; leave_group 2>/dev/null' EXIT
# A port that was asked for, and that nobody else gets while it is not ours.
host=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
configure <<END
service target { listen = "$host:$(free_port)"  builtin = "echo"  workers = 2  user = "nobody" }
service honest { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2  user = "daemon" }
END
start_preforkd || { fail "it starts" && done_testing; }
first=$master
if [ -n "$limited" ]; then
	for pid in $master $(workers_of_master); do echo "$pid" >"$limited/cgroup.procs"; done
fi
load=
if [ -n "${PREFORKD_LONG:-}" ]; then
	"$LOAD" -q -t 36000 -c 2 -p 1 -d 20 "$(address_of honest)" >"$work/load" 2>&1 &
	load=$!
fi
timeout --kill-after=5 $((rounds * 120)) /usr/bin/python3 "$here/saboteur" "$master" "$rounds" \
	"$(address_of target)" "$(address_of honest)" ${limited:+"$limited/cgroup.procs"} >"$work/said" 2>&1
diag <"$work/said"
like "each act was mended, and the other pool did not feel it" "$(tail -n 1 "$work/said")" \
	'^acts=[1-9][0-9]* wrong=0$'
if [ -n "$load" ]; then
	kill -TERM $load
	wait $load
	like "honest clients have lost nothing" "$(cat "$work/load")" 'failed=0'
fi
ok "the master is the same" kill -0 "$first"
named() { ok "named: $1" log_has "preforkd: target(\\[[01]\\])?:? ?.*$1"; }
named "a process of this service has shut down $host:[0-9]+; it listens again"
named "a process of this service has limited the queue of $host:[0-9]+ to 0; it is 4096 again"
named "a process of this service has made $host:[0-9]+ non-blocking; it is blocking again"
named "a process of this service has changed SO_RCVTIMEO of $host:[0-9]+; put back"
named "a process of this service has put a filter on $host:[0-9]+; it was (removed|opened anew)"
named 'pid [0-9]+ has been stopped by a signal for .*, continuing it'
named 'pid [0-9]+ killed by SIGKILL after'
unlike "the other pool is not in the log" "$(log_lines)" 'honest(\[|: a process)'
is "the target serves" "$(echo hello | ask "$(address_of target)")" hello
stop_preforkd
is "status 0" "$exit_status" 0
if [ -n "$limited" ]; then
	is "the bomb has met the limit" "$(grep -c 'processes, and no more' "$work/said")" "$rounds"
	ok "nothing of it is left" leave_group
else
	skip "the bomb meets the limit of its group" "cgroup: no group of tasks can be made"
fi
done_testing
