#!/bin/bash
# t8202_stuck_workers.sh - a worker that does not end a connection when max_duration is
# over is ended by the master; one that does is not, and one that a signal has stopped is
# continued and does.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# hold.py PID: as a debugger does; neither SIGTERM nor SIGCONT reach it.  It says "here",
# holds the process when a line comes, says "held", and ends with the process.
cat >"$work/hold.py" <<'END'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, SEIZE, INTERRUPT = int(sys.argv[1]), 0x4206, 0x4207
def ptrace(request):
    if libc.ptrace(request, pid, None, None) < 0:
        sys.exit(os.strerror(ctypes.get_errno()))
ptrace(SEIZE)
print("here", flush=True)
sys.stdin.readline()
ptrace(INTERRUPT)
os.waitpid(pid, 0x40000000)
print("held", flush=True)
os.waitpid(pid, 0x40000000)
END
cat >"$work/command" <<END
#!/bin/sh
echo \$\$ >$work/command.pid
exec sleep 1000
END
chmod 755 "$work/command" && touch "$work/command.pid" && chmod 666 "$work/command.pid"

configure <<END
defaults { $(user_line)  workers = 1  kill_timeout = 200ms  linger_timeout = 100ms }
service stopped { listen = "127.0.0.1:0"  inetd = {"$work/command"}  max_duration = 3s }
service traced { listen = "127.0.0.1:0"  builtin = "echo"  max_duration = 3s }
service heeds { listen = "127.0.0.1:0"  inetd = {"/bin/sleep", "1000"}  max_duration = 300ms }
service lasts { listen = "127.0.0.1:0"  builtin = "echo"
	first_byte_timeout = 10min  idle_timeout = 10min }
END
start_preforkd || { fail "it starts" && done_testing; }
worker_of() { pgrep -P "$master" -f "^preforkd: $1\\["; }
at() { echo "/dev/tcp/127.0.0.1/$(port_of "$1")"; }
is_serving() { grep -aq '127\.0\.0\.1:' "/proc/$1/cmdline"; }

stopped=$(worker_of stopped) traced=$(worker_of traced) heeds=$(worker_of heeds) lasts=$(worker_of lasts)
mkfifo "$work/hold"
"$PYTHON" "$work/hold.py" "$traced" <"$work/hold" >"$work/held" 2>&1 &
exec {hold}>"$work/hold"
ok "a debugger comes" wait_until 10 grep -q here "$work/held"
exec 6<>"$(at stopped)"
ok "a command runs" wait_until 10 test -s "$work/command.pid"
kill -STOP "$stopped"
exec 7<>"$(at traced)" 8<>"$(at heeds)" 9<>"$(at lasts)"
ok "a connection is in hand" wait_until 10 is_serving "$traced"
echo hold >&"$hold"
ok "one worker is stopped, the debugger holds another" wait_until 10 grep -q held "$work/held"

after='after [0-9.]+ m?s, serving 127\.0\.0\.1:[0-9]+, [01] connections? served$'
ok "the stopped one is continued, and heeds it" \
	wait_for_log "stopped\\[0\\] .* failed after .*'$work/command' ended by max_duration" 30
ok "its command is gone" wait_until 10 is_gone "$(cat "$work/command.pid")"
ok "the held one is killed, with its client named" \
	wait_for_log "traced\\[0\\] pid $traced outlasted max_duration, killed $after" 30
serves() { [ "$(echo hello | ask "$(address_of traced)")" = hello ]; }
ok "its successor serves" wait_until 10 serves
is "who heeds max_duration is left alone" "$(worker_of heeds) $(worker_of stopped)" "$heeds $stopped"
is "who has none, too" "$(worker_of lasts)" "$lasts"
echo there >&9
read -r -t 10 answer <&9
is "and goes on" "$answer" there
run_preforkctl status --json
is "the counters name the cause" "$(grep -o '"max-duration":[0-9]*' <<<"$out" | tr '\n' ' ')" \
	'"max-duration":0 "max-duration":1 "max-duration":0 "max-duration":0 '
is "one line" "$(log_lines | grep -c outlasted)" 1
exec 9>&-
stop_preforkd
is "ends" "$exit_status" 0
done_testing
