#!/bin/bash
# inside.sh - what supervised.sh runs in the booted system.
#
# The network is a loopback device of the system's own, so that the ports can be the
# ones of the shipped example.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=/dev/null
. /srv/where
: "${installed_preforkd:?}" "${installed_unit:?}" "${installed_users:?}"
: "${installed_socket:?}" "${installed_conf:?}"

git=127.0.0.1:9418
journal() { journalctl -q -o cat -u preforkd.service; }
property() { systemctl show -P "$1" preforkd.service; }
# Never 0, which would be our own group to kill().
main_pid() {
	local pid
	pid=$(property MainPID)
	[ "$pid" -gt 1 ] && echo "$pid" || echo none
}
is_active() { [ "$(systemctl is-active preforkd.service)" = active ]; }
status_shows() { systemctl status preforkd.service | grep -Eq "$1"; }
answers() { [ "$(echo hello | ask "${1:-$git}")" = hello ]; }
file_has() { grep -q "$1" "$2"; }

# drop_in DIRECTIVE...: the [Service] lines of this test.
drop_in() {
	mkdir -p /run/systemd/system/preforkd.service.d
	printf '%s\n' '[Service]' "$@" >/run/systemd/system/preforkd.service.d/test.conf
	systemctl daemon-reload
}

# What a failure shows.
log_lines() { journalctl -q --no-hostname -o short-monotonic -u 'preforkd*'; }

# --- what is installed -------------------------------------------------------------
mkdir -p /etc/systemd/system
systemctl cat preforkd.service >/dev/null 2>&1 || cp "$installed_unit" /etc/systemd/system/
cp "$installed_socket" /etc/systemd/system/
systemctl daemon-reload
ok "the units are clean" systemd-analyze verify --man=no preforkd.service preforkd-git.socket
ok "systemd-sysusers makes the user of the workers" systemd-sysusers "$installed_users"
ok "the shipped configuration is valid" "$installed_preforkd" -t -c "$installed_conf"

mkdir -p /run/hold "$(dirname "$installed_conf")"
cat >"$installed_conf" <<-END
	service git { listen = 9418  inetd = {"/bin/sh", "/srv/tests/system/hold"}  workers = 3 }
	service echo { listen = "/run/preforkd/echo.sock"  builtin = "echo"  workers = 2 }
END

# --- socket activation -------------------------------------------------------------
systemctl start preforkd-git.socket
not_ok "only the socket is there before the first connection" is_active
ok "the first connection starts the service and is answered" answers
ok "the service is active then" is_active
is "the workers are of the user that sysusers made" "$(echo who | ask $git)" _preforkd
ok "the status line is in systemctl status" \
	wait_until 10 status_shows 'Status: ".*git 0/3 busy, 0 queued'
like "log lines are in the journal" "$(journal)" \
	'git: listening on \[::\]:9418.*, backlog 4096, 3 workers'
ok "a socket of its own is made in the runtime directory" answers /run/preforkd/echo.sock

# --- stop: a transfer is finished, a queue is kept ---------------------------------
# The limit is shorter than the transfer: the drain has to ask for more time.
drop_in TimeoutStopSec=2
first=$(main_pid)
{ echo hold transfer | ask $git >"$work/transfer"; } &
transfer=$!
ok "a transfer begins" wait_until 10 file_has begun "$work/transfer"
# An idle master looks every ten seconds.
ok "the status line counts it" wait_until 30 status_shows 'Status: ".*git 1/3 busy'
systemctl stop preforkd.service 2>/dev/null &
stop=$!
is_deactivating() { [ "$(property ActiveState)" = deactivating ]; }
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
ok "the next was started by the queue" wait_until 10 is_active
unlike "it is another process" "$(main_pid)" "^$first\$"

# --- restart under load ------------------------------------------------------------
drop_in
/srv/tests/system/hammer 9418 3 >"$work/hammer" &
hammer=$!
for n in 1 2 3; do
	systemctl restart preforkd.service
done
wait $hammer
like "three restarts under load lose nobody" "$(cat "$work/hammer")" '^[1-9][0-9]+ 0$'
ok "a unix socket of its own works after a restart" answers /run/preforkd/echo.sock

# --- the watchdog ------------------------------------------------------------------
# Time itself again.  The ping comes after half to three quarters of the limit: what
# is left has to do for a machine that is busy with other tests.
drop_in WatchdogSec=4 TimeoutAbortSec=1
systemctl restart preforkd.service
sleep 5
is "a healthy master outlives its watchdog" "$(property NRestarts)" 0
wait_until 10 is_active
first=$(main_pid)
mapfile -t workers < <(pgrep -P "$first")
kill -STOP "$first"
was_replaced() { is_active && [ "$(main_pid)" != "$first" ]; }
ok "a stopped master is replaced by the watchdog" wait_until 15 was_replaced
like "the journal names the watchdog" "$(journal)" 'Watchdog timeout'
ok "the new one answers" answers
alive=0
for n in "${workers[@]}"; do is_gone "$n" || alive=$((alive + 1)); done
is "no worker of the old one is left of ${#workers[@]}" $alive 0

# --- a configuration that cannot work ----------------------------------------------
drop_in
systemctl stop preforkd.service preforkd-git.socket 2>/dev/null
echo 'service git { listen = 9418 }' >"$installed_conf"
not_ok "a bad configuration fails the start" systemctl start preforkd.service
is "with the exit status of a bad configuration" "$(property ExecMainStatus)" 78
is "and is not tried again" "$(property ActiveState) $(property NRestarts)" "failed 0"

unlike "no sanitizer spoke" "$(journalctl -q -o cat)" 'AddressSanitizer|LeakSanitizer|runtime error:'
done_testing
