#!/bin/bash
# t7002_reload_under_load.sh - 8,000 connections while reloads change, add, remove and
# re-address services, and rolling restarts replace workers: not one fails, not one takes
# five seconds.  PREFORKD_LONG=1: 100,000, 200 reloads, 10 restarts.
#
# Four addresses are there all the time, and are loaded all the time: their services change,
# and pass them on to each other.  Others come and go: a client that got in there before the
# address was given up is served to the end.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

reloads=15 connections=8000 restarts=1
limit=$((EPOCHSECONDS + 200))
if [ -n "${PREFORKD_LONG:-}" ]; then
	reloads=200 connections=100000 restarts=10
	limit=$((EPOCHSECONDS + 800))
fi

# An echo that ends politely, as a program of ours should: it is asked by SIGTERM, and looks
# only between two connections.
cat >"$work/app.py" <<'PY'
import os, select, signal, socket
leaving, wake = os.pipe()
for fd in leaving, wake:
    os.set_blocking(fd, False)
signal.signal(signal.SIGTERM, lambda *_: os.write(wake, b"x"))
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener = socket.socket(fileno=3)
listener.setblocking(False)
note.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
note.send(b"READY=1")
while leaving not in select.select([listener, leaving], [], [])[0]:
    try:
        peer, _ = listener.accept()
    except BlockingIOError:
        continue
    with peer:
        peer.setblocking(True)
        while piece := peer.recv(65536):
            peer.sendall(piece)
PY
python=$(PATH=/usr/bin:/bin command -v python3) || python=$(command -v "$PYTHON")
t=127.0.0.1:$(free_port) i=127.0.0.1:$(free_port) p=127.0.0.1:$(free_port) u=$work/u.sock
x=127.0.0.1:$(free_port) v=$work/v.sock

# services N: the configuration of the Nth reload.
services() {
	local n=$1 first=t second=i
	# The names change places, and with them the addresses, handler and all.
	[ $((n % 5)) -lt 3 ] || first=i second=t
	cat <<-END
		control = "$work/control"
		defaults { $(user_line)  workers = 3 }
		service same { listen = "127.0.0.1:0"  builtin = "echo" }
		service $first { listen = {"$t", "$u"}  builtin = "echo"  workers = $((2 + n % 3)) }
		service $second { listen = "$i"  inetd = {"/bin/cat"}  environment = {"N=$n"} }
		service p { listen = "$p"  program = {"$python", "$work/app.py"}  ready = "notify"
			environment = {"N=$((n / 4))"} }
	END
	case $((n % 4)) in
	1) echo "service x { listen = {\"$x\", \"$v\"}  builtin = \"echo\" workers = 2 }" ;;
	2) echo "service y { listen = {\"$v\", \"$x\"}  inetd = {\"/bin/cat\"} workers = 2 }" ;;
	esac
}

# load NAME ADDRESS: again and again until $work/stop.
load() {
	until [ -e "$work/stop" ]; do
		"$LOAD" --quiet --connections=200 --concurrency=8 --processes=1 --deadline=5 \
			"$2" >>"$work/load.$1" || true
	done
}
total() { cat "$work"/load.* 2>/dev/null | grep -oE "\b$1=[0-9]+" | awk -F= '{ n += $2 } END { print n + 0 }'; }
largest() { cat "$work"/load.* | grep -oE "\b$1=[0-9]+" | awk -F= '$2 > n { n = $2 } END { print n + 0 }'; }

# burst ADDRESS FILE: ten clients that get in and talk later: the address is given up
# meanwhile.  Whoever did not get in does not count.
burst() {
	"$PYTHON" - "$1" "$work/go" <<'PY' >>"$2" 2>&1
import os, socket, sys, time
where, go = sys.argv[1:]
family = socket.AF_UNIX if where[0] == "/" else socket.AF_INET
host, _, port = where.rpartition(":")
inside = []
for n in range(10):
    sock = socket.socket(family)
    sock.settimeout(20)
    try:
        sock.connect(where if family == socket.AF_UNIX else (host, int(port)))
        inside.append(sock)
    except OSError:
        pass
until = time.monotonic() + 0.05
while time.monotonic() < until:
    time.sleep(0.01)
for n, sock in enumerate(inside):
    said = b"burst %d\n" % n
    try:
        sock.sendall(said)
        sock.shutdown(socket.SHUT_WR)
        heard = sock.makefile("rb").read()
        print("served" if heard == said else "failed: %r" % heard)
    except OSError as error:
        print("failed: %s: %s" % (where, error))
PY
}

services 0 >"$conf"
start_preforkd
same=$(pids same)
for one in "t $t" "u $u" "i $i" "p $p"; do
	# shellcheck disable=SC2086 # two words
	load $one &
	loads+=" $!"
done
done=0 unwell=''
touch "$work/bursts"
while { [ $done -lt $reloads ] || [ "$(total connections)" -lt $connections ]; } &&
	[ $EPOCHSECONDS -lt $limit ]; do
	services $((done + 1)) >"$conf"
	case $((done % 4)) in
	2)
		burst "$x" "$work/bursts" &
		bursts=$!
		burst "$v" "$work/bursts"
		;;
	esac
	reload
	done=$((done + 1))
	[[ $(outcome) == reloaded:* ]] || [ -n "$unwell" ] || unwell="reload $done: $(log_lines)"
	if [ $((done % (reloads / restarts))) = 0 ]; then
		for service in t i p; do
			"$BUILDDIR/preforkctl" -c "$work/control" restart $service >"$work/restart" 2>&1 </dev/null ||
				unwell+=" restart $service: $(cat "$work/restart")"
			restarted=$((${restarted:-0} + 1))
		done
	fi
done
wait "${bursts:-}" 2>/dev/null
touch "$work/stop"
# shellcheck disable=SC2086 # many words
wait $loads
echo "# $done reloads, ${restarted:-0} restarts, $(total connections) connections," \
	"the slowest $(largest max_us) us; $(grep -c served "$work/bursts") on addresses given up"
ok "so many reloads" test $done -ge $reloads
ok "so many rolling restarts" test "${restarted:-0}" -ge $((3 * restarts))
ok "so many connections" test "$(total connections)" -ge $connections
for one in t u i p; do ok "at each address some: $one" test "$(grep -c . "$work/load.$one")" -ge 3; done
is "every reload and restart succeeded" "$unwell" ""
is "none failed" "$(total failed)" 0
is "none had to give up" "$(total gave_up)" 0
ok "none took five seconds" test "$(largest max_us)" -lt 5000000
is "whoever got in at an address that was given up was served" "$(grep -v served "$work/bursts")" ""
ok "and some were" test "$(grep -c served "$work/bursts")" -ge $reloads
is "the service that never changed has its workers" "$(pids same)" "$same"
is "nothing was worth a warning" "$(grep -E ' pid |cannot|failed|was not served' "$log" |
	grep -v ' asked for by pid ')" ""
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
