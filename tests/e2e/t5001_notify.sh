#!/bin/bash
# t5001_notify.sh - what the service manager is told, and when.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

statuses() { sed -n 's/^STATUS=//p' "$notes"; }
last_status() { statuses | tail -n 1; }
status_is() { [[ $(last_status) =~ ^$1$ ]]; }

# hold ADDRESS N: so many connections that stay, each answered.
hold() {
	rm -f "$work/held"
	"$PYTHON" - "$1" "$2" "$work/held" <<'END' &
import socket, sys, time
host, _, port = sys.argv[1].rpartition(":")
socks = [socket.create_connection((host, int(port)), 20) for i in range(int(sys.argv[2]))]
for s in socks:
    s.sendall(b"x")
    assert s.recv(1) == b"x"
open(sys.argv[3], "w").close()
time.sleep(600)
END
	holder=$!
	wait_until 20 test -e "$work/held"
}
release() { kill "$holder" && wait "$holder" 2>/dev/null; }

# --- from READY to STOPPING ------------------------------------------------------------
configure <<END
defaults { $(user_line)  stop_timeout = 7s  kill_timeout = 3s }
service git { listen = "127.0.0.1:0"  builtin = "echo"  workers = 8  idle_timeout = 0 }
service pair { listen = {"127.0.0.1:0", "$work/pair.sock"}  builtin = "echo"  workers = 3 }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"}  workers = 4 }
END
start_preforkd
is "READY=1 comes first" "$(head -n 1 "$notes")" 'READY=1'
is "once" "$(grep -c '^READY=1$' "$notes")" 1
is "with figures" "$(statuses | head -n 1)" \
	'git 0/8 busy, 0 queued; pair 0/6 busy, 0 queued; app 4 running, 0 queued'
is "nobody is told more" "$(wc -l <"$notes")" 2

hold "$(address_of git)" 3
ok "the figures are live" wait_until 25 status_is \
	'git 3/8 busy, 0 queued; pair 0/6 busy, 0 queued; app 4 running, 0 queued'
victim=$(workers_of_master | tail -n 1) # of app
kill -KILL "$victim"
ok "a change is told" wait_for_note 'app [34] running'
release
ok "and back again" wait_until 25 status_is \
	'git 0/8 busy, 0 queued; pair 0/6 busy, 0 queued; app 4 running, 0 queued'

hold "$(address_of git)" 1
kill -TERM "$master"
ok "STOPPING=1 is told while one is in hand" wait_for_note '^STOPPING=1$'
is "it goes with a status" "$(last_status)" 'finishing the connections in hand'
extend=$(sed -n 's/^EXTEND_TIMEOUT_USEC=//p' "$notes" | head -n 1)
ok "EXTEND_TIMEOUT_USEC covers both deadlines" test "$extend" -ge 10000000
ok "and is bounded" test "$extend" -le 60000000
is "READY=1 was told once" "$(grep -c '^READY=1$' "$notes")" 1
is "STOPPING=1 too" "$(grep -c '^STOPPING=1$' "$notes")" 1
release
wait_for_end 20
is "status 0" "$exit_status" 0
is "STOPPING is the last phase" "$(grep -E '^(READY|STOPPING)=' "$notes" | tail -n 1)" 'STOPPING=1'

# --- not ready before the workers are --------------------------------------------------
cat >"$work/slow.py" <<'END'
import os, signal, socket, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
note.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
note.send(b"STATUS=up\nREADY=1\n")
signal.pause()
END
python=$(PATH=/usr/bin:/bin command -v python3) || python=$(command -v "$PYTHON")
configure <<END
defaults { $(user_line) }
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2 }
service slow { listen = "127.0.0.1:0"  program = {"$python", "$work/slow.py", "$work/go"}
	workers = 2  ready = "notify" }
END
launch "$PREFORKD" --log=plain -c "$conf"
works() { [ "$(echo hello | ask "$(address_of echo)")" = hello ]; }
ok "the others serve already" wait_until 15 works
is "READY=1 waits for a program that has yet to notify" "$(cat "$notes")" ''
touch "$work/go"
ok "then it comes" wait_for_note '^READY=1$'
is "with both running" "$(statuses | head -n 1)" 'echo 0/2 busy, 0 queued; slow 2 running, 0 queued'
unlike "what a program says is not passed on" "$(cat "$notes")" 'STATUS=up'

# --- nobody else can say READY --------------------------------------------------------
# The socket is abstract, so anybody can send to it; who is no program is ignored.
stop_preforkd
rm "$work/go"
launch "$PREFORKD" --log=plain -c "$conf"
wait_until 15 works
program=$(pgrep -P "$master" -f slow.py | head -n 1)
socket=$(tr '\0' '\n' <"/proc/$program/environ" | sed -n 's/^NOTIFY_SOCKET=@//p')
ok "a program has a NOTIFY_SOCKET of ours" test -n "$socket"
"$PYTHON" -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for text in b"READY=1", b"", b"x" * 60000, b"\n\n\nREADY=1", b"\0READY=1":
    s.sendto(text, "\0" + sys.argv[1])' "$socket"
# When it has answered this twice, it has read that: one turn of its loop is enough.
run_preforkctl -c "$control" --json
run_preforkctl -c "$control" --json
is "a stranger cannot say READY=1" "$(cat "$notes")" ''
touch "$work/go"
ok "the program can" wait_for_note '^READY=1$'
stop_preforkd

# --- WATCHDOG --------------------------------------------------------------------------
configure <<END
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2  $(user_line) }
END
pings() { grep -c '^WATCHDOG=1$' "$notes"; }
pinged() { [ "$(pings)" -ge "$1" ]; }
# systemd sets WATCHDOG_PID to the process it has started; that is known after exec.
cat >"$work/watched" <<'END'
#!/bin/sh
WATCHDOG_USEC=$1 WATCHDOG_PID=${2:-$$}
export WATCHDOG_USEC WATCHDOG_PID
shift 2
exec "$@"
END
chmod 755 "$work/watched"
launch "$work/watched" 400000 '' "$PREFORKD" --log=plain -c "$conf"
wait_for_note '^READY=1$'
from=$(now_usec) before=$(pings)
ok "it pings" wait_until 20 pinged $((before + 10))
took=$(($(now_usec) - from))
ok "ten pings of an idle master within ten times WATCHDOG_USEC" test $took -lt 4400000
ok "and not many times too often" test $took -gt 600000
for pid in $(workers_of_master); do
	is "a worker knows nothing of it" "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -cE 'WATCHDOG|NOTIFY')" 0
done
kill -STOP "$master"
wait_until 10 grep -q '^State:.T' "/proc/$master/status"
# One may have been on its way.
before=$(pings)
is "none while it hangs" "$(within 1 pinged $((before + 2)) && echo pinged)" ''
kill -CONT "$master"
ok "again when it goes on" wait_until 10 pinged $((before + 2))
stop_preforkd
is "status 0" "$exit_status" 0

launch "$work/watched" 200000 1 "$PREFORKD" --log=plain -c "$conf"
wait_for_note '^READY=1$'
is "no pings that are meant for another process" "$(within 1 pinged 1 && echo pinged)" ''
stop_preforkd

# --- nobody to tell --------------------------------------------------------------------
mark_log
NOTIFY_SOCKET=$work/nobody "$PREFORKD" --log=plain -c "$conf" 2>>"$log" &
master=$!
ok "a NOTIFY_SOCKET that nobody has is no reason to fail" wait_for_log 'ready, 1 service'
is "it serves" "$(echo hello | ask "$(address_of echo)")" hello
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
