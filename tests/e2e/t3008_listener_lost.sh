#!/bin/bash
# t3008_listener_lost.sh - somebody who shares the listening socket calls shutdown() on
# it: the master brings it back, and nothing spins.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# shut PID FD: shutdown(fd, SHUT_RDWR) on the descriptor of another process, as one of
# its workers could.
cat >"$work/shut.py" <<'END'
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
pidfd = os.pidfd_open(int(sys.argv[1]))
fd = libc.syscall(438, pidfd, int(sys.argv[2]), 0)  # pidfd_getfd
if fd < 0:
    sys.exit("pidfd_getfd: " + os.strerror(ctypes.get_errno()))
sock = socket.socket(fileno=fd)
sock.shutdown(socket.SHUT_RDWR)
END
serves_at() { [ "$(echo hello | ask "${1:-$(addresses | tail -n 1)}")" = hello ]; }
addresses() { log_lines | sed -n 's/.*: echo: listening on \(.*\), backlog .*/\1/p'; }
# A worker of ours has its listener on 3 (tests/unit/test_worker.c holds it to that).
lose() { "$PYTHON" "$work/shut.py" "$(workers_of_master | head -n 1)" 3; }
full() { [ "$(workers_of_master | wc -l)" = 2 ]; }
deaths() { log_lines | grep -c ' pid '; }

# lost WHAT HOW [ADDRESS]: it serves again there, or where it was told last.
lost() {
	if ! said=$(lose 2>&1); then
		skip "$1: the socket is lost" "ptrace: $said"
		return
	fi
	ok "$1: said" wait_for_log "a process of this service has shut down .*; $2"
	ok "$1: it serves again" wait_until 20 serves_at "${3:-}"
	ok "$1: the workers are back" wait_until 20 full
	# Each of the two may notice; a few more until it is mended.
	before=$(deaths)
	ok "$1: the workers did not spin" test "$before" -le 8
	for _ in 1 2 3; do serves_at "${3:-}"; done
	is "$1: and do not now" "$(deaths)" "$before"
}

# An address of its own: its port is nobody else's while it is not ours.
host=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
settings() { echo "service echo { listen = \"$host:$1\"  builtin = \"echo\"  workers = 2  $(user_line) }"; }
settings 0 | configure
start_preforkd
at=$(address_of echo)
lost "TCP, port 0" "it listens again"
stop_preforkd
settings "${at##*:}" | configure
start_preforkd
lost "TCP" "it listens again" "$at"
is "TCP: no worker had to be replaced" "$(deaths)" 0
is "TCP: the socket is the same" "$(addresses)" "$at"
stop_preforkd

configure <<END
service echo { listen = "$work/echo.sock"  builtin = "echo"  workers = 2  socket_mode = 0666  $(user_line) }
END
start_preforkd
lost "unix" "it was opened anew" "$work/echo.sock"
stop_preforkd
not_ok "unix: the path is gone at the end" test -e "$work/echo.sock"

# --- a socket that was passed to us ----------------------------------------------------
configure <<END
service echo { builtin = "echo"  workers = 2  $(user_line) }
END
launch "$PYTHON" "$here/activate" "$work/where" "echo=$work/passed.sock" -- \
	"$PREFORKD" --log=plain -c "$conf"
wait_for_note '^READY=1$'
if said=$(lose 2>&1); then
	ok "passed unix: said" wait_for_log 'a process of this service has shut down .*; it was opened anew'
	ok "passed unix: what to do" wait_for_log 'that the service manager has passed is dead: restart its socket unit'
	ok "passed unix: it serves again" wait_until 20 serves_at "$work/passed.sock"
	ok "passed unix: the workers did not spin" test "$(deaths)" -le 8
else
	skip "passed unix: the socket is lost" "ptrace: $said"
fi
stop_preforkd
is "status 0" "$exit_status" 0
done_testing
