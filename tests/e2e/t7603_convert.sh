#!/bin/bash
# t7603_convert.sh - what others configure becomes ours: it loads, and serves the same.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

inputs=$here/converted

# convert FILE...: in the folder of the inputs; its configuration is in $out.
convert() {
	exit_status=0
	(cd "$inputs" && "$PREFORKCTL" convert "$@") >"$work/out" 2>"$work/err" || exit_status=$?
	out=$(cat "$work/out") err=$(cat "$work/err")
}

# --- all of them load -----------------------------------------------------------------
for file in "$inputs"/*.inetd "$inputs"/*.xinetd "$inputs"/*.socket; do
	name=${file##*/}
	case $name in
	*.socket)
		convert "$name" "${name%.socket}@.service"
		[ "$name" != dbus.socket ] || convert "$name"
		;;
	*) convert "$name" ;;
	esac
	cp "$work/out" "$work/$name.conf"
	grep -q '^service' "$work/$name.conf" || continue
	run_preforkd -t -c "$work/$name.conf"
	is "$name: the result loads" "$exit_status" 0
	[ "$exit_status" = 0 ] || printf '%s\n' "$err" | diag
done
ok "those are fifteen and more" test "$count" -ge 15

# --- what becomes of what ---------------------------------------------------------------
convert rsync.xinetd
is "all is converted: status 0" "$exit_status" 0
is "in our words" "$out" "# made by preforkctl convert; check it with preforkd -t -c FILE

# rsync.xinetd:2
service rsync {
	listen = \"873\"
	inetd = {\"/usr/bin/rsync\", \"--daemon\"}
	user = \"root\"
}"
convert git.xinetd
is "limits and sources: status 0" "$exit_status" 0
like "a port of its own" "$out" 'listen = "9418"'
like "instances" "$out" 'max_workers = "20"'
like "per_source" "$out" 'max_connections_per_source = "5"'
like "only_from, added to" "$out" 'allow = \{"10.0.0.0/8", "192.0.2.7", "2001:db8::/32"\}'
convert check_mk.xinetd
is "a name among the sources: status 1" "$exit_status" 1
like "it is not open to all then" "$out" 'enabled = "no"'
like "and says why" "$out" "# only_from: 'monitor.example.org' is no address"
convert defaults.xinetd
like "defaults count" "$out" 'max_workers = "60"'
like "what has no equal is said" "$out" '# cps = 25 30 has no equal'
like "files that are not read, too" "$out" "'includedir /etc/xinetd.d' is not followed"
like "an address, an environment, a nice value" "$out" \
	'listen = "127.0.0.1:901".*environment = \{"LANG=C", "TZ=UTC"\}.*nice = "10"'
convert echo.xinetd
like "disable" "$out" $'service echo-stream \{\n\tlisten = "7"\n\tbuiltin = "echo"\n\tenabled = "no"'
like "datagrams are explained" "$out" "echo-dgram is not converted: it takes datagrams"
like "and what we have not" "$out" "servers is not converted: preforkd has no such service of its own"
convert internal.inetd
like "services of inetd itself" "$out" 'listen = "13"'$'\n\t''builtin = "daytime"'
like "tcp6 is IPv6" "$out" 'listen = "\[::\]:7"'
like "and tcp beside it is the same socket here" "$out" "'echo' has its port, of IPv4 and IPv6"
like "whose name was refused leaves it to the next" "$out" $'service discard \{\n\tlisten = "9"\n\tbuiltin = "discard"'
convert finger.inetd
like "behind tcpd is the program" "$out" 'inetd = \{"/usr/sbin/in.fingerd"\}'
like "and what that has meant" "$out" "hosts.allow and hosts.deny say belongs into allow and deny"
convert nbd.inetd
like "address, user and group" "$out" 'listen = "127.0.0.1:10809".*user = "nobody"'$'\n\t''group = "nogroup"'
like "a limit a minute has no equal" "$out" "'nowait.100': there is no limit of connections in a minute"
convert tftp.inetd
is "nothing is left: status 1" "$exit_status" 1
unlike "and no service" "$out" $'\n'service
convert git.socket git@.service
is "a pair of units: status 0" "$exit_status" 0
like "its addresses" "$out" 'listen = \{"0.0.0.0:9418", "\[::1\]:9418"\}'
like "its command, of two lines" "$out" \
	'inetd = \{"/usr/bin/git", "daemon", "--inetd", "--export-all", "--base-path=/srv/git", "--verbose"\}'
like "its environment, quoted twice" "$out" 'environment = \{"LANG=C", "TZ=UTC"\}'
convert ssh.socket ssh@.service
# shellcheck disable=SC2016 # as it is printed
like "a variable is left out" "$out" '# \$SSHD_OPTS is left out'
like "and the rest is there" "$out" 'inetd = \{"/usr/sbin/sshd", "-i"\}'
convert git.socket
like "without its service" "$out" "git is not converted: its service unit is not among the files"
convert dbus.socket
like "one process for all" "$out" "dbus is not converted: it hands its socket to one process"
convert nothing
is "no such file: status 1" "$exit_status" 1
is "and why" "$err" "preforkctl: nothing: No such file or directory"
run_preforkctl convert
is "no file: status 64" "$exit_status" 64

# hostile input never makes it fail otherwise
head -c 20000 /dev/urandom | tr -d '\0' >"$work/noise.inetd"
for name in noise.inetd noise.socket; do
	cp "$work/noise.inetd" "$work/$name" 2>/dev/null
	run_preforkctl convert "$work/$name"
	ok "$name: it ends, with 0 or 1" test "$exit_status" -le 1
done

# --- some serve the same ------------------------------------------------------------------
mkdir "$work/rsync" "$work/git"
echo hello >"$work/rsync/file"
printf 'use chroot = no\n[files]\npath = %s\n' "$work/rsync" >"$work/rsyncd.conf"
git init -q --bare "$work/git/a.git"
[ "$(id -u)" != 0 ] || chown -R nobody "$work/git"
chmod -R a+rX "$work/rsync" "$work/git" "$work/rsyncd.conf"
user=nobody
[ "$(id -u)" = 0 ] || user=$(id -un)
sed "s|root|$user|; s|rsyncd --daemon|rsyncd --daemon --config=$work/rsyncd.conf|; s|^rsync|127.0.0.1:rsync|" \
	"$inputs/rsync.inetd" >"$work/a.inetd"
sed "s|nobody|$user|; s|/srv/git|$work/git|; s|only_from.*|bind = 127.0.0.1|" \
	"$inputs/git.xinetd" >"$work/b.xinetd"
printf '[Socket]\nListenStream=127.0.0.1:7\nAccept=yes\n' >"$work/c.socket"
printf "[Service]\nExecStart=-/bin/sh -c 'read x; echo \"got: \$1\"; echo \$x' sh \"it's\"\nStandardInput=socket\nUser=%s\n" \
	"$user" >"$work/c@.service"
run_preforkctl convert "$work/a.inetd" "$work/b.xinetd" "$work/c.socket" "$work/c@.service"
sed -E 's/(listen = \{?"127\.0\.0\.1):[0-9]+"/\1:0"/' <<<"$out" >"$conf"
start_preforkd || fail "it starts" "$out"
like "rsync of inetd.conf" "$(rsync "rsync://$(address_of rsync)/files/" 2>&1)" " file"
ok "git of xinetd" git ls-remote "git://$(address_of git)/a.git"
like "a command of a unit, quotes and all" "$(echo hello | ask "$(address_of c)")" "got: it's"$'\n'hello
done_testing
