#!/bin/bash
# t4002_orphans.sh - the master is killed with -9: idle workers and programs end at once,
# a connection in hand is finished, or cut after stop_timeout, nothing is left then; and
# the master can be started again at once, at the same port and path.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/forks" <<'END'
#!/bin/sh
sleep 600 &
echo up
exec cat
END
cat >"$work/program" <<'END'
#!/bin/sh
sleep 600 &
trap 'kill $!; exit 0' TERM
wait
END
chmod 755 "$work/forks" "$work/program"
host=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
settings() {
	cat <<-END
		defaults { $(user_line) workers = 3  stop_timeout = 12s }
		service echo { listen = {"$host:$1", "$work/echo.sock"}  builtin = "echo" }
		service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
		service forks { listen = "127.0.0.1:0"  inetd = {"$work/forks"} }
		service prog { listen = "127.0.0.1:0"  program = {"$work/program"} }
	END
}
settings 0 | configure
start_preforkd
settings "$(port_of echo)" | configure

# hold ADDRESS: a connection that stays, known to be served.
hold() {
	"$PYTHON" - "$1" "$work/held" <<'END' &
import os, socket, sys, time
host, _, port = sys.argv[1].rpartition(":")
if host:
    s = socket.create_connection((host, int(port)))
else:
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
def ask(byte):
    s.sendall(byte)
    while s.recv(1) != byte: # "forks" greets
        pass
    with open(sys.argv[2] + "." + byte.decode(), "a") as out:
        out.write(sys.argv[1] + "\n")
ask(b"x")
while not os.path.exists(sys.argv[2] + ".again"):
    time.sleep(0.02)
ask(b"y")
time.sleep(600)
END
}
descend() { # PID: all below it
	local pid
	for pid in $(pgrep -P "$1"); do
		echo "$pid"
		descend "$pid"
	done
}
complete() { [ "$(descend "$master" | wc -l)" -ge 21 ]; }
answered() { [ -e "$work/held.$1" ] && [ "$(wc -l <"$work/held.$1")" = 4 ]; }
alive() {
	local pid
	for pid in "${family[@]}"; do is_gone "$pid" || echo "$pid"; done
}
left() { [ "$(alive | wc -l)" = "$1" ]; }
tell_left() {
	local pid
	for pid in $(alive); do diag < <(ps -o pid=,ppid=,stat=,args= -p "$pid"); done
}

rounds=2
[ -z "${PREFORKD_LONG:-}" ] || rounds=20
for ((i = 1; i <= rounds; i++)); do
	rm -f "$work"/held.*
	holders=()
	for at in "$(address_of echo)" "$work/echo.sock" "$(address_of cat)" "$(address_of forks)"; do
		hold "$at"
		holders+=($!)
	done
	ok "round $i: four connections in hand" wait_until 20 answered x
	answered x || diag <"$work/held.x"
	# 15 workers, cat, the two of "forks", the three sleeps of "prog".
	wait_until 10 complete
	mapfile -t family < <(descend "$master")
	is "round $i: the whole family" ${#family[@]} 21
	[ $i != 1 ] || { # as if it were in the middle of something
		kill -STOP "$master"
	}
	stop_preforkd KILL
	is "round $i: killed" "$exit_status" 137
	# Four workers, cat, the cat and the sleep of "forks".
	ok "round $i: idle workers and programs are gone" wait_until 10 left 7
	start_preforkd
	is "round $i: up again at once" "$?" 0
	unlike "round $i: without a fault" "$(log_lines)" 'cannot|retrying'
	is "round $i: at the same port" "$(echo hello | ask "$(address_of echo)")" hello
	is "round $i: at the same path" "$(echo hello | ask "$work/echo.sock")" hello
	touch "$work/held.again"
	ok "round $i: the connections in hand are served on" wait_until 20 answered y
	answered y || diag <"$work/held.y"
	# Now the clients leave, or, in every other round, stop_timeout has to end it.
	# "forks" leaves a sleep behind, which has stop_timeout in any case.
	[ $((i % 2)) = 0 ] ||
		for pid in "${holders[@]}"; do kill "$pid" && wait "$pid" 2>/dev/null; done
	ok "round $i: then workers and commands are gone" wait_until 30 left 0
	tell_left
	[ $((i % 2)) != 0 ] ||
		for pid in "${holders[@]}"; do kill "$pid" && wait "$pid" 2>/dev/null; done
	is "round $i: the new ones are not disturbed" "$(echo hello | ask "$work/echo.sock")" hello
done
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
