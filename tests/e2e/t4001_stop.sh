#!/bin/bash
# t4001_stop.sh - SIGTERM and SIGINT: the connection in hand is finished, nothing new is
# taken; a second signal and the deadlines insist, step by step; SIGHUP changes nothing.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# client NAME ADDRESS: a connection in hand: "x" was answered.  It then sends a line for
# every line in $work/NAME.say and writes what comes to $work/NAME.got, up to the end.
client() {
	mkfifo "$work/$1.say"
	"$PYTHON" - "$2" "$work/$1.say" <<'END' >"$work/$1.got" 2>&1 &
import socket, sys
host, _, port = sys.argv[1].rpartition(":")
if sys.argv[1][0] == "/":
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(sys.argv[1])
else:
    sock = socket.create_connection((host, int(port)))
try:
    sock.sendall(b"x\n")
    print(sock.recv(100).decode().strip(), flush=True)
    for line in open(sys.argv[2]):
        sock.sendall(line.encode())
        print(sock.recv(100).decode().strip(), flush=True)
    sock.shutdown(socket.SHUT_WR)
    print("end", sock.recv(100).decode(), flush=True)
except OSError as error:
    print("broken:", error, flush=True)
END
	clients+=" $!"
	exec {say}>"$work/$1.say"
	wait_until 15 got "$1" x
}
got() { grep -qx "$2" "$work/$1.got"; }
gone_clients() {
	local pid
	exec {say}>&-
	for pid in $clients; do
		wait_until 10 is_gone "$pid" || kill "$pid"
		wait "$pid" 2>/dev/null
	done
	clients='' && rm -f "$work"/*.say
}
clients='' say=

refused() {
	! "$PYTHON" -c 'import socket, sys
host, _, port = sys.argv[1].rpartition(":")
socket.create_connection((host, int(port)), 5)' "$1"
}
workers_gone() { [ "$(workers_of_master | wc -l)" = "$1" ]; }

# --- the connection in hand, of every kind -------------------------------------------
for signal in TERM INT; do
	configure <<-END
		defaults { $(user_line)  workers = 4 }
		service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo" }
		service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
	END
	for service in echo cat unix; do
		start_preforkd
		at=$work/echo.sock
		[ $service = unix ] || at=$(address_of $service)
		client c "$at"
		kill -$signal "$master"
		ok "SIG$signal, $service: all workers but that one end" wait_until 15 workers_gone 1
		ok "STOPPING is told" wait_for_note '^STOPPING=1$'
		echo y >&"$say"
		ok "SIG$signal, $service: the connection in hand goes on" wait_until 10 got c y
		is "SIG$signal, $service: the master waits for it" "$(kill -0 "$master" && echo there)" there
		exec {say}>&-
		wait_for_end 20
		is "SIG$signal, $service: status 0 after its end" "$exit_status" 0
		gone_clients
		is "SIG$signal, $service: to the last byte" "$(tr '\n' ' ' <"$work/c.got")" "x y end  "
		not_ok "SIG$signal, $service: the path is gone" test -e "$work/echo.sock"
		like "SIG$signal, $service: said" "$(log_lines)" \
			"SIG$signal: finishing the connections in hand, 12 workers"
		unlike "SIG$signal, $service: nothing to complain about" \
			"$(log_lines | grep ' pid ')" .
	done
done

# --- a second signal -----------------------------------------------------------------
start_preforkd
client c "$(address_of cat)"
kill -TERM "$master"
wait_until 15 workers_gone 1
from=$(now_usec)
stop_preforkd TERM 20
took=$(($(now_usec) - from))
is "a second signal: status 0" "$exit_status" 0
ok "a second signal: soon" test $took -lt 8000000
gone_clients
like "a second signal: said" "$(log_lines)" 'SIGTERM again: ending the connections in hand'
unlike "a second signal: the client was cut off" "$(cat "$work/c.got")" 'y'

# --- stop_timeout, kill_timeout --------------------------------------------------------
# A command that ends on SIGTERM; one that does not; a program that does not.
cat >"$work/stubborn" <<'END'
#!/bin/sh
trap '' TERM INT HUP QUIT
exec cat
END
cat >"$work/deaf-program" <<'END'
#!/bin/sh
trap '' TERM
touch "$1"
while :; do sleep 60; done
END
chmod 755 "$work/stubborn" "$work/deaf-program"
mkdir "$work/pub" && chmod 1777 "$work/pub"
deadlines='stop_timeout = 400ms  kill_timeout = 300ms'

# timed_stop COMMAND: with a client in hand.
timed_stop() {
	configure <<-END
		service slow { listen = "127.0.0.1:0"  $1  $(user_line)  $deadlines }
	END
	start_preforkd
	client c "$(address_of slow)"
	from=$(now_usec)
	stop_preforkd TERM 20
	took=$(($(now_usec) - from))
	gone_clients
	is "$1: status 0" "$exit_status" 0
	ok "$1: it had stop_timeout" test $took -ge 400000
	ok "$1: and not much more" test $took -lt 6000000
	is "$1: nothing is left" "$(pgrep -f "^$work/stubborn|^cat\$" -u nobody -P 1 | wc -l)" 0
}
timed_stop 'builtin = "echo"  workers = 1'
like "ended by stop_timeout: said" "$(log_lines)" \
	'slow\[0\] pid [0-9]+ ended by stop_timeout after [0-9.]+ (m?s), (idle|serving 127\.0\.0\.1:[0-9]+), [01] connections? served'
timed_stop 'inetd = {"/bin/cat"}  workers = 1'
like "ended by stop_timeout: said" "$(log_lines)" 'slow\[0\] pid [0-9]+ ended by stop_timeout after '
timed_stop "inetd = {\"$work/stubborn\"}  workers = 1"
ok "a command that will not: kill_timeout too" test $took -ge 700000

configure <<END
service deaf { listen = "127.0.0.1:0"  program = {"$work/deaf-program", "$work/pub/there"}
	workers = 2  $(user_line)  $deadlines }
END
start_preforkd
wait_until 10 test -e "$work/pub/there"
mapfile -t helpers < <(pgrep -P "$(workers_of_master | paste -sd,)")
from=$(now_usec)
stop_preforkd TERM 20
took=$(($(now_usec) - from))
is "a program that will not: status 0" "$exit_status" 0
ok "a program that will not: it had stop_timeout" test $took -ge 400000
like "a program that will not: said" "$(log_lines)" \
	'deaf\[[01]\] pid [0-9]+ ended by stop_timeout after [0-9.]+ m?s'
for pid in "${helpers[@]}"; do
	ok "its child is gone too" wait_until 5 is_gone "$pid"
done

# A worker of ours that does not even end by SIGTERM: stopped, it cannot.
configure <<END
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2  $(user_line)  $deadlines }
END
start_preforkd
victim=$(workers_of_master | head -n 1)
kill -STOP "$victim"
stop_preforkd TERM 20
is "a worker that hangs: status 0" "$exit_status" 0
like "a worker that hangs: said" "$(log_lines)" \
	"echo\\[[01]\\] pid $victim did not stop in kill_timeout, killed after [0-9.]+ m?s, idle, 0 connections served"

# --- SIGHUP --------------------------------------------------------------------------
configure <<END
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2  $(user_line) }
END
start_preforkd
before=$(workers_of_master)
kill -HUP "$master"
ok "SIGHUP: said" wait_for_log 'reloaded: 1 unchanged'
is "SIGHUP: it serves" "$(echo hello | ask "$(address_of echo)")" hello
is "SIGHUP: the same workers" "$(workers_of_master)" "$before"
at=$(address_of echo)
stop_preforkd
is "SIGHUP: status 0 at the end" "$exit_status" 0
ok "nobody listens any more" refused "$at"

# --- paths that are not ours any more --------------------------------------------------
configure <<END
service echo { listen = "$work/other.sock"  builtin = "echo"  $(user_line) }
END
start_preforkd
rm "$work/other.sock" && echo mine >"$work/other.sock"
stop_preforkd
is "what somebody else put there stays" "$(cat "$work/other.sock")" mine
done_testing
