#!/bin/bash
# t9004_paused_master.sh - a master that was stopped for longer than start_timeout hears
# its workers out before it calls them late.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# pause.py MASTER: ends all its workers, and stops it for three when some of the next
# ones have been forked.
cat >"$work/pause.py" <<'END'
import os, signal, sys, time
master = int(sys.argv[1])

def children():
    with open(f"/proc/{master}/task/{master}/children") as file:
        return set(file.read().split())

before = children()
for pid in before:
    os.kill(int(pid), signal.SIGKILL)
end = time.monotonic() + 10
while len(children() - before) < 10:
    if time.monotonic() > end:
        sys.exit("no workers were forked")
os.kill(master, signal.SIGSTOP)
time.sleep(3)
os.kill(master, signal.SIGCONT)
END

configure <<END
defaults { $(user_line)  workers = 24  start_timeout = 2s  working_directory = "/" }
service program { listen = "$work/program.sock"  program = {"/bin/sleep", "600"} }
service echo { listen = "$work/echo.sock"  builtin = "echo"  workers = 1  socket_mode = 0666 }
END
start_preforkd
full() { [ "$(workers_of_master | wc -l)" = 25 ]; }
serves() { [ "$(echo hello | ask "$work/echo.sock")" = hello ]; }

for round in 1 2 3; do
	ok "round $round: the master pauses while workers start" \
		"$PYTHON" "$work/pause.py" "$master"
	ok "round $round: they are all there" wait_until 20 full
	ok "round $round: they serve" serves
done
is "nobody was called late" "$(log_lines | grep -c start_timeout)" 0
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
