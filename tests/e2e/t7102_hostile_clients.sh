#!/bin/bash
# t7102_hostile_clients.sh - 200 hostile clients of the control socket, of every kind
# that control-crowd knows, keep nobody from being answered and leave nothing behind.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: the crowd must be another user's"
group=$(id -gn nobody)
python=$(command -v /usr/bin/python3) # one that others may run, too
: "${python:=$PYTHON}"
configure <<END
control = "$control"
control_group = "$group"
defaults { user = "nobody" }
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2 }
END
start_preforkd

bus() {
	timeout --kill-after=1 20 busctl --timeout=10 --address="unix:path=$control" "$@"
}
state() { bus get-property org.preforkd /org/preforkd org.preforkd.Manager1 State; }
descriptors() { find "/proc/$master/fd" -mindepth 1 | wc -l; }
memory() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$master/status"; }
peak() { awk '$1 == "VmHWM:" { print $2 }' "/proc/$master/status"; }

# One client of each kind, so that what is allocated once is.
warm_up() {
	setpriv --reuid=nobody --regid="$group" --clear-groups \
		"$python" - "$control" 13 1 <"$here/control-crowd" >/dev/null
}
ok "a few first" warm_up
is "it answers" "$(state)" 's "serving"'
as_before() { [ "$(descriptors)" = "$before" ]; }
before=$(descriptors) memory_before=$(memory)

seconds=6
[ -z "${PREFORKD_LONG:-}" ] || seconds=60
setpriv --reuid=nobody --regid="$group" --clear-groups \
	"$python" - "$control" 200 $seconds <"$here/control-crowd" >"$work/crowd" &
crowd=$!
ok "200 clients are there" wait_until 20 grep -q '^here$' "$work/crowd"

# The administrator is answered, and so are the clients of the service, each time.
answered=0 served=0 asked=0 slowest=0
while ! is_gone $crowd; do
	asked=$((asked + 1)) from=$(now_usec)
	[ "$(state)" != 's "serving"' ] || answered=$((answered + 1))
	took=$(($(now_usec) - from))
	[ $took -le $slowest ] || slowest=$took
	[ "$(echo hello | ask "$(address_of echo)")" != hello ] || served=$((served + 1))
done
wait $crowd
diag <"$work/crowd"
echo "# $asked rounds, the slowest answer took $((slowest / 1000)) ms"
ok "more than once" test $asked -ge 2
is "each call is answered" $answered $asked
ok "within five seconds, however busy the machine" test $slowest -lt 5000000
is "each client of the service, too" $served $asked
like "who is thrown out has come back" "$(sed -n 's/^huge: //p' "$work/crowd")" \
	'^[0-9]{2,} connections'
unlike "nobody reloaded anything" "$(log_lines)" 'reload'

ok "no descriptor is left behind" wait_until 20 as_before
# What malloc has kept, and the buffers of 32 clients.
echo "# $memory_before kB before, $(memory) kB after, $(peak) kB at most"
if ldd "$PREFORKD" | grep -Eq 'lib[at]san'; then
	echo "# a sanitizer keeps what is freed: memory says nothing"
else
	ok "nor memory" test "$(memory)" -lt $((memory_before + 2048))
	ok "there never was much" test "$(peak)" -lt $((memory_before + 4096))
fi
is "and not a word in the log" "$(log_lines | grep -c 'control:')" 0
stop_preforkd
is "it ends well" "$exit_status" 0

# --- the deadlines, one by one ----------------------------------------------------------
start_preforkd
# hung_up KIND: how long until the master hangs up on one, in tenths of a second.
hung_up() {
	timeout --kill-after=1 40 "$python" - "$control" "$here/control-crowd" "$1" <<'END'
import runpy, select, socket, sys, time
first, again, _ = runpy.run_path(sys.argv[2])["KINDS"][sys.argv[3]]
sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
sock.connect(sys.argv[1])
begin = time.monotonic()
try:
    sock.sendall(first)
    sock.settimeout(0.1)
    while sys.argv[3] == "deaf":
        sock.send(again)
except OSError:
    pass
gone = select.poll()
gone.register(sock, 0)
gone.poll(30000)
print(int((time.monotonic() - begin) * 10))
END
}
waiting=()
for kind in "no line" "half a message" "deaf"; do
	hung_up "$kind" >"$work/${kind// /_}" &
	waiting+=($!)
done
wait "${waiting[@]}"
for kind in "no line" "half a message" "deaf"; do
	like "in 10 s: $kind" "$(cat "$work/${kind// /_}")" '^(9[5-9]|1[0-2][0-9])$'
done
like "in 10 s, when nothing else happens: silent" "$(hung_up silent)" '^(9[5-9]|1[0-2][0-9])$'
like "at once: huge" "$(hung_up "huge at once")" '^[0-9]$'
done_testing
