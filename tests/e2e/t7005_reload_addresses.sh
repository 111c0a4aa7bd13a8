#!/bin/bash
# t7005_reload_addresses.sh - SIGHUP: addresses stay, come, go, and pass from one service to
# another, without being closed in between.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

defaults() { echo "defaults { $(user_line) workers = 2 }"; }
tell() {
	echo "service $1 { listen = $2  inetd = {\"/bin/sh\", \"-c\", \"echo $3\"}  ${4:-} }"
}
a=127.0.0.1:$(free_port) b=127.0.0.1:$(free_port) c=127.0.0.1:$(free_port)
u=$work/u.sock

# becomes OUTCOME SERVICES...: the configuration, from standard input, after a reload.
becomes() {
	{ defaults && cat; } >"$conf"
	reload
	is "$1" "$(outcome)" "$2"
}
not() { ! "$@"; }
connects() { ! refused "$1"; }

# keep_alive_of ADDRESS: what its connections inherit, asked of the master's own socket.
keep_alive_of() {
	"$PYTHON" - "$master" "$(inode_of "$1")" <<'END'
import ctypes, os, socket, sys
pid, inode = int(sys.argv[1]), sys.argv[2]
folder = "/proc/%d/fd" % pid
fd = [n for n in os.listdir(folder) if os.readlink(folder + "/" + n) == "socket:[%s]" % inode][0]
pidfd_getfd = 438
copy = ctypes.CDLL(None).syscall(pidfd_getfd, os.pidfd_open(pid), int(fd), 0)
print(socket.socket(fileno=copy).getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
END
}
queued() { [ "$(ss -Hltn "src $1" | awk '{ print $2 }')" = "$2" ]; }

# --- one service ---------------------------------------------------------------------------
{ defaults && tell t "{\"$a\", \"$u\"}" one; } >"$conf"
start_preforkd
first=$(inode_of "$a") path=$(stat -c %i "$u")
becomes "an address more" "reloaded: 1 reloaded" < <(tell t "{\"$b\", \"$a\", \"$u\"}" one)
like "an address more: said" "$(log_lines)" 't: reloaded \(listen\)'
for at in "$a" "$b" "$u"; do ok "an address more: $at" wait_until 10 says "$at" one; done
is "an address more: the same socket" "$(inode_of "$a")" "$first"
is "an address more: the same path" "$(stat -c %i "$u")" "$path"
becomes "two fewer" "reloaded: 1 reloaded" < <(tell t "\"$b\"" one)
ok "two fewer: the other stays" wait_until 10 says "$b" one
ok "two fewer: nobody listens there (TCP)" wait_until 10 refused "$a"
ok "two fewer: nobody listens there (unix)" wait_until 10 refused "$u"
ok "two fewer: the path is gone" not test -e "$u"
becomes "another one" "reloaded: 1 reloaded" < <(tell t "\"$u\"" one)
ok "another one: it serves" wait_until 10 says "$u" one
becomes "one of the abstract name space" "reloaded: 1 reloaded" < <(tell t "\"@${work//\//-}\"" one)
ok "one of the abstract name space: it serves" wait_until 10 says "@${work//\//-}" one
becomes "and back" "reloaded: 1 reloaded" < <(tell t "\"$a\"" one)
ok "and back: it serves" wait_until 10 says "$a" one

# Away and back while a worker of then is still busy, and again.
{ defaults && echo "service e { listen = {\"$b\", \"$u\"} builtin = \"echo\" }"; } >"$conf"
reload
hold h "$u"
for round in 1 2 3; do
	becomes "away $round" "reloaded: 1 reloaded" < <(echo "service e { listen = \"$c\" builtin = \"echo\" }")
	ok "away $round: it serves" [ "$(echo hi | ask "$c")" = hi ]
	[ $round = 2 ] || ok "away $round: nobody listens" wait_until 10 refused "$b"
	becomes "back $round" "reloaded: 1 reloaded" < <(echo "service e { listen = {\"$b\", \"$u\"} builtin = \"echo\" }")
	ok "back $round: it serves (TCP)" [ "$(echo hi | ask "$b")" = hi ]
	ok "back $round: it serves (unix)" [ "$(echo hi | ask "$u")" = hi ]
	becomes "back $round, and changed" "reloaded: 1 reloaded" \
		< <(echo "service e { listen = {\"$b\", \"$u\"} builtin = \"echo\" workers = $((round + 2)) }")
	ok "back $round, and changed: it serves" [ "$(echo hi | ask "$u")" = hi ]
done
ok "the first connection was never touched" speak h there
ok "and ends in peace" let_go h

# --- port 0 --------------------------------------------------------------------------------
becomes "a port that the kernel chooses" "reloaded: 1 added, 1 removed" < <(tell z '"127.0.0.1:0"' zero)
z=$(address_of z)
becomes "port 0 is kept" "reloaded: 1 reloaded" < <(tell z '"127.0.0.1:0"' changed)
ok "port 0 is kept: the same" wait_until 10 says "$z" changed
becomes "port 0 is kept beside another one" "reloaded: 1 reloaded" < <(tell z "{\"$a\", \"127.0.0.1:0\"}" two)
ok "port 0 is kept beside another one: the same" wait_until 10 says "$z" two
becomes "port 0 becomes that port" "reloaded: 1 reloaded" < <(tell z "{\"$a\", \"$z\"}" three)
ok "port 0 becomes that port: the same" wait_until 10 says "$z" three

# --- from one service to another -----------------------------------------------------------
becomes "two services" "reloaded: 2 added, 1 removed" < <(tell x "\"$a\"" x && tell y "{\"$b\", \"$u\"}" y)
first=$(inode_of "$a") second=$(inode_of "$b") path=$(stat -c %i "$u")
becomes "they swap" "reloaded: 2 reloaded" < <(tell x "{\"$b\", \"$u\"}" x && tell y "\"$a\"" y)
ok "they swap: x" wait_until 10 says "$b" x
ok "they swap: x, unix" wait_until 10 says "$u" x
ok "they swap: y" wait_until 10 says "$a" y
is "they swap: the same sockets" "$(inode_of "$a") $(inode_of "$b")" "$first $second"
is "they swap: the same path" "$(stat -c %i "$u")" "$path"
becomes "another name" "reloaded: 1 unchanged, 1 added, 1 removed" \
	< <(tell renamed "{\"$b\", \"$u\"}" new 'socket_mode = 0600  backlog = 7' && tell y "\"$a\"" y)
ok "another name: it serves" wait_until 10 says "$b" new
ok "another name: on the path" wait_until 10 says "$u" new
is "another name: the same socket" "$(inode_of "$b")" "$second"
is "another name: with its own options" "$(stat -c '%i %a' "$u") $(ss -Hltn "src $b" | awk '{ print $3 }')" "$path 600 7"
becomes "one takes from another" "reloaded: 1 reloaded, 1 removed" < <(tell y "{\"$a\", \"$b\", \"$u\"}" all)
for at in "$a" "$b" "$u"; do ok "one takes from another: $at" wait_until 10 says "$at" all; done
is "one takes from another: the same path" "$(stat -c %i "$u")" "$path"

# --- another handler -----------------------------------------------------------------------
cat >"$work/app.py" <<'END'
import os, select, socket, sys
listeners = [socket.socket(fileno=3 + i) for i in range(int(os.environ["LISTEN_FDS"]))]
for listener in listeners:
    listener.setblocking(False)
while True:
    for listener in select.select(listeners, [], [])[0]:
        try:
            peer, _ = listener.accept()
        except BlockingIOError:
            continue
        with peer:
            peer.sendall(b"app\n")
END
python=$(PATH=/usr/bin:/bin command -v python3) || python=$(command -v "$PYTHON")
app() { echo "service y { listen = {\"$a\", \"$b\", \"$u\"}  program = {\"$python\", \"$work/app.py\"} }"; }
first=$(inode_of "$a") second=$(inode_of "$b")
becomes "inetd becomes a program" "reloaded: 1 reloaded" < <(app)
like "inetd becomes a program: said" "$(log_lines)" 'y: reloaded \(program\)'
for at in "$a" "$b" "$u"; do ok "inetd becomes a program: $at" wait_until 10 says "$at" app; done
ok "inetd becomes a program: none of the old is left" wait_until 10 has_workers 'y(/.)?' 0
# It has made them non-blocking, which ours must live with.
becomes "a program becomes inetd" "reloaded: 1 reloaded" < <(tell y "{\"$a\", \"$b\", \"$u\"}" again)
ok "a program becomes inetd: the program is gone" wait_until 10 not pgrep -P "$master" -f "$work/app.py"
for at in "$a" "$b" "$u"; do ok "a program becomes inetd: $at" wait_until 10 says "$at" again; done
is "the same sockets" "$(inode_of "$a") $(inode_of "$b") $(stat -c %i "$u")" "$first $second $path"

# A program that shuts its socket down when it is asked to end, which is the next one's too.
sed 's/^listeners = .*/&\nimport signal\nsignal.signal(signal.SIGTERM, lambda *_: ([shut(l) for l in listeners], os._exit(0)))/
	/^import os/a def shut(l):\n    try:\n        l.shutdown(socket.SHUT_RDWR)\n    except OSError:\n        pass' \
	"$work/app.py" >"$work/shuts.py"
shuts() { echo "service y { listen = {\"$a\", \"$b\", \"$u\"}  program = {\"$python\", \"$work/shuts.py\", \"$1\"} workers = 3 }"; }
becomes "one that shuts down" "reloaded: 1 reloaded" < <(shuts 1)
becomes "one that shuts down, again" "reloaded: 1 reloaded" < <(shuts 2)
for at in "$a" "$b" "$u"; do ok "one that shuts down, again: $at" wait_until 10 says "$at" app; done
becomes "one that shuts down, then inetd" "reloaded: 1 reloaded" < <(tell y "{\"$a\", \"$b\", \"$u\"}" after)
for at in "$a" "$b" "$u"; do ok "one that shuts down, then inetd: $at" wait_until 10 says "$at" after; done
first=$(inode_of "$a") path=$(stat -c %i "$u")

# --- options of an open socket -------------------------------------------------------------
limit_of() { ss -Hltn "src $1" | awk '{ print $3 }'; }
becomes "backlog, no_delay, socket_mode" "reloaded: 1 reloaded" \
	< <(tell y "{\"$a\", \"$b\", \"$u\"}" opt 'backlog = 11 socket_mode = 0600 keep_alive = no')
is "backlog: at once" "$(limit_of "$a") $(limit_of "$b")" "11 11"
is "socket_mode: at once" "$(stat -c '%a %i' "$u")" "600 $path"
is "keep_alive: the timer is off" "$(keep_alive_of "$a")" 0
becomes "backlog and keep_alive again" "reloaded: 1 reloaded" \
	< <(tell y "{\"$a\", \"$b\", \"$u\"}" opt 'backlog = 12 socket_mode = 0666 socket_user = "nobody"')
is "backlog: at once" "$(limit_of "$a")" 12
is "keep_alive: on" "$(keep_alive_of "$a")" 1
is "socket_mode, socket_user: at once" "$(stat -c '%a %U %i' "$u")" "666 nobody $path"
becomes "socket_user no more" "reloaded: 1 reloaded" \
	< <(tell y "{\"$a\", \"$b\", \"$u\"}" opt 'backlog = 12 socket_mode = 0666')
is "socket_user no more: it is ours" "$(stat -c '%a %U %i' "$u")" "666 $(id -un) $path"
becomes "free_bind" "reloaded: 1 reloaded" \
	< <(tell y "{\"$a\", \"$b\", \"$u\"}" opt 'backlog = 12 socket_mode = 0666 free_bind = yes')
like "free_bind: takes effect later, which is said" "$(log_lines)" \
	"y: $a: free_bind counts when a socket is bound: it takes effect when preforkd is started anew"
stop_preforkd
is "the end is clean" "$exit_status" 0
ok "the path is gone" not test -e "$u"

# --- sockets that were passed --------------------------------------------------------------
configure < <(defaults && tell p '{}' one)
sed -i 's/listen = {}//' "$conf"
cp "$conf" "$work/one"
rm -f "$work/where"
launch "$PYTHON" "$here/activate" "$work/where" p=stream "p=$work/p.sock" -- "$PREFORKD" --log=plain -c "$conf"
wait_until 20 is_ready_or_gone
mapfile -t at <"$work/where"
first=$(inode_of "${at[0]}") path=$(stat -c %i "${at[1]}")
sed -i 's/echo one/echo two/' "$conf"
reload
is "passed sockets, other settings" "$(outcome)" "reloaded: 1 reloaded"
for where in "${at[@]}"; do ok "passed sockets, other settings: ${where##*/}" wait_until 10 says "$where" two; done
becomes "passed sockets, the service is removed" "reloaded: 1 added, 1 removed" < <(tell q "\"$c\"" other)
ok "passed sockets, removed: the other serves" wait_until 10 says "$c" other
is "passed sockets, removed: they are kept" "$(inode_of "${at[0]}") $(stat -c %i "${at[1]}")" "$first $path"
"$ASK" "${at[0]}" </dev/null >"$work/waits" &
waits=$!
ok "passed sockets, removed: a client waits" wait_until 10 queued "${at[0]}" 1
cp "$work/one" "$conf"
reload
is "passed sockets, it comes back" "$(outcome)" "reloaded: 1 added, 1 removed"
wait "$waits"
is "passed sockets, it comes back: who waited is served" "$(cat "$work/waits")" one
for where in "${at[@]}"; do ok "passed sockets, it comes back: ${where##*/}" wait_until 10 says "$where" one; done
becomes "passed sockets, taken by address under another name" "reloaded: 1 added, 1 removed" \
	< <(tell r "{\"${at[0]}\", \"${at[1]}\"}" by-address)
for where in "${at[@]}"; do ok "passed sockets, by address: ${where##*/}" wait_until 10 says "$where" by-address; done
is "passed sockets: still the same" "$(inode_of "${at[0]}") $(stat -c %i "${at[1]}")" "$first $path"
stop_preforkd
is "passed sockets: the path stays" "$(stat -c %i "${at[1]}")" "$path"
done_testing
