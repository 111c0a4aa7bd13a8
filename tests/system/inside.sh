#!/bin/bash
# inside.sh - what supervised.sh runs in the booted system.
#
# The network is a loopback device of the system's own, so that the ports can be the
# ones of the shipped example.
# shellcheck source=tests/system/inside_lib.sh
. "$(dirname "$0")/inside_lib.sh"

git=127.0.0.1:9418
socket=preforkd-git.socket
journal() { journalctl -q -o cat -u "$unit"; }
unit_property() { property "$unit" "$1"; }
# Never 0, which would be our own group to kill().
main_pid() {
	local pid
	pid=$(unit_property MainPID)
	[ "$pid" -gt 1 ] && echo "$pid" || echo none
}
serves() { is_active "$unit"; }
status_shows() { systemctl status "$unit" | grep -Eq "$1"; }
answers() { [ "$(echo hello | ask "${1:-$git}")" = hello ]; }

# drop_in DIRECTIVE...: the [Service] lines of this test.
drop_in() {
	mkdir -p "/run/systemd/system/$unit.d"
	printf '%s\n' '[Service]' "$@" >"/run/systemd/system/$unit.d/test.conf"
	systemctl daemon-reload
}

# --- what is installed -------------------------------------------------------------
sed "s/^Service=.*/Service=$unit/" "$installed_socket" >"/etc/systemd/system/$socket"
systemctl daemon-reload
ok "the units are clean" systemd-analyze verify --man=no "$unit" "$socket"
ok "systemd-sysusers makes the user of the workers" systemd-sysusers "$installed_users"
ok "the shipped configuration is valid" "$installed_preforkd" -t

mkdir -p /run/hold "$(dirname "$installed_conf")"
cat >"$installed_conf" <<-END
	service git { listen = 9418  inetd = {"/bin/sh", "/srv/tests/system/hold"}  workers = 3 }
	service echo { listen = "$runtime/echo.sock"  builtin = "echo"  workers = 2 }
END

# --- socket activation -------------------------------------------------------------
systemctl start $socket
not_ok "only the socket is there before the first connection" serves
ok "the first connection starts the service and is answered" answers
ok "the service is active then" serves
like "the workers are of the user that they should be" "$(echo who | ask $git)" "^($worker_user)\$"
ok "the status line is in systemctl status" \
	wait_until 10 status_shows 'Status: ".*git 0/3 busy, 0 queued'
like "log lines are in the journal" "$(journal)" \
	'git: listening on \[::\]:9418.*, backlog 4096, 3 workers'
ok "a socket of its own is made in the runtime directory" answers $runtime/echo.sock

# --- stop: a transfer is finished, a queue is kept ---------------------------------
# The limit is shorter than the transfer: the drain has to ask for more time.
drop_in TimeoutStopSec=2
first=$(main_pid)
{ echo hold transfer | ask $git >"$work/transfer"; } &
transfer=$!
ok "a transfer begins" wait_until 10 file_has begun "$work/transfer"
# An idle master looks every ten seconds.
ok "the status line counts it" wait_until 30 status_shows 'Status: ".*git 1/3 busy'
systemctl stop "$unit" 2>/dev/null &
stop=$!
is_deactivating() { [ "$(unit_property ActiveState)" = deactivating ]; }
ok "systemctl stop waits for it" wait_until 10 is_deactivating
queued=()
for n in 1 2 3 4 5 6 7 8; do
	{ echo hello | ask $git >"$work/queued.$n"; } &
	queued+=($!)
done
# Time itself is what is tested here: longer than TimeoutStopSec.
sleep 3
ok "and still waits beyond TimeoutStopSec" is_deactivating
touch /run/hold/transfer
wait $stop
wait $transfer
is "the transfer was finished" "$(tr '\n' ' ' <"$work/transfer")" "begun done "
unlike "nothing was killed for it" "$(journal)" "SIGKILL|timed out"
wait "${queued[@]}"
is "who waited in the queue of the stopped service was served by the next" \
	"$(cat "$work"/queued.* | sort | uniq -c | tr -s ' ')" " 8 hello"
ok "the next was started by the queue" wait_until 10 serves
unlike "it is another process" "$(main_pid)" "^$first\$"

# --- restart under load ------------------------------------------------------------
drop_in
/srv/tests/system/hammer 9418 3 >"$work/hammer" &
hammer=$!
for n in 1 2 3; do
	systemctl restart "$unit"
done
wait $hammer
like "three restarts under load lose nobody" "$(cat "$work/hammer")" '^[1-9][0-9]+ 0$'
ok "a unix socket of its own works after a restart" answers $runtime/echo.sock

# --- the watchdog ------------------------------------------------------------------
# Time itself again.  The ping comes after half to three quarters of the limit: what
# is left has to do for a machine that is busy with other tests.
drop_in WatchdogSec=4 TimeoutAbortSec=1
systemctl restart "$unit"
sleep 5
is "a healthy master outlives its watchdog" "$(unit_property NRestarts)" 0
wait_until 10 serves
first=$(main_pid)
mapfile -t workers < <(pgrep -P "$first")
kill -STOP "$first"
was_replaced() { serves && [ "$(main_pid)" != "$first" ]; }
ok "a stopped master is replaced by the watchdog" wait_until 15 was_replaced
like "the journal names the watchdog" "$(journal)" 'Watchdog timeout'
ok "the new one answers" answers
alive=0
for n in "${workers[@]}"; do is_gone "$n" || alive=$((alive + 1)); done
is "no worker of the old one is left of ${#workers[@]}" $alive 0

# --- a configuration that cannot work ----------------------------------------------
drop_in
systemctl stop "$unit" $socket 2>/dev/null
echo 'service git { listen = 9418 }' >"$installed_conf"
not_ok "a bad configuration fails the start" systemctl start "$unit"
is "with the exit status of a bad configuration" "$(unit_property ExecMainStatus)" 78
is "and is not tried again" "$(unit_property ActiveState) $(unit_property NRestarts)" "failed 0"

done_inside
