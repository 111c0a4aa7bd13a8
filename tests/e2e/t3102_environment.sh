#!/bin/bash
# t3102_environment.sh - what commands and programs are told, to the last variable.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

user=$(id -un)
[ "$user" != root ] || user=nobody
IFS=: read -r _ _ _ _ _ home shell < <(getent passwd "$user")
mkdir -m 1777 "$work/out"
cat >"$work/program" <<END
#!/bin/sh
env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= >"$work/out/\$PREFORKD_SERVICE.new"
echo "my pid: \$\$" >>"$work/out/\$PREFORKD_SERVICE.new"
mv "$work/out/\$PREFORKD_SERVICE.new" "$work/out/\$PREFORKD_SERVICE"
exec sleep 1000
END
chmod 755 "$work/program"
configure <<END
defaults { workers = 1  $(user_line) }
service env { listen = {"127.0.0.1:0", "$work/env.sock", "[::1]:0"}  inetd = {"/usr/bin/env"} }
service any { listen = 0  inetd = {"/usr/bin/env"} }
service own { listen = "127.0.0.1:0"  inetd = {"/usr/bin/env"}  environment = {"COLOUR=red", "LANG=de_DE.UTF-8", "PATH=/bin"} }
service app { listen = {"127.0.0.1:0", "127.0.0.1:0"}  program = {"$work/program"} }
service fcgi { listen = "127.0.0.1:0"  program = {"$work/program"}  pass = "stdin"  environment = {"COLOUR=blue"} }
service told { listen = "127.0.0.1:0"  program = {"$work/program"}  ready = "notify"  start_timeout = 1min }
END
# What the master has and nobody else may see; and what would deceive a handler.
export SECRET=xyzzy LD_LIBRARY_PATH='' TCPREMOTEIP=192.0.2.1 LISTEN_PID=1 LISTEN_FDS=5
export LISTEN_FDNAMES=no WATCHDOG_USEC=999999999 WATCHDOG_PID=1 PREFORKD_SLOT=77
listen_for_notes
launch "$PREFORKD" --log=plain -c "$conf" # "told" is never ready, so nobody waits
has_all() { for name in app fcgi told; do [ -e "$work/out/$name" ] || return 1; done; }
ok "the programs run" wait_until 20 has_all
unset SECRET LD_LIBRARY_PATH TCPREMOTEIP LISTEN_PID LISTEN_FDS LISTEN_FDNAMES WATCHDOG_USEC \
	WATCHDOG_PID PREFORKD_SLOT
ok "the commands can be reached" wait_for_log 'own: listening'

path=$(ask "$(address_of env)" </dev/null | sed -n 's/^PATH=//p')
like "PATH is one of a system" "$path" '^/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'
ours="HOME=$home
LANG=C
LOGNAME=$user
PATH=$path
SHELL=$shell
USER=$user"
preforkd() { printf 'PREFORKD_%s\n' GENERATION=1 POOL="$2" SERVICE="$1" SLOT="$3"; }
# expect NAME GOT LINES...: the same set of lines, no other.
expect() { is "$1" "$(sort <<<"$2")" "$(printf '%s\n' "${@:3}" | sort)"; }

# --- commands ------------------------------------------------------------------------
# told_by ADDRESS: its whole environment, the client's port taken out but checked.
told_by() {
	local text port
	text=$(ask "$1" </dev/null)
	port=$(sed -n 's/^TCPREMOTEPORT=\([1-9][0-9]*\)$/\1/p' <<<"$text")
	# shellcheck disable=SC2001 # whole lines, not any part
	sed "s/^\(TCPREMOTEPORT\|REMOTE_PORT\)=${port:-none}\$/\1=(client)/" <<<"$text"
}
tcp() { # LOCAL-IP LOCAL-PORT REMOTE-IP
	printf '%s\n' PROTO=TCP "TCPLOCALIP=$1" "TCPLOCALPORT=$2" "TCPREMOTEIP=$3" \
		"TCPREMOTEPORT=(client)" "REMOTE_ADDR=$3" "REMOTE_HOST=$3" "REMOTE_PORT=(client)"
}
four=$(address_of env 1)
expect "a command over IPv4" "$(told_by "$four")" "$ours" "$(preforkd env env 0)" \
	"$(tcp 127.0.0.1 "${four##*:}" 127.0.0.1)"
# The client has a number, and so has whoever runs this.
"$PYTHON" - "$work/env.sock" >"$work/unix" <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.shutdown(socket.SHUT_WR)
text = b"".join(iter(lambda: s.recv(65536), b"")).decode()
print(text.replace("UNIXREMOTEPID=%d\n" % os.getpid(), "UNIXREMOTEPID=(client)\n"), end="")
END
expect "a command over a unix socket" "$(cat "$work/unix")" "$ours" "$(preforkd env env/2 0)" \
	PROTO=UNIX "UNIXLOCALPATH=$work/env.sock" "UNIXREMOTEEUID=$(id -u)" \
	"UNIXREMOTEEGID=$(id -g)" "UNIXREMOTEPID=(client)"
six=$(address_of env/3)
if [ -n "$six" ]; then
	expect "a command over IPv6" "$(told_by "$six")" "$ours" "$(preforkd env env/3 0)" \
		"$(tcp ::1 "${six##*:}" ::1)"
	port=$(port_of any)
	expect "one on all addresses: which one was called" "$(told_by "[::1]:$port")" "$ours" \
		"$(preforkd any any 0)" "$(tcp ::1 "$port" ::1)"
	expect "IPv4 on an IPv6 socket is IPv4" "$(told_by "127.0.0.1:$port")" "$ours" \
		"$(preforkd any any 0)" "$(tcp 127.0.0.1 "$port" 127.0.0.1)"
else
	for n in 1 2 3; do skip "IPv6, $n of 3" "ipv6: cannot bind ::1"; done
fi
own=$(address_of own)
expect "what the service adds wins" "$(told_by "$own")" \
	"$(grep -v -e ^LANG= -e ^PATH= <<<"$ours")" COLOUR=red LANG=de_DE.UTF-8 PATH=/bin \
	"$(preforkd own own 0)" "$(tcp 127.0.0.1 "${own##*:}" 127.0.0.1)"

# --- programs ------------------------------------------------------------------------
pid_in() { sed -n 's/^my pid: //p' "$work/out/$1"; }
told() { grep -v '^my pid:' "$work/out/$1"; }
notify=$(sed -n 's/^NOTIFY_SOCKET=//p' "$work/out/told")
like "programs have a NOTIFY_SOCKET" "$notify" .
unlike "which is not the master's" "$notify" "^$NOTIFY_SOCKET\$"
expect "a program on LISTEN_FDS" "$(told app)" "$ours" "$(preforkd app app 0)" \
	LISTEN_FDS=2 "LISTEN_PID=$(pid_in app)" LISTEN_FDNAMES=app:app "NOTIFY_SOCKET=$notify"
expect "a program on descriptor 0" "$(told fcgi)" "$ours" COLOUR=blue \
	"$(preforkd fcgi fcgi 0)" "NOTIFY_SOCKET=$notify"
expect "a program that notifies" "$(told told)" "$ours" "$(preforkd told told 0)" \
	LISTEN_FDS=1 "LISTEN_PID=$(pid_in told)" LISTEN_FDNAMES=told "NOTIFY_SOCKET=$notify"

# --- workers of ours -----------------------------------------------------------------
for pid in $(workers_of_master); do
	tr '\0' '\n' <"/proc/$pid/environ"
done >"$work/environs"
unlike "nothing of it stands in a worker's memory for /proc to show" \
	"$(cat "$work/environs")" 'xyzzy|LISTEN_PID=1$|WATCHDOG|192\.0\.2\.1'
done_testing
