#!/bin/bash
# t9003_program_shuts_down.sh - a program calls shutdown() on the listener that it
# shares with its like: it listens again, whether the program ends or waits for ever.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/program.py" <<'END'
import ctypes, os, socket, sys, time
listener = socket.socket(fileno=3)
while True:
    try:
        connection, _ = listener.accept()
    except OSError:
        if sys.argv[1] == "leaves":
            sys.exit(1)
        time.sleep(0.1)
        continue
    word = connection.recv(100).strip()
    connection.sendall(word)  # first: it may be ended for what it does now
    if word == b"shutdown":
        listener.shutdown(socket.SHUT_RDWR)
    elif word == b"twice":  # as two of them at their end
        for _ in range(2):
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already
    elif word == b"disconnect":  # to AF_UNSPEC
        ctypes.CDLL(None).connect(3, bytes(16), 16)
    connection.close()
END
# A python that `nobody` can run, and a home without surprises.
python=$(PATH=/usr/bin:/bin:$PATH command -v python3)
host=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
service() {
	cat <<END
service $1 {
	listen = "$2"  socket_mode = 0666  workers = 2  working_directory = "/"
	program = {"$python", "$work/program.py", "$3"}  $(user_line)
}
END
}
says() { [ "$(echo "$2" | ask "$1" 2>/dev/null)" = "$2" ]; }
serves() { says "$1" hello; }

{ service first "$host:0" leaves; } | configure
start_preforkd
tcp=$(address_of first)
stop_preforkd
{
	service tcp "$tcp" leaves
	service unix "$work/unix.sock" leaves
	service stays "$work/stays.sock" stays
} | configure
start_preforkd
ok "a program that stays shuts its socket down" says "$work/stays.sock" shutdown
for word in shutdown twice disconnect; do
	mark_log
	ok "tcp: $word" wait_until 20 says "$tcp" "$word"
	# One line in ten seconds.
	[ $word != shutdown ] ||
		ok "tcp: said" wait_for_log "tcp: a process of this service has shut down $tcp; it listens again"
	ok "tcp: it serves again" wait_until 20 serves "$tcp"
done
ok "unix: shutdown" wait_until 20 says "$work/unix.sock" shutdown
ok "unix: it serves again" wait_until 20 serves "$work/unix.sock"
ok "stays: it serves again" wait_until 30 serves "$work/stays.sock"
stop_preforkd
is "status 0" "$exit_status" 0
not_ok "the path is gone at the end" test -e "$work/unix.sock"
done_testing
