#!/bin/bash
# t8101_allow_deny.sh - who is served: allow, deny, max_connections_per_source; what
# the others are told, and what is said of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

six=1
[ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6 || six=
configure <<END
defaults { workers = 4  $(user_line) }
service deny {
	listen = {"127.0.0.1:0", "$work/deny.sock"}  builtin = echo
	deny = {127.0.0.0/16, 127.0.0.9}  allow = {127.0.0.0/8, 127.0.0.8/30, 127.0.1.0/24}
	refuse_message = "421 go away\r\n"
}
service few {
	listen = {"127.0.0.1:0", "$work/few.sock"}  builtin = echo
	max_connections_per_source = 2
}
service one { listen = "127.0.0.1:0"  inetd = "/bin/cat"  max_connections_per_source = 1 }
service quiet { listen = "127.0.0.1:0"  builtin = echo  deny = 127.0.0.1  log_connections = none }
END
[ -z "$six" ] || cat >>"$conf" <<END
service six {
	listen = "[::]:0"  builtin = echo
	allow = 127.0.0.5  deny = "::1"  refuse_message = no
}
service mapped { listen = "[::]:0"  builtin = echo  deny = "::/0" }
END
start_preforkd || { fail "it starts" && done_testing; }
call() { timeout 25 "$PYTHON" "$here/call" "$@"; }
from() { echo hello | call --from="$1" "$2"; }

# --- allow and deny: the longest prefix ----------------------------------------------
at=$(address_of deny)
begin=$EPOCHSECONDS
refused=$'421 go away\r'
is "an address that a network of deny has is refused" "$(from 127.0.0.1 "$at")" "$refused"
is "in the longer network of allow it is served" "$(from 127.0.0.10 "$at")" hello
is "in the still longer entry of deny it is not" "$(from 127.0.0.9 "$at")" "$refused"
is "in another network of allow it is served" "$(from 127.0.1.7 "$at")" hello
is "in the wide one too" "$(from 127.77.0.1 "$at")" hello
is "nobody who calls at a unix socket is asked for an address" \
	"$(echo hello | call "$work/deny.sock")" hello
ok "it is said who, and why" \
	wait_for_log '^preforkd: deny\[[0-9]\] 127\.0\.0\.1:[0-9]+ refused: deny has 127\.0\.0\.0/16$'
ok "of each" \
	wait_for_log '^preforkd: deny\[[0-9]\] 127\.0\.0\.9:[0-9]+ refused: deny has 127\.0\.0\.9$'
for _ in 1 2 3 4 5; do from 127.0.0.1 "$at" >/dev/null; done
lines=$(log_lines | grep -c '127\.0\.0\.1:[0-9]* refused: deny has')
ok "but once in ten seconds" test "$lines" -le $((1 + (EPOCHSECONDS - begin) / 10))
data=$(head -c 300000 /dev/zero | call --from=127.0.0.1 "$at")
like "the message arrives though much is sent that nobody reads" "$data" '^421 go away'

if [ -n "$six" ]; then
	at=$(port_of six)
	is "an IPv4 client of an IPv6 socket has its IPv4 address" \
		"$(from 127.0.0.5 "127.0.0.1:$at")" hello
	is "where there is an allow, all others are refused" "$(from 127.0.0.1 "127.0.0.1:$at")" no
	is "an IPv6 client has its own" "$(from ::1 "[::1]:$at")" no
	ok "the reason is allow" wait_for_log '127\.0\.0\.1:[0-9]+ refused: not in allow$'
	at=$(port_of mapped)
	is "::/0 is every IPv6 address" "$(from ::1 "[::1]:$at" | sed 's/(reset)//')" ''
	is "and no IPv4 address" "$(from 127.0.0.1 "127.0.0.1:$at")" hello
else
	skip "IPv6 clients" "ipv6: there is no ::1"
fi
is "without a message the connection is closed" \
	"$(from 127.0.0.1 "$(address_of quiet)" | sed 's/(reset)//')" ''
not_ok "with log_connections = none nothing is said" log_has 'quiet.*refused'

# --- max_connections_per_source ---------------------------------------------------------
at=$(address_of few)
hold() { # N [IP]: a connection that stays open on descriptor N
	eval "exec $1<>/dev/tcp/${at%:*}/${at##*:}"
	echo held >&"$1"
	local answer
	read -r -t 10 answer <&"$1" && [ "$answer" = held ]
}
hold 7 && pass "the first of a source is served"
hold 8 || fail "the second of a source is served"
is "the third is not" "$(from 127.0.0.1 "$at" | sed 's/(reset)//')" ''
ok "it is said why" wait_for_log \
	'^preforkd: few\[[0-9]\] 127\.0\.0\.1:[0-9]+ refused: max_connections_per_source is 2$'
is "another source is served" "$(from 127.0.0.2 "$at")" hello
exec 8>&-
served_again() { [ "$(from 127.0.0.1 "$at")" = hello ]; }
ok "when one of them ends there is a place" wait_until 10 served_again
exec 7>&-

coproc HOLD { "$PYTHON" -c 'import socket, sys
held = [socket.socket(socket.AF_UNIX) for _ in range(2)]
for s in held:
    s.connect(sys.argv[1]); s.sendall(b"x"); s.recv(1)
print("held", flush=True); sys.stdin.read()' "$work/few.sock"; }
read -r -t 20 <&"${HOLD[0]}"
is "at a unix socket the user is the source" \
	"$(echo hello | call "$work/few.sock" | sed 's/(reset)//')" ''
if [ "$(id -u)" = 0 ]; then
	is "another user is another" "$(echo hello | call --uid=65533 "$work/few.sock")" hello
else
	skip "another user is another" "root: cannot become another user"
fi
end=${HOLD[1]}
exec {end}>&-

# One after the other, each as soon as it has seen the end of the one before.
ok "who comes back at once does not meet its own shadow" "$PYTHON" -c 'import socket, sys
host, port = sys.argv[1].split(":")
for n in range(200):
    s = socket.create_connection((host, int(port)), 20)
    s.sendall(b"x"); s.shutdown(socket.SHUT_WR)
    if s.recv(10) != b"x" or s.recv(10) != b"":
        sys.exit("refused: %d" % n)
    s.close()' "$(address_of one)"

# --- the counters --------------------------------------------------------------------------
counter() { # SERVICE NAME
	timeout --kill-after=1 20 busctl --timeout=10 --address="unix:path=$control" \
		get-property org.preforkd "/org/preforkd/service/$1" org.preforkd.Service1 "$2"
}
is "refusals are counted by their reason: rules" "$(counter deny RefusedByRule)" "t 8"
like "and limits" "$(counter few RefusedBySource)" '^t [1-9]'
is "and proxies" "$(counter few RefusedByProxy)" "t 0"
is "they are no connections" "$(counter quiet Connections)" "t 0"

# --- what it costs -------------------------------------------------------------------------
if strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" BUILDDIR=$BUILDDIR "$PYTHON" "$SRCDIR/tests/bench/syscalls" \
		--check --extra=$'deny = 192.0.2.0/24\nallow = 127.0.0.0/8\nmax_connections_per_source = 100\n' \
		"$PREFORKD" >"$work/said" 2>&1
	status=$?
	diag <"$work/said"
	is "no system call more, with all of that" $status 0
else
	skip "no system call more, with all of that" "ptrace: strace cannot trace"
fi
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
