#!/bin/bash
# t8102_proxy_protocol.sh - PROXY headers from those who must send them and from those
# who must not; and from HAProxy.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/who" <<'END'
#!/bin/sh
echo "$TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT $REMOTE_ADDR"
cat
END
chmod 755 "$work/who"
configure <<END
log_level = debug
defaults { workers = 4  $(user_line)  proxy_protocol = {127.0.0.1, "::1", unix} }
service who { listen = {"127.0.0.1:0", "$work/who.sock"}  inetd = "$work/who" }
service ruled {
	listen = "127.0.0.1:0"  inetd = "$work/who"
	allow = {192.0.2.0/24, "2001:db8::/32"}  deny = 192.0.2.66
	max_connections_per_source = 1  refuse_message = "no\n"
}
service six { listen = "[::1]:0"  inetd = "$work/who" }
service echo { listen = "127.0.0.1:0"  builtin = echo  allow = 192.0.2.0/24 }
END
start_preforkd || { fail "it starts" && done_testing; }
who=$(address_of who) ruled=$(address_of ruled) echo=$(address_of echo) six=$(address_of six)
call() { timeout 25 "$PYTHON" "$here/call" "$@"; }
signature='\r\n\r\n\0\r\nQUIT\n'
v4='\xc0\0\x02\x07\xc6\x33\x64\x01\x9c\xb0\0\x50'
tcp4='PROXY TCP4 192.0.2.7 198.51.100.1 40112 80\r\n'
stated='192.0.2.7 40112 198.51.100.1 80 192.0.2.7'
# bytes FORMAT: as printf understands it.
# shellcheck disable=SC2059
bytes() { printf "$1"; }

# --- trusted ------------------------------------------------------------------------------
is "version 1: the stated address is the peer" "$(bytes "${tcp4}hello\n" | call "$who")" "$stated
hello"
is "version 2 as well" "$(bytes "$signature\x21\x11\0\x0c${v4}hello\n" | call "$who")" "$stated
hello"
is "byte by byte" "$(bytes "$signature\x21\x11\0\x0f$v4\x04\0\0hello\n" | call --pieces "$who")" "$stated
hello"
is "IPv6 behind an IPv4 address" \
	"$(bytes 'PROXY TCP6 2001:db8::7 2001:db8::1 40112 80\r\n' | call "$who")" \
	'2001:db8::7 40112 2001:db8::1 80 2001:db8::7'
is "at a unix socket" "$(bytes "$tcp4" | call "$work/who.sock")" "$stated"
is "what follows is data, a second header too" "$(bytes "$tcp4$tcp4" | call "$who" | tr -d '\r')" \
	"$stated
PROXY TCP4 192.0.2.7 198.51.100.1 40112 80"
like "UNKNOWN: the proxy's own address" "$(bytes 'PROXY UNKNOWN\r\n' | call "$who")" \
	"^127\.0\.0\.1 [0-9]+ 127\.0\.0\.1 ${who##*:} 127\.0\.0\.1$"
is "a title has the stated address" "$(
	exec 7<>"/dev/tcp/${echo%:*}/${echo##*:}"
	bytes "${tcp4}x" >&7
	read -r -t 10 -N 1 _ <&7
	pgrep -P "$master" -af '^preforkd: echo\[[0-9]\] 192' | sed 's/.*\] //'
)" 192.0.2.7:40112

# --- no header, or none that counts -------------------------------------------------------
mark_log
begin=$EPOCHSECONDS
refused() { # WHAT BYTES REASON
	is "$1" "$(bytes "$2" | call "$who" | sed 's/(reset)//')" ''
}
refused "a trusted peer without a header" 'GET / HTTP/1.0\r\n\r\n'
ok "it is said" wait_for_log \
	'^preforkd: who\[[0-9]\] 127\.0\.0\.1:[0-9]+ refused: no PROXY header$'
refused "a header that is cut short" 'PROXY TCP4 192.0'
refused "a header with an address that is none" 'PROXY TCP4 192.0.2.777 1.1.1.1 1 2\r\n'
refused "a header of version 3" "$signature\x31\x11\0\x0c$v4"
refused "a header of 64 KiB" "$signature\x21\x11\xff\xff$v4"
refused "a line of version 1 without an end" "PROXY UNKNOWN $(printf 'x%.0s' {1..200})"
lines=$(log_lines | grep -c refused)
ok "one line for all of them: one in ten seconds" test "$lines" -le $((1 + (EPOCHSECONDS - begin) / 10))
begin=$(now_usec)
is "a header that does not come" "$(bytes 'PROXY TCP4' | call --open "$who")" ''
took=$((($(now_usec) - begin) / 1000))
ok "is waited for for 5 seconds: $took ms" test $took -ge 4900 -a $took -lt 12000
like "somebody else's header is data, and no address" \
	"$(bytes "$tcp4" | call --from=127.0.0.2 "$who")" "^127\.0\.0\.2 [0-9]+ .*
PROXY TCP4 192\.0\.2\.7 "

# --- rules and limits are about the stated address ------------------------------------------
is "who is not allowed is refused" \
	"$(bytes 'PROXY TCP4 198.51.100.7 198.51.100.1 1 80\r\n' | call "$ruled")" no
is "who is denied too" "$(bytes 'PROXY TCP4 192.0.2.66 198.51.100.1 1 80\r\n' | call "$ruled")" no
ok "the line has the stated address" \
	wait_for_log '^preforkd: ruled\[[0-9]\] 192\.0\.2\.66:1 refused: deny has 192\.0\.2\.66$'
is "who is allowed is served" "$(bytes "$tcp4" | call "$ruled")" "$stated"
is "a proxy that speaks of nobody is asked for itself" "$(bytes 'PROXY UNKNOWN\r\n' | call "$ruled")" no
like "a health check of version 2 is not" "$(bytes "$signature\x20\0\0\0" | call "$ruled")" '^127\.0\.0\.1 '
exec 7<>"/dev/tcp/${ruled%:*}/${ruled##*:}"
bytes "$tcp4" >&7
read -r -t 10 line <&7
is "one of its connections is in hand" "$line" "$stated"
is "the limit is the stated source's" \
	"$(bytes 'PROXY TCP4 192.0.2.7 198.51.100.1 7 80\r\n' | call "$ruled")" no
is "another has its own" "$(bytes 'PROXY TCP4 192.0.2.8 198.51.100.1 7 80\r\n' | call "$ruled")" \
	'192.0.2.8 7 198.51.100.1 80 192.0.2.8'
exec 7>&-

# --- HAProxy ---------------------------------------------------------------------------------
# Both versions for clients of both families, over both families; and what else it can.
# Its sockets are bound here and passed, so that no port is guessed.
haproxy=$(PATH=$PATH:/usr/sbin:/sbin command -v haproxy)
cat >"$work/haproxy.py" <<'END'
import os, re, socket, sys
binary, config, ports = sys.argv[1:]
names = []


def bind(match):
    host = match.group(1)
    s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    s.bind((host, 0))
    s.listen(64)
    s.set_inheritable(True)
    names.append(("[%s]:%d" if ":" in host else "%s:%d") % s.getsockname()[:2])
    return "fd@%d" % s.detach()


text = re.sub("@([0-9.:]+)@", bind, open(config).read())
open(config, "w").write(text)
with open(ports + ".new", "w") as f:
    print(*names, file=f)
os.rename(ports + ".new", ports)
os.execv(binary, [binary, "-db", "-f", config])
END
cat >"$work/haproxy.cfg" <<END
global
	maxconn 100
defaults
	mode tcp
	timeout connect 10s
	timeout client 20s
	timeout server 20s
listen ruled
	bind @127.0.0.3@
	server s $ruled send-proxy source 127.0.0.1
listen checked
	bind @127.0.0.4@
	server s $who send-proxy-v2 check inter 100ms source 127.0.0.1
listen rich
	bind @127.0.0.5@
	server s unix@$work/who.sock send-proxy-v2 proxy-v2-options ssl,unique-id,crc32c,authority
	unique-id-format %{+X}o\\ %ci:%cp_%rt
END
# pairs COMMAND: of a version, the family of the client and that of the way to us.
pairs() {
	local version client way
	for version in send-proxy send-proxy-v2; do
		for client in 4 6; do
			for way in 4 6; do
				"$1" $version $client $way
			done
		done
	done
}
section() {
	local host=127.0.0.6 server="$who source 127.0.0.1"
	[ "$2" = 4 ] || host=::1
	[ "$3" = 4 ] || server=$six
	printf 'listen %s-%s-%s\n\tbind @%s@\n\tserver s %s %s\n' "$@" "$host" "$server" "$1"
}
[ -z "$six" ] || pairs section >>"$work/haproxy.cfg"
"$PYTHON" "$work/haproxy.py" "$haproxy" "$work/haproxy.cfg" "$work/ports" >"$work/haproxy.log" 2>&1 &
haproxy_pid=$!
wait_until 10 test -s "$work/ports" || fail "haproxy starts" "$(cat "$work/haproxy.log")"
read -ra front <"$work/ports"
v1=${front[0]} v2=${front[1]} rich=${front[2]} next=3
# Of 192.0.2.0/24 nobody is here: the rules are those of the client's address.
is "HAProxy, version 1: a client that is not allowed" \
	"$(echo hello | call --from=127.0.0.77 "$v1")" no
ok "is named" wait_for_log 'ruled\[[0-9]\] 127\.0\.0\.77:[0-9]+ refused: not in allow'
client='^127\.0\.0\.77 [0-9]+ 127\.0\.0\.'
like "version 2: the client's address" "$(echo hello | call --from=127.0.0.77 "$v2")" "${client}4 ${v2##*:} 127\.0\.0\.77
hello$"
like "with TLVs, through a unix socket" "$(echo hello | call --from=127.0.0.77 "$rich")" "${client}5 ${rich##*:} 127\.0\.0\.77
hello$"
told() {
	local at=${front[next]} client='127\.0\.0\.77' called='127\.0\.0\.6' from=127.0.0.77
	[ "$2" = 4 ] || client=::1 called=::1 from=::1
	next=$((next + 1))
	like "$1: an IPv$2 client over IPv$3" "$(echo hello | call --from="$from" "$at")" \
		"^$client [0-9]+ $called ${at##*:} $client
hello$"
}
if [ -n "$six" ]; then
	pairs told
else
	for n in {1..8}; do skip "HAProxy and IPv6, $n of 8" "ipv6: cannot bind ::1"; done
fi
sum=$(seq 100000 | cksum)
is "no byte is lost or added" "$(seq 100000 | call --from=127.0.0.77 "$v2" | tail -n +2 | cksum)" "$sum"
wait_for_log 'who\[[0-9]\] 127\.0\.0\.1:[0-9]+ connection done' || :
not_ok "its health checks are served" grep -q 'is DOWN' "$work/haproxy.log"
kill -TERM "$haproxy_pid"
wait "$haproxy_pid"
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
