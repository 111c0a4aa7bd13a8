#!/bin/bash
# inside_units.sh - what units.sh runs in the booted system.
# shellcheck source=tests/system/inside_lib.sh
. "$(dirname "$0")/inside_lib.sh"

systemd-sysusers "$installed_users"
# README.md and strict.conf speak of the places of a package.
[ -e /etc/preforkd ] || ln -s "$(dirname "$installed_conf")" /etc/preforkd
mkdir -p /usr/share/preforkd
[ -e /usr/share/preforkd/strict ] || ln -s "$strict" /usr/share/preforkd/strict

# --- what systemd thinks of them -----------------------------------------------------
for file in "$installed_unit" "$installed_instance" "$installed_instance_socket" "$installed_socket"; do
	is "${file##*/}: systemd-analyze verify has nothing to say" \
		"$(systemd-analyze verify --man=no "$file" 2>&1)" ""
done

# exposed_below LIMIT UNIT: both times ten, as --threshold= wants it.
exposed_below() {
	systemd-analyze security --no-pager --offline=true --threshold="$1" "$work/units/$2"
}
# uncommented FILE: directives without a comment in front, or in front of their group.
uncommented() {
	awk '/^#/ { said = 1; next } /^$/ { said = 0; next } /^\[/ { next } !said { print }' "$1"
}
mkdir "$work/units"
cp "$installed_unit" "$installed_instance" "$work/units/"
not_ok "without strict.conf the main unit is in no sandbox" exposed_below 50 preforkd.service
cp -r "$strict/preforkd.service.d" "$strict/preforkd@.service.d" "$work/units/"
ok "with strict.conf its exposure is 2.3 at most" exposed_below 23 preforkd.service
ok "that of an instance 1.3" exposed_below 13 preforkd@.service
like "security.md: systemd says how much is open" \
	"$(bash -c "$(of_page security.md 'systemd-analyze security preforkd.*')" 2>&1)" \
	'Overall exposure level for preforkd.service: [0-9.]+'
for file in "$strict"/*/strict.conf; do
	is "${file#"$strict/"}: every directive has a comment" "$(uncommented "$file")" ""
done

# --- the recipe, word by word --------------------------------------------------------
# block N: the Nth fenced block of the recipe's section.
block() {
	sed -n '/^## Your own server/,/^## What it does/p' /srv/README.md |
		awk -v n="$1" '/^```/ { open = !open; seen += open; next } open && seen == n'
}
block 1 >/srv/hello.py
chmod 644 /srv/hello.py
ok "README.md: the server has ten lines at most" test "$(wc -l </srv/hello.py)" -le 10
is "README.md: the commands are four" "$(block 2 | wc -l)" 4
is "README.md: the first installs, which is done" "$(block 2 | head -n 1)" "apt install preforkd"
block 2 | tail -n +2 >"$work/recipe"
ok "README.md: the other three work" bash -e "$work/recipe"

get() { printf 'GET / HTTP/1.0\r\n\r\n' | ask 127.0.0.1:8000; }
main_pid() { property preforkd@hello.service MainPID; }
workers() { pgrep -P "$(main_pid)"; }
user_of() { stat -c %U "/proc/$1"; }
ok "the socket is there" is_active preforkd@hello.socket
ok "and starts with the system" systemctl -q is-enabled preforkd@hello.socket
not_ok "no process is, before the first connection" is_active preforkd@hello.service
like "the first connection is answered" "$(get)" 'hello from [0-9]+'
ok "the service is active then" wait_until 10 is_active preforkd@hello.service
is "of four workers" "$(workers | wc -l)" 4
like "README.md: it has a log of its own" \
	"$(bash -c "$(of_page README.md 'journalctl -u preforkd@hello')")" 'ready, 1 service, 4 workers'
is "the master is root" "$(user_of "$(main_pid)")" root
is "the workers are _preforkd" "$(for pid in $(workers); do user_of "$pid"; done | sort -u)" _preforkd
is "the unit is in the slice of the instances" "$(property preforkd@hello.service Slice)" system-preforkd.slice
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do get; done | grep '^hello' | sort -u >"$work/who"
like "one in four has not answered it all" "$(wc -l <"$work/who")" '^[2-4]$'

# --- instances beside each other and beside the main unit -----------------------------
echo 'service echo { builtin = "echo"  workers = 2 }' >/etc/preforkd/instances/other.conf
ok "an instance without drop-ins starts" systemctl start preforkd@other.socket
is "it is reached at its name in /run/preforkd" "$(echo hello | ask /run/preforkd/other.sock)" hello
ok "preforkd.service runs beside them" systemctl start preforkd.service
ok "and stops" systemctl stop preforkd.service
is "an instance still has its folder" "$(stat -c %F /run/preforkd/other)" directory
is "and its socket" "$(echo hello | ask /run/preforkd/other.sock)" hello
ok "an instance is stopped with its socket" systemctl stop preforkd@other.socket preforkd@other.service
not_ok "neither is left" ls /run/preforkd/other /run/preforkd/other.sock
like "the other one serves" "$(get)" 'hello from [0-9]+'

# --- reload: its exit status tells the truth -------------------------------------------
# reloads UNIT FILE: a good one, a bad one, and what the second says.
reloads() {
	local unit=$1 file=$2 pid
	pid=$(property "$unit" MainPID)
	sed -i 's/workers = 2/workers = 3/' "$file"
	ok "$unit: systemctl reload succeeds" systemctl reload "$unit"
	is "$unit: with the new settings in force" "$(pgrep -c -P "$pid")" 3
	sed -i 's/workers = 3/workers = many/' "$file"
	not_ok "$unit: systemctl reload fails with a bad file" systemctl reload "$unit"
	like "$unit: the log says why" "$(journalctl -q -o cat -u "$unit")" \
		"workers: 'many' is not a number"
	is "$unit: nothing has changed" "$(property "$unit" MainPID) $(pgrep -c -P "$pid")" "$pid 3"
	ok "$unit: it is still active" is_active "$unit"
	sed -i 's/workers = many/workers = 2/' "$file"
}
echo 'service echo { listen = "/run/preforkd/main.sock"  builtin = "echo"  workers = 2 }' >"$installed_conf"
systemctl start preforkd.service preforkd@other.socket
echo hello | ask /run/preforkd/other.sock >/dev/null
wait_until 10 is_active preforkd@other.service
reloads preforkd.service "$installed_conf"
reloads preforkd@other.service /etc/preforkd/instances/other.conf
systemctl stop preforkd.service preforkd@other.socket preforkd@other.service

# --- limits ------------------------------------------------------------------------------
mkdir -p /run/systemd/system/preforkd.service.d
printf '[Service]\nTasksMax=6\n' >/run/systemd/system/preforkd.service.d/limit.conf
systemctl daemon-reload
echo 'service cat { listen = 7009  inetd = {"/bin/cat"}  workers = 3 }' >"$installed_conf"
systemctl start preforkd.service
like "TasksMax= of the unit is compared with the configuration" \
	"$(journalctl -q -o cat -u preforkd.service)" \
	'the master, 3 workers and 3 commands are 7 processes when all are busy, allowed are 6: raise TasksMax='
systemctl stop preforkd.service
rm /run/systemd/system/preforkd.service.d/limit.conf
systemctl daemon-reload
echo 'service echo { listen = "/run/preforkd/main.sock"  builtin = "echo"  workers = 2 }' >"$installed_conf"

# --- a start that cannot work comes to an end -----------------------------------------
echo 'service echo { builtin = "nonsense" }' >/etc/preforkd/instances/bad.conf
systemctl start preforkd@bad.socket
echo hello | ask /run/preforkd/bad.sock >/dev/null 2>&1 &
has_failed() { [ "$(systemctl is-failed preforkd@bad.socket)" = failed ]; }
ok "a bad configuration gives up the socket after some tries" wait_until 30 has_failed
is "for it cannot start" "$(property preforkd@bad.socket Result)" service-start-limit-hit
is "its exit status says why" "$(property preforkd@bad.service ExecMainStatus)" 78
systemctl reset-failed

# --- the same in the sandbox ------------------------------------------------------------
systemctl stop preforkd@hello.socket preforkd@hello.service
of_page preforkd.8 'ln -s .*' >"$work/links"
is "preforkd(8): both sandboxes are a link" "$(wc -l <"$work/links")" 2
ok "preforkd(8): which can be made" bash -e "$work/links"
systemctl daemon-reload
systemctl start preforkd@hello.socket
like "strict: the recipe's server answers" "$(get)" 'hello from [0-9]+'
status=/proc/$(main_pid)/status
unlike "strict: the master is not root" "$(sed -n 's/^Uid:\t//p' "$status")" '(^|[^0-9])0([^0-9]|$)'
like "strict: it has no rights of root's" "$(grep '^Cap[PEB]' "$status" | cut -f 2 | sort -u)" '^0+$'
like "strict: its system calls are filtered" "$(cat "$status")" 'Seccomp:[[:space:]]2'
printf '[Socket]\nListenStream=\nListenStream=80\n' |
	install -Dm644 /dev/stdin /etc/systemd/system/preforkd@other.socket.d/listen.conf
systemctl daemon-reload
systemctl start preforkd@other.socket
is "strict: an instance without any right serves port 80" "$(echo hello | ask 127.0.0.1:80)" hello
wait_until 10 is_active preforkd@other.service
reloads preforkd@other.service /etc/preforkd/instances/other.conf
systemctl start preforkd.service
reloads preforkd.service "$installed_conf"

# --- what fails in there names the directive --------------------------------------------
systemctl stop preforkd.service preforkd@other.socket preforkd@other.service
mkdir -p /home/u
cp /bin/cat /home/u/cat
cp /bin/cat /tmp/cat
cat >"$installed_conf" <<-END
	defaults { workers = 1 }
	service home { listen = "/run/preforkd/1.sock"  inetd = {"/home/u/cat"} }
	service tmp { listen = "/run/preforkd/2.sock"  inetd = {"/tmp/cat"} }
	service bind { listen = "/srv/bind.sock"  builtin = "echo" }
	service owner { listen = "/run/preforkd/3.sock"  builtin = "echo"  socket_user = "_preforkd" }
	service nice { listen = "/run/preforkd/4.sock"  builtin = "echo"  nice = 5 }
	service limit { listen = "/run/preforkd/5.sock"  builtin = "echo"  limit_nofile = 1000000 }
	service vsock { listen = "vsock::7000"  builtin = "echo" }
	service fine { listen = "/run/preforkd/6.sock"  builtin = "echo" }
END
systemctl start preforkd.service
# hinted UNIT LINE DIRECTIVE
hinted() {
	like "strict: '$2' names $3" "$(journalctl -q -o cat -u "$1" | grep "^$2: cannot")" \
		"\(likely the unit's $3[^)]*\); retrying"
}
hinted preforkd.service home ProtectHome=
hinted preforkd.service tmp PrivateTmp=
hinted preforkd.service bind ProtectSystem=
hinted preforkd.service owner 'CapabilityBoundingSet=, which lacks CAP_CHOWN'
hinted preforkd.service nice SystemCallFilter=
hinted preforkd.service limit 'CapabilityBoundingSet=, which lacks CAP_SYS_RESOURCE'
hinted preforkd.service vsock RestrictAddressFamilies=
is "strict: what needs no more serves" "$(echo hello | ask /run/preforkd/6.sock)" hello

printf '%s\n' 'service low { listen = 81  builtin = "echo" }' \
	'service fine { listen = 8001  builtin = "echo" }' >/etc/preforkd/instances/alone.conf
systemctl start preforkd@alone.service
hinted preforkd@alone.service low 'CapabilityBoundingSet= or User=: a port below 1024 takes CAP_NET_BIND_SERVICE'
done_inside
