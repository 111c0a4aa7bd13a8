#!/bin/bash
# t8201_shortages.sh - no descriptors, no processes, no memory, no place: each is said
# once, with the limit named, and that it is over; nothing spins, and everybody else is
# served meanwhile.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

strace -o "$work/true" true 2>"$work/why" || skip_all "ptrace: $(head -n 1 "$work/why")"
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" # it cannot stop the world here

configure <<END
defaults { $(user_line)  workers = 1  socket_mode = 0666  working_directory = "/" }
service echo { listen = "$work/echo.sock"  builtin = "echo"  workers = 3 }
service other { listen = "$work/other.sock"  builtin = "echo" }
service one { listen = "127.0.0.1:0"  builtin = "echo" }
service program { listen = "$work/program.sock"  program = {"/bin/sleep", "600"} }
END
start_preforkd || { fail "it starts" && done_testing; }
of() { pgrep -P "$master" -f "^preforkd: $1\\["; }
count() { of "$1" | wc -l; }
has() { [ "$(count "$1")" = "$2" ]; }
serves() { [ "$(echo hello | ask "$work/$1.sock")" = hello ]; }
said() { log_lines | grep -Ec "$1"; }
# ticks: of the processor, that the master has had.
ticks() { echo $(($(cut -d ' ' -f 14,15 "/proc/$master/stat" | tr ' ' +))); }

# inject CALLS ERROR WHEN [OPTION]: into the master, with -f into whom it forks.
inject() {
	: >"$work/attached"
	strace ${4:+"$4"} -o "$work/calls" -e trace="$1" -e inject="$1:error=$2:when=$3" \
		-p "$master" 2>"$work/attached" &
	injector=$!
	wait_until 20 grep -q attached "$work/attached"
}
relent() { kill "$injector" && wait_until 20 is_gone "$injector"; }

# --- accept() in the workers ------------------------------------------------------------
inject accept4 ENFILE 1..3 -f
mapfile -t workers < <(of echo)
kill -KILL "${workers[@]}"
short='echo\[[0-9]\]: cannot accept, retrying; raise fs\.file-max: Too many open files in system$'
ok "ENFILE: said, with the limit" wait_for_log "$short" 30
has_tried() { [ "$(grep -c 'ENFILE.*INJECTED' "$work/calls")" -ge 9 ]; }
ok "three workers have met it three times" wait_until 30 has_tried
ok "it is over: a client is served" serves echo
ok "it is over: said" wait_for_log 'echo\[[0-9]\]: accepts connections again$'
is "once each" "$(said "$short") $(said 'accepts connections again')" "1 1"
is "three pauses each, and no more calls" "$(grep -c INJECTED "$work/calls")" 9
relent
mark_log
inject accept4 EMFILE 1 -f
kill -KILL "$(of other)"
short='other: cannot start workers: a worker ended: too many open files; raise limit_nofile before its first connection; retrying in '
ok "EMFILE: said, with the key" wait_for_log "$short" 30
ok "meanwhile others are served" serves echo
relent
ok "it is over: said" wait_for_log 'other: works again after [0-9]+ failed starts?$' 60
is "once" "$(said "$short")" 1

# --- fork() in the master -----------------------------------------------------------------
while read -r error words; do
	mark_log
	inject clone,clone3,fork,vfork "$error" 1..2
	kill -KILL "$(of other)"
	short="other: cannot start a worker: $words; retrying in 100 ms, then less and less often"
	ok "$error: said, with the limit" wait_for_log "$short" 30
	ok "$error: it is over, said" wait_for_log 'other: works again after 2 failed starts$' 30
	is "$error: once" "$(said 'cannot start')" 1
	relent
done <<'END'
EAGAIN Resource temporarily unavailable \(TasksMax=, pids\.max or RLIMIT_NPROC\)
ENOMEM Cannot allocate memory \(MemoryMax= or vm\.overcommit_memory\)
END

# --- descriptors of the master -------------------------------------------------------------
mark_log
hard=$(ulimit -Hn)
prlimit --pid "$master" --nofile="3:$hard"
before=$(ticks)
kill -KILL "$(pgrep -P "$master" -x sleep)"
short='Too many open files \(LimitNOFILE= of the unit\)'
ok "a program cannot be started: said" wait_for_log "program: cannot start a worker: $short; retrying" 30
timeout 2 "$PREFORKCTL" status >/dev/null 2>&1
ok "nor a client of the control bus served: said" wait_for_log 'control: cannot accept clients \(LimitNOFILE= of the unit\), retrying: ' 30
ok "meanwhile others are served" serves echo
used=$(($(ticks) - before))
ok "the master does not spin: $used ticks" test $used -lt 100
prlimit --pid "$master" --nofile="$hard:$hard"
ok "it is over: the program" wait_for_log 'program: works again after [0-9]+ failed starts?$' 60
run_preforkctl status
is "it is over: preforkctl" "$exit_status" 0
ok "it is over: said" wait_for_log 'control: accepts clients again$'
is "once each" "$(said 'Too many open files')" 2

# --- places ------------------------------------------------------------------------------------
# Twice as many as workers, and both are taken by connections that go on.
port=$(log_from=0 && port_of one)
exec 8<>"/dev/tcp/127.0.0.1/$port"
echo first >&8 && read -r -t 20 answer <&8
is "a client that stays" "$answer" first
mark_log
first=$(of one)
run_preforkctl restart one
exec 9<>"/dev/tcp/127.0.0.1/$port"
echo second >&9 && read -r -t 20 answer <&9
is "another, with the successor" "$answer" second
"$PREFORKCTL" restart one >/dev/null 2>&1 8>&- 9>&- &
crowded='one: cannot start a worker: of 2 places 1 are taken by workers that are still ending, waiting for one of them \(stop_timeout\)$'
ok "no place: said" wait_for_log "$crowded"
exec 8>&-
ok "the first is gone" wait_until 20 is_gone "$first"
ok "it is over: said" wait_for_log 'one: a place is free again, starting workers$' 20
is "once" "$(said "$crowded")" 1
exec 9>&-
stop_preforkd
is "ends" "$exit_status" 0
done_testing
