#!/bin/bash
# t7006_roll_back.sh - a reload that cannot be done leaves what was, service by service,
# and says why; and reloads that come at a bad time.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

defaults() { echo "defaults { $(user_line) workers = 2 }"; }
tell() {
	echo "service $1 { listen = $2  inetd = {\"/bin/sh\", \"-c\", \"echo $3\"}  ${4:-} }"
}
echo_at() { echo "service $1 { listen = $2  builtin = \"echo\" ${3:-} }"; }
words() { grep -oE '^(RELOADING=1|READY=1|STOPPING=1)' "$notes" | tr '\n' ' '; }
descriptors() { readlink /proc/"$master"/fd/* | sort; }
same_descriptors() { [ "$(descriptors)" = "$1" ]; }
a=127.0.0.1:$(free_port) b=127.0.0.1:$(free_port) c=127.0.0.1:$(free_port)

# What holds a port against us.
"$PYTHON" - "$work/taken" <<'PY' &
import socket, sys, time
sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen()
with open(sys.argv[1], "w") as out:
    out.write("%s:%d\n" % sock.getsockname())
time.sleep(600)
PY
wait_until 15 grep -q : "$work/taken"
taken=$(cat "$work/taken")

# Programs: one that dies at its start, one that is never ready, one that is ready late.
cat >"$work/app.py" <<'PY'
import os, signal, socket, sys, time
how = sys.argv[1]
if how == "dies":
    sys.exit(7)
if how == "hangs":
    signal.pause()
if how == "gate":
    while not os.path.exists(sys.argv[2]):
        time.sleep(0.02)
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
note.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
note.send(b"READY=1")
listener = socket.socket(fileno=3)
while True:
    peer, _ = listener.accept()
    with peer:
        peer.sendall(how.encode() + b"\n")
PY
python=$(PATH=/usr/bin:/bin command -v python3) || python=$(command -v "$PYTHON")
app() { echo "service ${3:-t} { listen = \"$1\"  program = {\"$python\", \"$work/app.py\", $2}  ready = \"notify\" workers = 1 start_timeout = ${4:-20s} }"; }

queued() { [ "$(ss -Hltn "src $1" | awk '{ print $2 }')" = "$2" ]; }
has_children() { [ "$(workers_of_master | wc -l)" -ge "$1" ]; }
other_than() { pgrep -P "$master" -f "$work/app.py" | grep -vx "$1"; }
is_there_other_than() { [ -n "$(other_than "$1")" ]; }
two_ended() { [ "$(log_lines | grep -cE 'preforkd: reloaded: ')" = 2 ]; }

base() { defaults && tell kept "\"$c\"" kept && cat; }

# --- one service goes back, the others go on ---------------------------------------------------
base >"$conf" < <(tell t "\"$a\"" old && tell other "\"$b\"" one)
start_preforkd
kept=$(pids kept) t=$(pids t) before=$(descriptors)

# back NAME WHY SERVICES: t is rolled back for that reason, an ERE, and everything is as before.
back() {
	base >"$conf"
	reload
	is "$1: the outcome" "$(outcome)" "reload failed: ${3:-2 unchanged, 1 rolled back}"
	like "$1: said" "$(log_lines)" "preforkd: t: $2; it goes on with its old settings"
	is "$1: the same workers" "$(pids t)" "$t"
	is "$1: the others keep theirs" "$(pids kept)" "$kept"
	ok "$1: it serves" wait_until 10 says "$a" old
	ok "$1: the descriptors are as before" wait_until 10 same_descriptors "$before"
	is "$1: RELOADING, then READY" "$(words | tr ' ' '\n' | tail -n 2 | tr '\n' ' ')" "RELOADING=1 READY=1 "
	is "$1: no other worker is left" "$(workers_of_master | wc -l)" 6
}
back "a missing command" "cannot start workers: .*execute '$work/none': No such file or directory" \
	< <(echo "service t { listen = \"$a\" inetd = {\"$work/none\"} }" && tell other "\"$b\"" one)
back "an address that is taken" "cannot listen on $taken: .*Address already in use" \
	< <(tell t "{\"$a\", \"$taken\"}" new && tell other "\"$b\"" one)
back "a folder that does not exist" "cannot listen on $work/none/s: the folder does not exist.*" \
	< <(tell t "{\"$work/none/s\"}" new && tell other "\"$b\"" one)
back "a program that dies at its start" "cannot start workers: '.*python3' exited with status 7 at its start" \
	< <(app "$a" '"dies"' && tell other "\"$b\"" one)
from=$(now_usec)
back "a program that is never ready" "cannot start workers: '.*python3' was not ready in start_timeout, killed" \
	< <(app "$a" '"hangs"' t 700ms && tell other "\"$b\"" one)
took=$(($(now_usec) - from))
ok "a program that is never ready: it had start_timeout" test $took -ge 700000
ok "a program that is never ready: and not much more" test $took -lt 8000000

# Another one changes in the same reload.
base >"$conf" < <(echo "service t { listen = \"$a\" inetd = {\"$work/none\"} }" && tell other "\"$b\"" two &&
	tell more "\"$work/more.sock\"" more && tell bad "\"$taken\"" bad)
reload
is "one of four: the outcome" "$(outcome)" "reload failed: 1 unchanged, 1 reloaded, 1 added, 2 rolled back"
like "one of four: not added" "$(log_lines)" "preforkd: bad: cannot listen on $taken: .*; it is not added"
ok "one of four: it serves" wait_until 10 says "$a" old
ok "one of four: the other has changed" wait_until 10 says "$b" two
ok "one of four: the new one serves" wait_until 10 says "$work/more.sock" more
is "one of four: the same workers" "$(pids t)" "$t"
base >"$conf" < <(tell t "\"$a\"" old && tell other "\"$b\"" two)
reload
is "then a good one" "$(outcome)" "reloaded: 3 unchanged, 1 removed"
ok "then a good one: one has gone" wait_until 10 refused "$work/more.sock"

# --- who passes addresses on goes back together ------------------------------------------------
first=$(inode_of "$a") other=$(pids other)
base >"$conf" < <(tell t "\"$b\"" old && echo "service other { listen = \"$a\" inetd = {\"$work/none\"} }")
reload
is "a swap that fails: the outcome" "$(outcome)" "reload failed: 1 unchanged, 2 rolled back"
like "a swap that fails: who has failed" "$(log_lines)" "other: cannot start workers: .*; it goes on with its old"
like "a swap that fails: who goes with it" "$(log_lines)" \
	't: an address passes between it and other, which cannot start; it goes on with its old settings'
ok "a swap that fails: as before" wait_until 10 says "$a" old
ok "a swap that fails: as before" wait_until 10 says "$b" two
is "a swap that fails: the same workers" "$(pids t) $(pids other)" "$t $other"
base >"$conf" < <(echo "service new { listen = \"$a\" inetd = {\"$work/none\"} }" && tell other "\"$b\"" two)
reload
is "a new name that fails: the outcome" "$(outcome)" "reload failed: 2 unchanged, 2 rolled back"
like "a new name that fails: the old stays" "$(log_lines)" 't: an address passes between it and new, which cannot start; it goes on'
ok "a new name that fails: as before" wait_until 10 says "$a" old
is "a new name that fails: the same workers" "$(pids t)" "$t"
is "the same socket all the time" "$(inode_of "$a")" "$first"
base >"$conf" < <(tell t "\"$a\"" old && tell other "\"$b\"" two)
reload
is "then all are unchanged" "$(outcome)" "reloaded: 3 unchanged"

# --- at a bad time -----------------------------------------------------------------------------
# While a reload is under way: those that come meanwhile are one.
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\"" && tell other "\"$b\"" two)
mark_log
kill -HUP "$master"
ok "under way: its new worker is there" wait_until 10 has_children 7
ok "under way: the old serve" wait_until 10 says "$a" old
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\"" && tell other "\"$b\"" three)
for _ in 1 2 3 4 5; do kill -HUP "$master"; done
is "under way: nothing else has begun" "$(log_lines | grep -c 'preforkd: reloading ')" 1
touch "$work/gate"
ok "under way: both end" wait_for_log 'reloaded: 2 unchanged, 1 reloaded' 15
ok "under way: the second as well" wait_until 15 two_ended
is "under way: there were two" "$(log_lines | grep -cE 'preforkd: reloading ')" 2
ok "under way: the first counts" wait_until 10 says "$a" gate
ok "under way: the second counts" wait_until 10 says "$b" three
is "under way: the words" "$(words | sed 's/.*READY=1 \(RELOADING=1 READY=1 RELOADING=1 READY=1 \)$/\1/')" \
	"RELOADING=1 READY=1 RELOADING=1 READY=1 "

# The new workers are killed while they start.
rm "$work/gate"
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\", \"x\"" && tell other "\"$b\"" three)
old=$(pgrep -P "$master" -f "$work/app.py")
mark_log
before=$(ends_of_reloads)
kill -HUP "$master"
ok "killed: the new one is there" wait_until 10 is_there_other_than "$old"
kill -KILL "$(other_than "$old")"
ok "killed: rolled back" wait_until 15 reload_ended "$before"
like "killed: said" "$(log_lines)" "t: cannot start workers: '.*python3' killed by SIGKILL at its start; it goes on"
ok "killed: it serves" wait_until 10 says "$a" gate
touch "$work/gate"

# The old ones are killed while the new start.
rm "$work/gate"
before=$(ends_of_reloads)
kill -HUP "$master"
ok "the old are killed: the new one is there" wait_until 10 is_there_other_than "$old"
kill -KILL "$old"
touch "$work/gate"
ok "the old are killed: it ends" wait_until 15 reload_ended "$before"
like "the old are killed: well" "$(outcome)" 'reloaded: 2 unchanged, 1 reloaded'
ok "the old are killed: it serves" wait_until 10 says "$a" gate

# A worker that is stopped does not end, and nobody waits for it but stop_timeout.
base >"$conf" < <(echo_at t "\"$a\"" 'stop_timeout = 700ms kill_timeout = 300ms' && tell other "\"$b\"" three)
reload
stuck=$(pids t | head -n 1)
kill -STOP "$stuck"
base >"$conf" < <(echo_at t "\"$a\"" 'stop_timeout = 800ms kill_timeout = 300ms' && tell other "\"$b\"" three)
reload
like "a stuck worker: the reload ends" "$(outcome)" 'reloaded: 2 unchanged, 1 reloaded'
is "a stuck worker: the new serve" "$(echo hi | ask "$a")" hi
ok "a stuck worker: it is killed in the end" wait_for_log "pid $stuck did not stop in kill_timeout, killed" 15
ok "a stuck worker: it is gone" wait_until 10 is_gone "$stuck"

# A service is removed whose workers are all busy and whose queue is full of clients.
base >"$conf" < <(echo_at t "\"$a\"" 'workers = 1' && tell other "\"$b\"" three)
reload
hold busy "$a"
clients=
for i in 1 2 3; do
	echo "queued $i" | ask "$a" >"$work/queued.$i" &
	clients+=" $!"
done
ok "removed, busy: three wait" wait_until 10 queued "$a" 3
base >"$conf" < <(tell other "\"$b\"" three)
reload
is "removed, busy: the outcome" "$(outcome)" "reloaded: 2 unchanged, 1 removed"
"$ASK" "$a" </dev/null >"$work/late" 2>&1 &
late=$!
ok "removed, busy: whose turn it is, is served" let_go busy
for pid in $clients; do wait "$pid"; done
is "removed, busy: who was queued is served" "$(cat "$work"/queued.* | tr '\n' ' ')" "queued 1 queued 2 queued 3 "
wait $late
like "removed, busy: who came too late is refused" "$(cat "$work/late")" 'Connection refused'
ok "removed, busy: none of its workers is left" wait_until 10 has_workers t 0

# The same, but nobody ever ends: stop_timeout is the end.
base >"$conf" < <(echo_at t "\"$a\"" 'workers = 1 stop_timeout = 600ms kill_timeout = 300ms' && tell other "\"$b\"" three)
reload
hold long "$a"
"$ASK" "$a" </dev/null >"$work/late" 2>&1 &
late=$!
ok "removed, busy for ever: one waits" wait_until 10 queued "$a" 1
base >"$conf" < <(tell other "\"$b\"" three)
reload
ok "removed, busy for ever: said" wait_for_log 't: 1 connection queued at an address that was given up was not served: stop_timeout is over' 15
ok "removed, busy for ever: none of its workers is left" wait_until 15 has_workers t 0
wait $late
ok "removed, busy for ever: nobody listens" refused "$a"
let_go long

# While it starts, and while it ends.
stop_preforkd
rm "$work/gate"
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\"" && tell other "\"$b\"" three)
launch "$PREFORKD" --log=plain -c "$conf"
ok "while it starts: it starts" wait_for_log 'other: listening'
kill -HUP "$master"
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\"" && tell other "\"$b\"" four)
touch "$work/gate"
ok "while it starts: it reloads then" wait_for_log 'reloaded: 2 unchanged, 1 reloaded' 20
is "while it starts: READY comes first" "$(words)" "READY=1 RELOADING=1 READY=1 "
ok "while it starts: the new settings count" wait_until 10 says "$b" four
rm "$work/gate"
base >"$conf" < <(app "$a" "\"gate\", \"$work/gate\", \"y\"" && tell other "\"$b\"" five)
kill -HUP "$master"
ok "ended while it reloads: its new worker is there" wait_for_log 'other: reloaded'
stop_preforkd
is "ended while it reloads: the end is clean" "$exit_status" 0
is "ended while it reloads: the last word" "$(words | tr ' ' '\n' | tail -n 2 | tr '\n' ' ')" "RELOADING=1 STOPPING=1 "
is "ended while it reloads: nobody is left" "$(pgrep -f "$work/app.py" | wc -l)" 0
base >"$conf" < <(echo_at t "\"$a\"" && tell other "\"$b\"" five)
start_preforkd
hold last "$a"
kill -TERM "$master"
ok "while it ends: it ends" wait_for_note '^STOPPING=1'
kill -HUP "$master"
ok "while it ends: who is served, is served on" speak last more
ok "while it ends: to the end" let_go last
wait_for_end 20
is "while it ends: the end is clean" "$exit_status" 0
is "while it ends: no reload" "$(log_lines | grep -c reloading)" 0
done_testing
