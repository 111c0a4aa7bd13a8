# shellcheck shell=bash disable=SC2154 # lib.sh assigns them
# reload_lib.sh - what the scripts about reloads share; read after lib.sh.

ends_of_reloads() { grep -cE 'preforkd: (reloaded|reload failed): ' "$log"; }
reload_ended() { [ "$(ends_of_reloads)" -gt "$1" ]; }

# reload: SIGHUP, and wait for the end of it.  log_lines begins with it then.
reload() {
	local before
	before=$(ends_of_reloads)
	mark_log
	kill -HUP "$master"
	wait_until 60 reload_ended "$before"
}

# outcome: how the last one ended.
outcome() { log_lines | sed -nE 's/.*preforkd: (reloaded: |reload failed: )/\1/p' | tail -n 1; }

# pids POOL: of its workers of ours, of every generation, by their titles.
pids() { titled "^preforkd: $1\\[" | sort; }

# has_workers POOL NUMBER
has_workers() { [ "$(pids "$1" | wc -l)" = "$2" ]; }

# only_new POOL OLD-PIDS: none of the old is left.
only_new() { [ -z "$(comm -12 <(pids "$1") <(sort <<<"$2"))" ] && [ -n "$(pids "$1")" ]; }

# says ADDRESS TEXT: what a client is told there.  Right after a reload a worker of before may
# take one more.
says() { [ "$(ask "$1" </dev/null 2>/dev/null)" = "$2" ]; }

refused() {
	"$PYTHON" - "$1" <<'PY'
import socket, sys
where = sys.argv[1]
sock = socket.socket(socket.AF_UNIX if where[0] in "/@" else socket.AF_INET)
sock.settimeout(5)
host, _, port = where.rpartition(":")
try:
    sock.connect(where.replace("@", "\0", 1) if where[0] in "/@" else (host, int(port)))
except (ConnectionRefusedError, FileNotFoundError):
    sys.exit(0)
sys.exit("somebody listens")
PY
}

# inode_of ADDRESS: of the listening TCP socket.
inode_of() { ss -Hltne "src $1" | sed -n 's/.* ino:\([0-9]*\) .*/\1/p'; }

# A connection in hand: hold NAME ADDRESS; speak NAME TEXT prints the echo; let_go NAME
# ends it, with nothing but an end.
hold() {
	mkfifo "$work/$1.say"
	"$PYTHON" - "$2" "$work/$1.say" <<'PY' >"$work/$1.got" 2>&1 &
import socket, sys
where = sys.argv[1]
sock = socket.socket(socket.AF_UNIX if where[0] == "/" else socket.AF_INET)
host, _, port = where.rpartition(":")
sock.connect(where if where[0] == "/" else (host, int(port)))
try:
    sock.sendall(b"held\n")
    print(sock.recv(100).decode().strip(), flush=True)
    for line in open(sys.argv[2]):
        if line == "bye\n":
            break
        sock.sendall(line.encode())
        print(sock.recv(100).decode().strip(), flush=True)
    sock.shutdown(socket.SHUT_WR)
    print("end" + sock.recv(100).decode(), flush=True)
except OSError as error:
    print("broken:", error, flush=True)
PY
	eval "holder_$1=\$!"
	exec {fd}>"$work/$1.say"
	eval "say_$1=\$fd"
	wait_until 15 got "$1" held
}
got() { grep -qx -e "$2" "$work/$1.got"; }
speak() {
	local fd=say_$1
	echo "$2" >&"${!fd}"
	wait_until 15 got "$1" "$2"
}
let_go() {
	local fd=say_$1 pid=holder_$1
	echo bye >&"${!fd}"
	wait_until 15 is_gone "${!pid}" || kill "${!pid}"
	grep -qx end "$work/$1.got"
}
