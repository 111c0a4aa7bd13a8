#!/bin/bash
# t7601_why.sh - preforkctl why names what each kind of worker is stuck in.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# stuck HOW ADDRESS NAME...: clients that stay; the address of each is in $work/NAME.
stuck() {
	"$PYTHON" "$here/stuck" "$work" "$@" &
	wait_until 30 test -s "$work/${!#}"
}

why() { run_preforkctl why "$@"; }

said() {
	why "${@:2}"
	[[ $out =~ $1 ]]
}

# says TITLE ERE NAME: within a while, for a worker is stuck only when it has got there.
says() {
	if wait_until 20 said "${@:2}"; then
		pass "$1"
	else
		fail "$1" "pattern: $2" "got: $out" "$err"
	fi
}

cat >"$work/busy" <<'END'
#!/bin/sh
while :; do :; done
END
cat >"$work/serve" <<'END'
#!/usr/bin/env python3
import select, socket
listener = socket.socket(fileno=3)
poller = select.epoll()
poller.register(listener, select.EPOLLIN)
poller.poll()
conn, _ = listener.accept()
if conn.recv(1) == b"s":
    conn.recv(1)
conn.sendall(bytes(64 << 20))
END
chmod 755 "$work/busy" "$work/serve"
configure <<END
defaults { $(user_line)  stop_timeout = 1s }
service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 3  first_byte_timeout = 0 }
service stuff { listen = "127.0.0.1:0"  builtin = "chargen"  workers = 1  idle_timeout = 0 }
service unix { listen = "$work/unix.sock"  builtin = "echo"  workers = 1  first_byte_timeout = 0 }
service sleeps { listen = "127.0.0.1:0"  inetd = {"/bin/sh", "-c", "sleep 1000; :"}  workers = 1 }
service spins { listen = "127.0.0.1:0"  inetd = {"$work/busy"}  workers = 1 }
service reads { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  workers = 1 }
service app { listen = "127.0.0.1:0"  program = {"$PYTHON", "$work/serve"}  workers = 1 }
END
start_preforkd

# --- idle ---------------------------------------------------------------------------
says "all idle: in one line" "^3 workers wait in accept for a client: idle$" echo
says "one by one with --all" "(  waits in accept4?\(\) for a client: idle.*){3}" echo --all
says "a program that waits in epoll is idle, too" "waits in epoll_p?wait\(\) for a client: idle" app --all
why 'echo[1]'
like "a slot as the log names it" "$out" "^echo\[1\] idle for .*, pid [0-9]+, .* old"
like "its descriptors" "$out" "  +[0-9]+  listens on 127\.0\.0\.1:$(port_of echo)"

# --- stuck --------------------------------------------------------------------------
stuck silent "127.0.0.1:$(port_of echo)" silent \
	silent "127.0.0.1:$(port_of stuff)" deaf \
	silent "$work/unix.sock" unix \
	silent "127.0.0.1:$(port_of sleeps)" sleeps \
	silent "127.0.0.1:$(port_of spins)" spins \
	silent "127.0.0.1:$(port_of reads)" reads \
	s "127.0.0.1:$(port_of app)" app
says "inetd: a busy loop" \
	"its command '/bin/sh $work/busy' \(pid [0-9]+\) runs on the processor: [0-9]+ % for the last 200 ms" spins
kill -KILL "$(pgrep -f "^/bin/sh $work/busy")"
peer=$(cat "$work/silent")
says "builtin: a silent client" "waits in recvfrom\(\) for the client $peer, which sends nothing" echo
like "and the others are idle" "$out" $'\n'"\+ 2 workers wait in accept for a client: idle"
slot=$(sed -n 's/^echo\[\([0-9]\)\] busy.*/\1/p' <<<"$out")
why "echo/$slot"
like "one worker: whom it serves" "$out" "^echo\[$slot\] busy for .*, $peer, pid"
like "one worker: the connection" "$out" "127\.0\.0\.1:$(port_of echo) <- $peer, Recv-Q 0, Send-Q 0"
if [ "$(id -u)" = 0 ] && [ -r /proc/self/stack ]; then
	like "one worker: where in the kernel" "$out" "in the kernel: [a-z_0-9.]+ < "
fi
says "builtin: a client that does not read" \
	"waits in p?poll\(\) for the client $(cat "$work/deaf"), which does not read \(Send-Q [1-9][0-9]* bytes\)" stuff
says "builtin: on a unix socket" "waits in recvfrom\(\) for the client, which sends nothing" unix

says "inetd: a command that sleeps" \
	"its command '/bin/sh -c sleep 1000; :' \(pid [0-9]+\) waits in wait(4|id)\(\) for its child, process [0-9]+ 'sleep 1000', which sleeps in clock_nanosleep\(\)" sleeps
like "its tree" "$out" $'\n'"      [0-9]+ 'sleep 1000' sleeps in clock_nanosleep"
says "inetd: a command that reads" \
	"its command '/bin/cat' \(pid [0-9]+\) waits in read\(\) for the client $(cat "$work/reads"), which sends nothing" reads
why reads --json
ok "the same as JSON" "$PYTHON" -c 'import json, sys
d = json.load(sys.stdin)
w = d["workers"][0]
assert d["service"] == "reads" and w["slot"] == 0 and w["state"] == "busy", d
assert "waits in read() for the client " + sys.argv[1] in w["why"], d
cat = w["process"]["children"][0]
assert cat["command"] == "/bin/cat" and cat["system_call"]["name"] == "read", d
assert cat["system_call"]["descriptors"] == [0] and cat["state"] == "S", d
assert cat["descriptors"][0]["text"].endswith("Send-Q 0"), d
' "$(cat "$work/reads")" <<<"$out"
pid=$(pgrep -P "$(pgrep -P "$master" -f 'preforkd: reads\[0\]')" -x cat)
kill -STOP "$pid"
says "inetd: a stopped command" "is stopped \(SIGSTOP\); 'kill -CONT $pid' lets it go on" reads
kill -CONT "$pid"

says "program: a silent client" "waits in recvfrom\(\) for the client $(cat "$work/app"), which sends nothing" app
worker=$(pgrep -P "$master" -f "$work/serve")
kill -STOP "$worker"
says "program: stopped" "is stopped \(SIGSTOP\); 'kill -CONT $worker' lets it go on" app
kill -KILL "$worker"
says "program: the next one" "waits? in .* for a client: idle" app
stuck w "127.0.0.1:$(port_of app)" app2
says "program: a client that does not read" \
	"waits in sendto\(\) for the client $(cat "$work/app2"), which does not read \(Send-Q [1-9]" app

# --- who may see what ----------------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	chmod 666 "$control"
	out=$(setpriv --reuid=65533 --regid=65533 --clear-groups "$PREFORKCTL" -c "$control" why reads 2>&1)
	like "without rights: what can be seen" "$out" \
		"^reads\[0\] busy for .*"$'\n'".*its command '/bin/cat' \(pid $pid\) waits for something"
	like "and what cannot, in words" "$out" "needs root for its system call, its descriptors"
fi

# --- wrong usage ---------------------------------------------------------------------
why nothing
is "no such service: status 4" "$exit_status" 4
why echo/77
is "no such worker: status 1" "$exit_status" 1
like "and how to see which there are" "$err" "echo has no worker echo/77 now; 'preforkctl status -a echo'"
why 'echo[x]'
is "no such form: status 64" "$exit_status" 64
why
is "no name: status 64" "$exit_status" 64
done_testing
