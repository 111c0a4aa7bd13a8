#!/bin/bash
# t2002_addresses.sh - every form of `listen`, and what happens to a path.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# serve LISTEN [KEY...]: one echo service there.
serve() {
	configure <<-END
		service echo { listen = $1  builtin = "echo"  workers = 2  ${*:2}  $(user_line) }
	END
	start_preforkd
}
echoes() { [ "$(echo "to $1" | ask "$1" 2>&1)" = "to $1" ]; }
mode_of() { stat -c %a "$1"; }

# --- TCP ---------------------------------------------------------------------------
serve '"127.0.0.1:0"'
like "port 0: what was bound is logged, verbatim" "$(log_lines)" \
	'preforkd: echo: listening on 127\.0\.0\.1:[1-9][0-9]*, backlog 4096, 2 workers'
ok "TCP over IPv4" echoes "$(address_of echo)"
stop_preforkd

if "$PYTHON" -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
	serve '"[::1]:0"'
	ok "TCP over IPv6" echoes "$(address_of echo)"
	stop_preforkd

	serve 0
	port=$(port_of echo)
	is "a bare port is all of both families" "$(address_of echo)" "[::]:$port"
	ok "it answers IPv6" echoes "[::1]:$port"
	ok "and IPv4" echoes "127.0.0.1:$port"
	stop_preforkd

	serve 0 'ipv6_only = yes'
	port=$(port_of echo)
	ok "ipv6_only answers IPv6" echoes "[::1]:$port"
	not_ok "ipv6_only does not answer IPv4" echoes "127.0.0.1:$port"
	stop_preforkd
else
	for n in 1 2 3 4 5 6; do skip "IPv6, $n of 6" "ipv6: cannot bind ::1"; done
fi

serve "{\"127.0.0.1:0\", \"127.0.0.1:0\", \"$work/both.sock\"}"
ok "several addresses: the first" echoes "$(address_of echo 1)"
ok "the second" echoes "$(address_of echo 2)"
ok "a unix socket as the third" echoes "$work/both.sock"
is "each has workers of its own" "$(workers_of_master | wc -l)" 6
stop_preforkd
not_ok "a path of our own is removed at the end" test -e "$work/both.sock"

# --- unix --------------------------------------------------------------------------
serve "\"@preforkd-test-$$\""
ok "an abstract socket" echoes "@preforkd-test-$$"
stop_preforkd

umask 077
serve "\"$work/open.sock\""
is "a unix socket is open to all unless told otherwise, whatever the umask" \
	"$(mode_of "$work/open.sock")" 666
stop_preforkd
umask 022
serve "\"$work/closed.sock\"" 'socket_mode = 0600'
is "socket_mode" "$(mode_of "$work/closed.sock")" 600
ok "it answers" echoes "$work/closed.sock"
stop_preforkd
if [ "$(id -u)" = 0 ]; then
	serve "\"$work/theirs.sock\"" 'socket_user = "nobody"  socket_group = "daemon"'
	is "socket_user, socket_group" "$(stat -c %U:%G "$work/theirs.sock")" nobody:daemon
	stop_preforkd
else
	skip "socket_user, socket_group" "root: cannot give a file away"
fi

"$PYTHON" -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/stale.sock"
serve "\"$work/stale.sock\""
ok "a stale socket is replaced" echoes "$work/stale.sock"

# Somebody alive, a file that is no socket, a folder that is not there: left alone,
# said, and the neighbour serves.
echo precious >"$work/file"
living=$master inode=$(stat -c %i "$work/stale.sock")
while IFS='|' read -r what path reason; do
	cat >"$work/second.conf" <<-END
		control = none
		defaults { workers = 1  $(user_line) }
		service bad { listen = "$path"  builtin = "echo" }
		service good { listen = "127.0.0.1:0"  builtin = "echo" }
	END
	start_preforkd -c "$work/second.conf"
	like "$what: said" "$(log_lines)" "bad: .*$path.*$reason"
	ok "$what: the neighbour serves" echoes "$(address_of good)"
	stop_preforkd
done <<END
a path that somebody listens on|$work/stale.sock|another process listens
a path that is no socket|$work/file|not a socket|is no socket
a missing folder|$work/none/x.sock|RuntimeDirectory=
END
master=$living
is "the file is what it was" "$(cat "$work/file")" precious
is "the living socket is what it was" "$(stat -c %i "$work/stale.sock")" "$inode"
ok "and serves" echoes "$work/stale.sock"
done_testing
