#!/bin/bash
# t7303_unread_notify.sh - nobody reads what the daemon tells its NOTIFY_SOCKET: it goes
# on with its work, does not turn in vain, and tells the rest when somebody does.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# A service manager that hangs, its queue full, until $work/go is there.
"$PYTHON" - "$work/notify" "$work/go" "$notes" <<'END' &
import os, socket, sys, time
path, go, notes = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(path + ".new")
full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
full.setblocking(False)
try:
    while True:
        full.sendto(b"x", path + ".new")
except BlockingIOError:
    pass
os.chmod(path + ".new", 0o666)
os.rename(path + ".new", path)
while not os.path.exists(go):
    time.sleep(0.02)
with open(notes, "a") as out:
    while True:
        text = s.recv(65536).decode()
        if text != "x":
            print(text, file=out, flush=True)
END
ok "a service manager hangs" wait_until 10 test -S "$work/notify"

configure <<END
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 3  $(user_line) }
END
cat >"$work/watched" <<'END'
#!/bin/sh
WATCHDOG_USEC=200000 WATCHDOG_PID=$$
export WATCHDOG_USEC WATCHDOG_PID
exec "$@"
END
chmod 755 "$work/watched"
NOTIFY_SOCKET=$work/notify "$work/watched" "$PREFORKD" --log=plain -c "$conf" 2>>"$log" </dev/null &
master=$!
ok "the daemon is ready all the same" wait_for_log 'ready, 1 service, 3 workers'
serves() { [ "$(echo hello | ask "$(address_of echo)")" = hello ]; }
replaced() { [ "$(workers_of_master | wc -l)" = 3 ] && ! workers_of_master | grep -qx "$1"; }
ok "it serves" serves
for n in 1 2 3; do
	victim=$(workers_of_master | head -n 1)
	kill -KILL "$victim"
	ok "dead worker $n is replaced" wait_until 10 replaced "$victim"
done

# Time itself: what it takes of the processor while it has something to tell.
ticks() { awk '{ print $14 + $15 }' "/proc/$master/stat"; }
before=$(ticks)
sleep 1
spent=$(($(ticks) - before))
ok "it does not turn in vain: $spent ticks in a second" test $spent -le 20
is "nothing could be told" "$(cat "$notes")" ''

touch "$work/go"
ok "READY=1 is told when somebody reads" wait_for_note '^READY=1$'
is "once, and before any ping" "$(grep -c '^READY=1$' "$notes") $(head -n 1 "$notes")" '1 READY=1'
pinged() { [ "$(grep -c '^WATCHDOG=1$' "$notes")" -ge "$1" ]; }
ok "the pings go on" wait_until 10 pinged 3
ok "the status is the last" wait_for_note '^STATUS=echo 0/3 busy, 0 queued$'
stop_preforkd
is "status 0" "$exit_status" 0
ok "STOPPING=1 is told" wait_for_note '^STOPPING=1$'
done_testing
