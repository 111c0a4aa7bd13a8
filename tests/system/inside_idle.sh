#!/bin/bash
# inside_idle.sh CYCLES - what idle.sh runs in the booted system.
# shellcheck source=tests/system/inside_lib.sh
. "$(dirname "$0")/inside_lib.sh"

cycles=$1
unit=preforkd@lazy.service
systemd-sysusers "$installed_users"
mkdir -p /etc/systemd/system/preforkd@lazy.socket.d /run/hold
printf '[Socket]\nListenStream=8000\n' >/etc/systemd/system/preforkd@lazy.socket.d/listen.conf
systemctl daemon-reload

configure_lazy() {
	cat >"$instances/lazy.conf" <<-END
		exit_when_idle = $1
		service lazy { inetd = {"/bin/sh", "/srv/tests/system/hold"}  workers = 2  ${2:-} }
	END
}
journal() { journalctl -q -o cat -u $unit; }
ends() { journal | grep -c 'idle for .* (exit_when_idle), ending until the next connection'; }
is_over() { is_inactive "$unit" && [ "$(ends)" -ge "$1" ]; }
answers() { [ "$(echo hello | ask 127.0.0.1:8000)" = hello ]; }

# --- one after the other ----------------------------------------------------------------
configure_lazy 1s
systemctl start preforkd@lazy.socket
ok "the first connection starts it" answers
ok "it ends when it has been idle" wait_until 10 is_over 1
is "with status 0, and is not started again" \
	"$(property $unit ExecMainStatus) $(property $unit Result) $(property $unit NRestarts)" "0 success 0"
ok "the socket is still there" is_active preforkd@lazy.socket
ok "the next connection starts it again" answers

# Time itself is what is tested here: longer than exit_when_idle.
{ echo hold slow | ask 127.0.0.1:8000 >"$work/slow"; } &
slow=$!
ok "a long transfer begins" wait_until 10 file_has begun "$work/slow"
sleep 2.5
ok "it does not end while the transfer runs" is_active $unit
touch /run/hold/slow
wait $slow
is "the transfer was finished" "$(tr '\n' ' ' <"$work/slow")" "begun done "
ok "it ends then" wait_until 10 is_over 2

# --- the moment of the end ---------------------------------------------------------------
# Clients come just when it is about to end, ends, and has ended.
configure_lazy 400ms
good=0 bad=0 before=$(ends) rounds=0
while [ $bad -lt 3 ] && [ $(($(ends) - before)) -lt "$cycles" ] && [ $((rounds++)) -lt "$cycles" ]; do
	read -r more worse < <(/srv/tests/system/trickle 10 0.38 0.62 8000 /run/preforkd/lazy.sock)
	good=$((good + more)) bad=$((bad + worse))
done
ok "it has ended $cycles times" test $(($(ends) - before)) -ge "$cycles"
is "nobody of $good was lost" $bad 0
is "the socket has not given up" "$(property preforkd@lazy.socket Result)" success
is "no end was a failure" "$(property $unit NRestarts)" 0

# --- where it cannot be ------------------------------------------------------------------
configure_lazy 1s 'listen = {8000, 8001, "/run/preforkd/lazy.sock"}'
systemctl stop $unit 2>/dev/null
not_ok "a socket of its own is refused" systemctl start $unit
is "as a wrong configuration" "$(property $unit ExecMainStatus)" 78
like "and named" "$(journal)" \
	'exit_when_idle: lazy listens on \[::\]:8001 by itself, which nobody would after the end'
done_inside
