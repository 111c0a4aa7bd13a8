#!/bin/bash
# t7302_log_connections.sh - which connections get a line, and what stands in it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/command" <<'END'
#!/bin/sh
read -r word
case $word in
good) exit 0 ;;
bad) exit 128 ;;
ugly) kill -TERM $$ ;;
endless) exec sleep 1005 ;;
esac
END
chmod 755 "$work/command"
configure <<END
defaults { workers = 1  $(user_line)  kill_timeout = 300ms }
service failed { listen = "127.0.0.1:0"  inetd = {"$work/command"}  max_duration = 300ms }
service all { listen = "127.0.0.1:0"  inetd = {"$work/command"}  log_connections = all }
service none { listen = "127.0.0.1:0"  inetd = {"$work/command"}  log_connections = none }
service first { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  first_byte_timeout = 200ms }
service idle { listen = "127.0.0.1:0"  builtin = "echo"  idle_timeout = 200ms }
service echo { listen = "127.0.0.1:0"  builtin = "echo"  log_connections = all }
service unix { listen = "$work/unix.sock"  socket_mode = 0666  inetd = {"/bin/false"} }
END
start_preforkd || { fail "it starts" && done_testing; }
say() { echo "$2" | ask "$(address_of "$1")" >/dev/null; }
# How many lines about connections of that service there are.
lines_of() { log_lines | grep -cE "^preforkd: $1\[[0-9]+\] .* connection (done|failed) "; }
number_is() { [ "$(lines_of "$1")" = "$2" ]; }
peer='127\.0\.0\.1:[1-9][0-9]*'
took='[0-9.]+ m?s'

# --- failed, the default ---------------------------------------------------------------
say failed good
say failed bad
ok "failed: the status is said" wait_for_log \
	"^preforkd: failed\[0\] $peer connection failed after $took: '$work/command' exited with status 128\$"
say failed ugly
ok "the signal" wait_for_log "failed\[0\] $peer connection failed after $took: '$work/command' killed by SIGTERM\$"
say failed endless
ok "the deadline" wait_for_log "failed\[0\] $peer connection failed after $took: '$work/command' ended by max_duration\$"
is "the good one is not" "$(lines_of failed)" 3
say failed bad
say failed good # when it is answered, what came before is over
is "another of a kind that was just said is not" "$(lines_of failed)" 3

# A byte or none is sent, and the end is waited for.
"$PYTHON" -c 'import socket, sys
for port, text in zip(sys.argv[1:], (b"", b"x")):
    s = socket.create_connection(("127.0.0.1", int(port)), 20)
    s.sendall(text)
    while s.recv(10):
        pass' "$(port_of first)" "$(port_of idle)"
ok "first_byte_timeout of a command" wait_for_log \
	"first\[0\] $peer connection failed after $took: no byte within first_byte_timeout, 0 bytes in, 0 bytes out\$"
ok "idle_timeout" wait_for_log \
	"idle\[0\] $peer connection failed after $took: no byte for idle_timeout, 1 byte in, 1 byte out\$"
ask "$work/unix.sock" </dev/null
ok "a client at a unix socket is named by what is known of it" wait_for_log \
	"unix\[0\] (pid [0-9]+|.*uid.*) connection failed after $took: '.*/false' exited with status 1\$"

# --- all -------------------------------------------------------------------------------
for word in good bad good bad; do say all "$word"; done
ok "all: each of them, good and bad" wait_until 10 number_is all 4
is "the good ones are done" \
	"$(log_lines | grep -cE "^preforkd: all\[0\] $peer connection done after $took: '$work/command' exited with status 0\$")" 2
say echo 'twelve bytes'
ok "of a builtin the bytes are known" wait_for_log \
	"^preforkd: echo\[0\] $peer connection done after $took: 13 bytes in, 13 bytes out\$"
"$PYTHON" -c 'import socket, struct, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
s.sendall(b"x")
assert s.recv(1) == b"x"
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))' "$(port_of echo)"
ok "one that the client has reset" wait_for_log \
	"echo\[0\] $peer connection failed after $took: Connection reset by peer, 1 byte in, 1 byte out\$"

# --- none ------------------------------------------------------------------------------
for word in good bad ugly; do say none "$word"; done
say none good
is "none: nothing is said" "$(lines_of none)" 0
stop_preforkd

# --- not for a program -----------------------------------------------------------------
configure <<END
service app { listen = "127.0.0.1:0"  program = {"/bin/cat"}  log_connections = all }
END
run_preforkd -t -c "$conf"
is "a program's connections cannot be logged: exit status" "$exit_status" 78
like "and the message says why" "$err" 'preforkd\.conf:1: log_connections: .*a program accepts its connections itself'
done_testing
