#!/bin/bash
# t3001_broken_services.sh - one of three services is broken: the others serve, it is
# said once, tried less and less often, and it heals by itself.
#
# That the law of waiting ends at one try in 30 s, for ever, is tests/unit/test_backoff.c
# and test_plan.c; here its first steps are seen.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Lines with their priority in front, "<6>text"; address_of reads the other form.
at() { log_lines | sed -n "s/^<6>$1: listening on \(.*\), backlog .*/\1/p"; }

# What people see of a service (debug is 7), but for where it listens.
lines_about() { log_lines | grep "^<[0-6]>$1" | grep -v ': listening on '; }
tries_of() { log_lines | sed -n "s/^<7>$1: .*; retrying in \(.*\)/\1/p"; }
tried() { [ "$(tries_of "$1" | wc -l)" -ge "$2" ]; }
status_begins() { [[ $(grep '^STATUS=' "$notes" | tail -n 1) == "STATUS=$1"* ]]; }
works() { [ "$(echo hello | ask "$(at "$1")")" = hello ]; }
as_many_workers() { [ "$(workers_of_master | wc -l)" = "$1" ]; }

# broken NAME REASON HEAL...: the service NAME of $conf fails for REASON (an ERE)
# until the command HEAL has run.
broken() {
	local name=$1 reason=$2
	shift 2
	start_preforkd --log=stderr -c "$conf"
	is "$name: ready without it" "$?" 0
	ok "$name: echo serves" works echo
	ok "$name: cat serves" works cat
	ok "$name: STATUS begins with it" wait_for_note \
		"^STATUS=1 of 3 services failing: $name \\($reason\\); echo [0-2]/2 busy, 0 queued; "
	ok "$name: is tried again" wait_until 20 tried "$name" 4
	is "$name: twice as late each time" "$(tries_of "$name" | head -n 4 | tr '\n' ' ')" \
		"200 ms 400 ms 800 ms 1.6 s "
	like "$name: one line says so" "$(lines_about "$name")" \
		"^<3>$name: $reason; retrying in 100 ms, then less and less often up to every 30 s(, every second while clients wait)?\$"
	is "$name: and only one" "$(lines_about "$name" | wc -l)" 1
	ok "$name: the others still serve" works echo
	"$@"
	ok "$name: heals by itself" wait_for_log \
		"^<6>$name: works again after [0-9]+ failed starts\$" 35
	is "$name: one line says so" "$(lines_about "$name" | wc -l)" 2
	ok "$name: it serves" wait_until 15 works "$name"
	ok "$name: STATUS begins with the first service then" wait_until 15 status_begins 'echo '
	ok "$name: all workers are there" wait_until 15 as_many_workers 6
	unlike "$name: nothing else went wrong" "$(log_lines | grep '^<[0-5]>' | tail -n +2)" .
	stop_preforkd
	is "$name: the end is clean" "$exit_status" 0
}

conf_with() {
	configure <<-END
		log_level = debug
		defaults { $(user_line) workers = 2 }
		service echo { listen = "127.0.0.1:0"  builtin = "echo" }
		service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
		service $1
	END
}

# --- a missing binary --------------------------------------------------------------
make_tool() { cp /bin/cat "$work/tool.new" && mv "$work/tool.new" "$work/tool"; }
conf_with "missing { listen = \"127.0.0.1:0\"  inetd = {\"$work/tool\"} }"
broken missing "cannot start workers: .*execute '$work/tool': No such file or directory" \
	make_tool

# --- an address that cannot be bound -----------------------------------------------
# An address of its own: nobody else can be given the port when it is free.
host=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
"$PYTHON" - "$host" "$work/taken" <<'END' &
import socket, sys, time
sock = socket.socket()
sock.bind((sys.argv[1], 0))
sock.listen()
with open(sys.argv[2], "w") as out:
    out.write("%s:%d\n" % sock.getsockname())
time.sleep(600)
END
holder=$!
free_address() { kill "$holder" && wait "$holder"; }
wait_until 15 grep -q ':' "$work/taken"
conf_with "taken { listen = \"$(cat "$work/taken")\"  builtin = \"echo\" }"
broken taken "cannot listen on $(cat "$work/taken"): .*Address already in use" \
	free_address

conf_with "folder { listen = \"$work/none/x.sock\"  builtin = \"echo\" }"
make_folder() { mkdir "$work/none"; }
broken folder "cannot listen on $work/none/x.sock: .*RuntimeDirectory=.*" make_folder

# --- a crash at the start ----------------------------------------------------------
cat >"$work/app.py" <<'END'
import os, signal, socket, sys
fixed, how = sys.argv[1:]
if not os.path.exists(fixed):
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "hang":
        signal.pause()
    sys.exit(3)
if "NOTIFY_SOCKET" in os.environ:
    note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    note.connect("\0" + os.environ["NOTIFY_SOCKET"][1:])
    note.send(b"READY=1")
listener = socket.socket(fileno=3)
while True:
    peer, _ = listener.accept()
    with peer:
        while piece := peer.recv(65536):
            peer.sendall(piece)
END
# One that the workers' user may run.
python=$(PATH=/usr/bin:/bin command -v python3) || python=$(command -v "$PYTHON")
app() {
	echo "$1 { listen = \"127.0.0.1:0\"  program = {\"$python\"," \
		"\"$work/app.py\", \"$work/$1.fixed\", \"$1\"}  $2 }"
}

conf_with "$(app crash 'limit_core = 0')"
broken crash "cannot start workers: '.*python3' killed by SIGSEGV at its start" \
	touch "$work/crash.fixed"
conf_with "$(app leave '')"
broken leave "cannot start workers: '.*python3' exited with status 3 at its start" \
	touch "$work/leave.fixed"
conf_with "$(app hang 'ready = "notify"  start_timeout = 3s')"
broken hang "cannot start workers: '.*python3' was not ready in start_timeout, killed" \
	touch "$work/hang.fixed"
done_testing
