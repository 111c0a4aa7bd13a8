#!/bin/bash
# inside_package.sh - what package.sh runs in the booted clean system: the life of the
# package from its installation to its purge.
#
# The network is a loopback device of the system's own, so that ports can be plain.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
ASK=/srv/tests/ask
# shellcheck source=/dev/null
. /srv/where
export DEBIAN_FRONTEND=noninteractive
unset RUNTIME_DIRECTORY # lib.sh's; here is a daemon at the usual place

echo_at=127.0.0.1:7007 git_at=127.0.0.1:9418 hold_at=/run/preforkd/hold.sock
web_at=/run/preforkd/web.sock

log_lines() { journalctl -q --no-hostname -o short-monotonic -u 'preforkd*'; }
log_has() { log_lines | grep -Eq -e "$1"; }
journal() { journalctl -q -o cat -u preforkd.service; }
property() { systemctl show -P "$1" "${2:-preforkd.service}"; }
state() { systemctl is-active preforkd.service; }
# Should they be of a build with sanitizers, they need theirs.
ask() { LD_LIBRARY_PATH=/srv/tests/lib "$ASK" "$1"; }
answers() { [ "$(echo hello | ask "$1")" = hello ]; }
file_has() { grep -q "$1" "$2"; }
install_package() { apt-get install -y --allow-downgrades "$1" </dev/null; }
installed() { dpkg-query -W -f '${db:Status-Abbrev}${Version}' preforkd 2>/dev/null; }

# snapshot: every file with all that matters of it.  What a running system and dpkg
# themselves write is no trace of ours.
snapshot() {
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \
		-o -path "$work" -o -path /var/log -o -path /var/lib/dpkg \
		-o -path /var/cache/apt -o -path /var/lib/apt \) -prune -o \
		\( -type d -printf '%p %y %m %u %g\n' -o -printf '%p %y %m %u %g %s %T@ %l\n' \) |
		grep -v -E "$1" | sort
	find /run \( -path /run/systemd -o -path /run/log -o -path "$work" \) -prune -o -printf '%p %y\n' | sort
}
# - the index of the messages of all packages, which systemd's trigger makes anew;
# - the user _preforkd, which stays: see preforkd.postrm;
# - what the system writes now and then: the seed and the clock it starts with.
not_ours='^/var/lib/systemd/(catalog/database|random-seed|timesync/clock|timers/.*) |'
not_ours+='^/etc/(passwd|group|shadow|gshadow)-? |^/etc/\.pwd\.lock '
users() { cut -d: -f1 /etc/passwd /etc/group | sort; }

# --- before ------------------------------------------------------------------------
is "there is no compiler" "$(type -P cc gcc c99 clang tcc as ld)" ""
# They start on demand and make files when they do.
systemctl start dbus.service systemd-logind.service
snapshot "$not_ours" >"$work/before"
users >"$work/users.before"

# --- installed ---------------------------------------------------------------------
ok "apt installs it" install_package /srv/debs/preforkd.deb
first_version=$(installed)
like "dpkg says so" "$first_version" '^ii .*test1$'
is "it is not started" "$(state)" inactive
is "nor enabled" "$(systemctl is-enabled preforkd.service)" disabled
ok "there is the user of the workers" getent passwd _preforkd
ok "and the folder of the sockets" test -d /run/preforkd
ok "and the one of the services" test -d /etc/preforkd/services.d
ok "and the one of the instances" test -d /etc/preforkd/instances
is "what an upgrade keeps" "$(dpkg-query -W -f '${Conffiles}' preforkd | awk 'NF { print $1 }')" \
	/etc/preforkd/preforkd.conf
missing_files() { # of those that the page names
	local path
	while read -r path; do [ -e "$path" ] || echo "$path"; done < <(zcat /usr/share/man/man8/preforkd.8.gz |
		sed -n '/^\.Sh FILES/,/^\.Sh EXIT/s/^\.It Pa //p' | tr -d ',' | tr ' ' '\n' | grep -v -e NAME -e '/control$')
}
is "preforkd(8): its FILES are there" "$(missing_files)" ""
ok "the units are clean" systemd-analyze verify --man=no preforkd.service \
	preforkd@web.service preforkd@web.socket

ok "systemctl enable --now" systemctl enable --now preforkd.service
is "it runs" "$(state)" active
like "the status says what to do next" "$(property StatusText)" \
	'no service is enabled; add one to the configuration, see preforkd\.conf\(5\)'
is "it opens no port" "$(ss -Hltun)" ""
ok "the test of the package passes" bash /srv/tests/serve
is "and puts everything back" "$(property StatusText | cut -d';' -f1)" "no service is enabled"

# --- the first screen of README.md, word by word -----------------------------------
# What it takes for granted: a repository, and a program that accepts from descriptor 3.
git init -q /tmp/made && git -C /tmp/made -c user.name=test -c user.email=test@localhost \
	commit -q --allow-empty -m 'something to clone'
git clone -q --bare --no-hardlinks /tmp/made /srv/git/made && chown -R www-data /srv/git
cat >/srv/app.py <<-END
	import socket
	listener = socket.socket(fileno=3)
	while True:
	    with listener.accept()[0] as connection:
	        connection.sendall(b"hello\n")
END
# block N: the Nth fenced one.
block() { awk -v n="$1" '/^```/ { open = !open; seen += open; next } open && seen == n' /srv/README.md; }
# printed_by COMMAND: what block 2 shows below it.
printed_by() {
	block 2 | awk -v command="$1" '
		/^# / { sub(/ +#.*/, "", $0); shown = substr($0, 3) == command; next } shown'
}
cp /etc/preforkd/preforkd.conf "$work/preforkd.conf"
block 1 >/etc/preforkd/preforkd.conf
is "preforkd -t prints what it says" "$(preforkd -t 2>&1)" "$(printed_by 'preforkd -t')"
systemctl stop preforkd.service
ok "systemctl start preforkd" systemctl start preforkd
# The table, without the figures that are those of the moment.
table() { sed -nE '/^SERVICE /,/^$/ { s/ +/ /g; s/( serving [0-9]+) .*/\1/; p }'; }
table_is_shown() { [ "$(preforkctl | table)" = "$(printed_by preforkctl | table)" ]; }
ok "preforkctl shows the services as it says" wait_until 20 table_is_shown
like "they are in its table" "$(preforkctl | table)" 'git .* serving 16.*echo .* serving 2'
ok "git clones" git clone -q git://127.0.0.1/made "$work/cloned"
is "the program answers" "$(ask 127.0.0.1:8000 </dev/null)" hello
ok "and so does echo" answers $echo_at
cp "$work/preforkd.conf" /etc/preforkd/preforkd.conf
rm -r /srv/git /srv/app.py /tmp/made

# --- services ----------------------------------------------------------------------
mkdir /run/hold
echo '# A line of the administrator.' >>/etc/preforkd/preforkd.conf
cat >/etc/preforkd/services.d/test.conf <<-END
	service echo { listen = "$echo_at"  builtin = "echo"  workers = 4 }
	service git  { listen = 9418  inetd = {"/bin/cat"}  workers = 4 }
	service hold { listen = "$hold_at"  inetd = {"/bin/sh", "/srv/tests/system/hold"}  workers = 1 }
END
cp /usr/share/doc/preforkd/examples/systemd/preforkd-git.socket /etc/systemd/system/
systemctl stop preforkd.service
ok "a socket unit as in the examples is enabled" systemctl enable --now preforkd-git.socket
ok "the service is started again" systemctl start preforkd.service
ok "a service file is all it takes" answers $echo_at
ok "so does the socket of the unit" answers $git_at
echo 'service web { builtin = "echo"  workers = 2 }' >/etc/preforkd/instances/web.conf
ok "an instance is enabled with its socket" systemctl enable --now preforkd@web.socket preforkd@web.service
ok "and answers" answers $web_at
is "the workers are of the user that came with the package" "$(echo who | ask $hold_at)" _preforkd

# --- an upgrade under load ---------------------------------------------------------
# load_begins NAME ADDRESS: in the background, until TERM; its PID is in $load.
load_begins() {
	LD_LIBRARY_PATH=/srv/tests/lib /srv/tests/load -q -t 120 -c 4 -p 1 -d 40 "$2" >"$work/load.$1" 2>&1 &
	load=$!
}
# load_ends NAME PID: it is told to end, and has seen nothing.
load_ends() {
	kill -TERM "$2"
	wait "$2"
	is "nobody noticed at the $1" $? 0
	diag <"$work/load.$1"
}
is_draining() { [ "$(property ActiveState)" = deactivating ]; }
restarts() { journal | grep -c '^Starting '; }

# Longer than ask waits: dpkg takes its time while others load the machine.
{ echo hold transfer | ask $hold_at >"$work/transfer"; } &
transfer=$!
ok "a transfer begins" wait_until 20 file_has begun "$work/transfer"
load_begins git $git_at && load_git=$load
load_begins web $web_at && load_web=$load
load_begins echo $echo_at && load_echo=$load
old=$(property MainPID) old_web=$(property MainPID preforkd@web.service) before=$(restarts)
mapfile -t old_workers < <(pgrep -P "$old")
dpkg -i /srv/debs/next.deb >"$work/upgrade" 2>&1 &
upgrade=$!
ok "the upgrade waits for the transfer" wait_until 60 is_draining
touch /run/hold/transfer
wait $upgrade
is "the upgrade succeeds" $? 0
wait $transfer
is "the transfer was finished" "$(tr '\n' ' ' <"$work/transfer")" "begun done "
like "dpkg has the next version" "$(installed)" '^ii .*test2$'
is "the daemon runs" "$(state)" active
unlike "it is another one" "$(property MainPID)" "^$old\$"
left=0
for pid in "${old_workers[@]}"; do is_gone "$pid" || left=$((left + 1)); done
is "no worker of the old one is left of ${#old_workers[@]}" $left 0
is "systemd has read the new unit" "$(property Description), $(property NeedDaemonReload)" \
	"The next version, no"
is "it was one restart" $(($(restarts) - before)) 1
ok "the new one answers" wait_until 10 answers $echo_at
unlike "the instance is another one too" "$(property MainPID preforkd@web.service)" "^($old_web|0)\$"
load_ends git "$load_git"
load_ends web "$load_web"
load_ends echo "$load_echo"
like "journalctl -x explains its lines" "$(journalctl -q -x -u preforkd.service)" \
	'Every service has its workers waiting for connections'
ok "what the administrator wrote is kept" file_has 'A line of the administrator' \
	/etc/preforkd/preforkd.conf
unlike "there was no complaint" "$(cat "$work/upgrade")" 'rror|arning:|ailed'

systemctl stop preforkd-git.socket preforkd.service
systemctl stop preforkd@web.socket preforkd@web.service
ok "it is configured once more" dpkg-reconfigure preforkd
is "what was stopped stays so" "$(state), $(systemctl is-active preforkd@web.service)" \
	"inactive, inactive"
systemctl start preforkd-git.socket preforkd.service preforkd@web.socket
ln -s /usr/share/preforkd/strict/preforkd@.service.d /etc/systemd/system/

# --- a module is changed -----------------------------------------------------------
# Until there are modules: a program that maps a file where they are to be.
ok "a package with a module is installed" install_package /srv/debs/module.deb
module=$(dpkg -L preforkd-test-module | grep '/test\.so$')
cat >/etc/preforkd/services.d/module.conf <<-END
	service module {
	        listen = "/run/preforkd/module.sock"
	        program = {"/usr/bin/python3", "/srv/tests/system/mapping", "$module"}
	}
END
ok "systemctl reload adds a service" systemctl reload preforkd.service
ok "which has it loaded" answers /run/preforkd/module.sock
ok "an instance has not" systemctl start preforkd@web.service
old=$(property MainPID) old_web=$(property MainPID preforkd@web.service)
load_begins module $echo_at && load_module=$load
ok "the module is changed" dpkg -i /srv/debs/module.deb
was_restarted() { [ "$(state)" = active ] && [ "$(property MainPID)" != "$old" ]; }
ok "the daemon that has it loaded is restarted" wait_until 30 was_restarted
ok "it answers" wait_until 10 answers /run/preforkd/module.sock
is "the instance that has not is left alone" "$(property MainPID preforkd@web.service)" "$old_web"
load_ends module "$load_module"
ok "the package with the module goes" dpkg --purge preforkd-test-module

# --- restarted, and killed -----------------------------------------------------------
load_begins restart-tcp $echo_at && load_tcp=$load
load_begins restart-unix $git_at && load_git=$load
for round in 1 2 3; do
	systemctl restart preforkd.service || break
done
is "systemctl restart, three times" "$round" 3
load_ends restart-tcp "$load_tcp"
load_ends restart-unix "$load_git"

# The one worker of `hold` is busy: who comes now is queued, and not the dead worker's.
served=0 rounds=20
is_another() { [ "$(state)" = active ] && [ "$(property MainPID)" != "$old" ]; }
for round in $(seq $rounds); do
	old=$(property MainPID)
	{ echo hold never | ask $hold_at >"$work/held.$round"; } 2>/dev/null &
	held=$!
	wait_until 10 file_has begun "$work/held.$round" || break
	queued=()
	for n in 1 2 3 4; do
		{ echo "hello $round" | ask $hold_at >"$work/queued.$n"; } &
		queued+=($!)
	done
	are_queued() { preforkctl | grep -q '^hold .* 4/4096'; }
	wait_until 10 are_queued || break
	kill -KILL "$old"
	wait "${queued[@]}"
	for n in 1 2 3 4; do
		[ "$(cat "$work/queued.$n")" != "hello $round" ] || served=$((served + 1))
	done
	wait $held
	wait_until 10 is_another || break
done
is "SIGKILL of the master, $rounds times, lost none of four queued clients" \
	$served $((rounds * 4))

# --- a reload that is refused --------------------------------------------------------
old=$(property MainPID)
echo 'service bad { listen = 1 }' >/etc/preforkd/services.d/bad.conf
not_ok "systemctl reload refuses a bad file" systemctl reload preforkd.service
like "the journal says why" "$(journal)" 'services\.d/bad\.conf:1: '
ok "what was there goes on" answers $echo_at
is "in the same daemon" "$(property MainPID) $(state)" "$old active"
rm /etc/preforkd/services.d/bad.conf
ok "the next one is accepted" systemctl reload preforkd.service

# --- removed, purged ---------------------------------------------------------------
systemctl disable -q preforkd-git.socket && rm /etc/systemd/system/preforkd-git.socket
ok "apt removes it" apt-get remove -y preforkd
is "nothing runs" "$(pgrep -x preforkd)" ""
is "nothing listens" "$(ss -Hltun)" ""
ok "the configuration stays" test -e /etc/preforkd/services.d/test.conf
ok "apt purges it" apt-get purge -y preforkd
rm -r /run/hold
systemctl daemon-reload
is "systemd knows nothing of it" \
	"$(systemctl list-units --all --plain --no-legend '*preforkd*')" ""
snapshot "$not_ours" >"$work/after"
is "no file is left, and none was changed" "$(diff "$work/before" "$work/after")" ""
is "but the user of the workers" "$(users | comm -13 "$work/users.before" - | uniq)" _preforkd
done_testing
