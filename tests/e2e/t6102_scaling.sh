#!/bin/bash
# t6102_scaling.sh - three machines behind a real HAProxy, by the examples haproxy.cfg and
# scaled.conf: a master killed, a machine drained, all restarted in turn, under load.
#
# A machine is a network namespace with the address that the examples name.  Beside git,
# whose clients cost much, each has an echo service with the same settings.
# shellcheck source=tests/e2e/recipes_lib.sh
. "$(dirname "$0")/recipes_lib.sh"

make_machine || { fail "a machine of our own" && done_testing; }
over /usr/bin || { fail "a machine of our own" && done_testing; }
install "$PREFORKCTL" /usr/bin/preforkctl
examples=/usr/share/doc/preforkd/examples
sees() { "$PYTHON" "$here/haproxy-sees" /run/haproxy.sock "$@"; }

# The sections of git once more, for echo on port 7007.
as_echo=(-e 's/git/echo/g' -e 's/9418/7007/g' -e 's/9419/7008/g')
{
	cat $examples/scaled.conf
	sed -n '/^service/,$p' $examples/scaled.conf |
		sed "${as_echo[@]}" -e 's/inetd = .*daemon.*/builtin = echo/' \
			-e 's/max_workers = 50/&  refuse_message = "too many\\n"/'
} >"$conf"
{
	cat $examples/haproxy.cfg
	sed -n '/^frontend/,$p' $examples/haproxy.cfg | sed "${as_echo[@]}"
	printf 'frontend limited\n\tbind :7009\n\tdefault_backend limited\n'
	sed -n '/^backend/,$p' $examples/haproxy.cfg | sed "${as_echo[@]}" -e 's/^backend.*/backend limited/'
} >"$work/haproxy.cfg"
# The crowd comes from many addresses, and spreads better so.
sed -i '/^backend echo/,/^frontend/s/balance source/balance leastconn/' "$work/haproxy.cfg"

# --- the machines ------------------------------------------------------------------------
git init -q --bare /srv/git/project
touch /srv/git/project/git-daemon-export-ok
chown -R www-data: /srv/git/project
ip link add bridge0 type bridge || skip_all "bridge: cannot make one"
ip addr add 192.0.2.10/24 dev bridge0
ip link set bridge0 up
for n in 1 2 3; do
	mkdir "/run/m$n"
	ip netns add m$n
	ip link add m$n type veth peer name eth0 netns m$n
	ip link set m$n master bridge0 up
	ip -n m$n addr add 192.0.2.1$n/24 dev eth0
	ip -n m$n link set eth0 up
	ip -n m$n link set lo up
	ip netns exec m$n unshare --mount bash -c "mkdir -p /run/preforkd && mount --bind /run/m$n /run/preforkd &&
		exec '$PYTHON' '$here/machine' 9418=git 9419=git-agent 7007=echo 7008=echo-agent -- \
		'$PREFORKD' --log=plain -c '$work/m.conf'" 2>>"$log" &
	machines[n]=$!
done
sed 's/^\(\tlisten\) = .*//' "$conf" >"$work/m.conf" # they are systemd's, as it were

ctl() { # N ARGUMENT...: of that machine
	local n=$1
	shift
	"$PREFORKCTL" -c "/run/m$n/control" "$@"
}
serves() { ctl "$1" status --json | grep -q '"state": *"serving"'; }
master_of() { pgrep -P "${machines[$1]}" -f 'preforkd: master'; }
haproxy -c -f $examples/haproxy.cfg >"$work/haproxy.said" 2>&1
is "HAProxy has nothing to say about the example" "$? $(grep -v '^Configuration file is valid' "$work/haproxy.said")" "0 "
haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
haproxy=$!
for n in 1 2 3; do
	ok "machine $n serves" wait_until 30 serves $n
	ok "and HAProxy sees it" sees echo,m$n '^UP,100$'
done
ok "git answers through all of it" git ls-remote git://localhost/project

# --- a limit per source is about the client, wherever HAProxy is from ---------------------
# hold FROM: eight connections, and what a ninth is told.
hold() {
	"$PYTHON" - "$1" <<-'END'
		import socket, sys
		def call():
		    s = socket.socket()
		    s.settimeout(20)
		    s.bind((sys.argv[1], 0))
		    s.connect(("127.0.0.1", 7009))
		    s.sendall(b"x")
		    return s, s.recv(100)
		held = [call() for _ in range(9)]
		print(*(answer.decode().strip() for _, answer in held))
	END
}
is "eight connections of a client are served, its ninth is not" "$(hold 127.0.8.1)" "x x x x x x x x too many"
is "another client has eight of its own" "$(hold 127.0.8.2)" "x x x x x x x x too many"

# --- under load ---------------------------------------------------------------------------
if [ -n "${PREFORKD_LONG:-}" ]; then
	"$LOAD" -q -c 8 -p 1 -S -t 600 -d 30 127.0.0.1:7007 >"$work/load" 2>&1 &
else
	"$PYTHON" "$here/steady" 127.0.0.1:7007 4 >"$work/load" 2>&1 &
fi
load=$!
served() { ctl "$1" status --json | "$PYTHON" -c '
import json, sys
print(next(s["connections"] for s in json.load(sys.stdin)["services"] if s["name"] == "echo"))'; }
goes_on() { # N: it serves more than it did
	local before
	before=$(served "$1")
	more() { [ "$(served "$1")" -gt "$before" ]; }
	wait_until 30 more "$1"
}
for n in 1 2 3; do ok "machine $n has its share" goes_on $n; done

killed=$(master_of 1)
kill -KILL "$killed"
is_new() { [ "$(master_of "$1")" != "$2" ] && serves "$1"; }
ok "a master that was killed is there again" wait_until 30 is_new 1 "$killed"
ok "and has its share" goes_on 1

ok "a machine drains" ctl 2 drain echo
ok "HAProxy sends nobody there" sees echo,m2 '^DRAIN'
before=$(served 2)
ok "the others go on" goes_on 3
is "and it serves nobody meanwhile" "$(served 2)" "$before"
ok "it resumes" ctl 2 resume echo
ok "HAProxy has it back" sees echo,m2 '^UP,'
ok "it has its share again" goes_on 2

for n in 1 2 3; do
	old=$(master_of $n)
	kill -TERM "$old"
	ok "machine $n restarts" wait_until 60 is_new $n "$old"
	ok "HAProxy sees it" sees echo,m$n '^UP,'
	ok "it has its share" goes_on $n
done

kill -TERM "$load"
wait "$load"
like "no client has noticed any of it" "$(cat "$work/load")" '^connections=[1-9][0-9]* failed=0'

ip link set m3 down
ok "a machine that is gone is seen" sees echo,m3 '^DOWN'
is "and the others serve" "$(for n in 1 2 3 4 5 6; do echo $n | ask 127.0.0.1:7007; done | xargs)" "1 2 3 4 5 6"
kill -TERM "$haproxy"
wait "$haproxy"
for n in 1 2 3; do kill -TERM "${machines[n]}" && wait "${machines[n]}"; done
done_testing
