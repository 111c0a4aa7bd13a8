#!/bin/bash
# t7101_control.sh - the control bus, by stock busctl: what is on it, who may what.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

manager=(org.preforkd /org/preforkd org.preforkd.Manager1)
echo=(org.preforkd /org/preforkd/service/echo org.preforkd.Service1)
app=(org.preforkd /org/preforkd/service/my_2dapp_2e1 org.preforkd.Service1)
complaint=$work/complaint

# bus COMMAND...: as root, or as whom $as makes us; what went wrong is in $complaint.
as=()
bus() {
	timeout --kill-after=1 30 "${as[@]}" busctl --timeout=25 --no-pager \
		--address="unix:path=$control" "$@" 2>"$complaint"
}
members() { bus introspect "$1" "$2" "$3" | awk -v kind="$4" '$2 == kind { print substr($1, 2) }'; }
# value PROPERTY...: without the type.
value() { bus get-property "$@" | sed 's/^[a-z]* //; s/^"\(.*\)"$/\1/'; }
state_is() { [ "$(value "${echo[@]}" State)" = "$1" ]; }

configure <<END
control = "$control"
control_group = "$(id -gn nobody)"
defaults { $(user_line) }
service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo"  workers = 2 }
service my-app.1 { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"} }
END
chmod 755 "$work/runtime"
start_preforkd || fail "it starts"
address=$(address_of echo)

# --- what there is -----------------------------------------------------------------------
like "the tree, without a name" "$(bus tree)" '/org/preforkd/service/my_2dapp_2e1'
like "the objects of services are listed" "$(bus call "${manager[@]}" ListServices)" \
	'^a\(so\) 2 "echo" "/org/preforkd/service/echo" "my-app.1" "/org/preforkd/service/my_2dapp_2e1"$'
is "methods of the daemon" "$(members "${manager[@]}" method | xargs)" \
	'GetStatus ListServices PreviewReload Reload Subscribe'
is "methods of a service" "$(members "${echo[@]}" method | xargs)" 'Drain GetSlots Reload Restart Resume'

every_property() {
	local name n=0
	for name in $(members "$@" property); do
		bus get-property "$@" "$name" >/dev/null || { cat "$complaint" && return 1; }
		n=$((n + 1))
	done
	[ "$n" -ge 10 ] || { echo "only $n" && return 1; }
}
in_the_manual() {
	local name
	for name in $(members "$@" property) $(members "$@" method); do
		grep -Eq "^\.It Ic (.* , )?$name(\(\))?( |$)" "$SRCDIR/doc/preforkd.8" ||
			{ echo "preforkd(8) does not explain $name" && return 1; }
	done
}
ok "every property of the daemon can be read" every_property "${manager[@]}"
ok "every property of a service" every_property "${echo[@]}"
ok "the manual explains every member of the daemon" in_the_manual "${manager[@]}"
ok "and of a service" in_the_manual "${echo[@]}"
is "the pid" "$(value "${manager[@]}" Pid)" "$master"
is "the file" "$(value "${manager[@]}" ConfigFile)" "$conf"
is "the state" "$(value "${manager[@]}" State)" serving
is "addresses" "$(value "${echo[@]}" Addresses)" \
	"2 \"$address\" \"$work/echo.sock\""
is "workers" "$(value "${echo[@]}" Workers)" 4
is "a program's command" "$(value "${app[@]}" Command)" '2 "/bin/sleep" "600"'
not_ok "a service that does not exist has no object" \
	bus call org.preforkd /org/preforkd/service/none org.preforkd.Service1 Drain
like "and that is said" "$(cat "$complaint")" "Unknown object"

# GetStatus and the properties come from one table.
same_status() {
	bus --json=short call "${manager[@]}" GetStatus >"$work/status" &&
		bus --json=short call "${echo[@]:0:2}" org.freedesktop.DBus.Properties GetAll s \
			"${echo[2]}" >"$work/all" &&
		"$PYTHON" - "$work/status" "$work/all" <<'END'
import json, sys
status, every = (json.load(open(name))["data"] for name in sys.argv[1:])
assert [s["Name"]["data"] for s in status[1]] == ["echo", "my-app.1"], status
assert status[1][0] == every[0], (status[1][0], every[0])
assert status[0]["State"]["data"] == "serving", status[0]
END
}
ok "GetStatus says the same as the properties" same_status

# --- what it knows ---------------------------------------------------------------------
exec 8<>"/dev/tcp/127.0.0.1/${address##*:}"
echo hello >&8
IFS= read -r -t 20 line <&8
is "a client is served" "$line" hello
is "one is busy" "$(value "${echo[@]}" Busy)" 1
like "the slot says with whom" "$(bus call "${echo[@]}" GetSlots)" \
	'^a\(suuissttttts\) 4 .*"busy" "127\.0\.0\.1:[0-9]+"'
exec 8>&-
served() { [ "$(value "${echo[@]}" Connections)" = 1 ]; }
ok "it is counted when it has ended" wait_until 20 served
like "a program's slot is running" "$(bus call "${app[@]}" GetSlots)" \
	'^a\(suuissttttts\) 1 "my-app\.1" 0 [0-9]+ [0-9]+ "running" "" '
rate() { [ "$(value "${echo[@]}" RateMilli)" -gt 0 ]; }
ok "there is a rate" rate

# --- all busy ------------------------------------------------------------------------
saturated() { [ "$(value "${echo[@]}" BusyHourUsec)" -gt 0 ]; }
is "its workers were never all busy" "$(value "${echo[@]}" BusyHourUsec)" 0
exec 7<>"/dev/tcp/127.0.0.1/${address##*:}" 8<>"/dev/tcp/127.0.0.1/${address##*:}"
ok "two clients are all that one address has workers for" wait_until 20 saturated
ok "which is counted for ever, too" test "$(value "${echo[@]}" SaturatedUsec)" -gt 0
exec 7>&- 8>&-

# --- changes, by root ---------------------------------------------------------------------
mark_log
like "nothing has changed" "$(bus call "${manager[@]}" Reload)" \
	'"echo" "unchanged" "" "my-app.1" "unchanged" ""$'
ok "who reloads is logged" wait_for_log 'reload asked for by pid [0-9]+, uid 0$'
sed -i 's/workers = 2/workers = 3/' "$conf"
like "a preview tells the key" "$(bus call "${manager[@]}" PreviewReload)" \
	'"echo" "reloaded" "workers" "my-app.1" "unchanged" ""$'
is "and does nothing" "$(value "${echo[@]}" Workers)" 4
like "the reload does what it said" "$(bus call "${manager[@]}" Reload)" \
	'"echo" "reloaded" "workers" "my-app.1" "unchanged" ""$'
is "and is done when it answers" "$(value "${echo[@]}" Workers)" 6
is "reloads are counted" "$(value "${manager[@]}" Reloads)" 2
cp "$conf" "$work/good"
printf 'max_workers_total = -1\nlog_level = loud\n' >>"$conf"
not_ok "a file with errors is refused" bus call "${manager[@]}" Reload
like "with all of them" "$(cat "$complaint")" "max_workers_total: '-1'.*log_level: 'loud'"
not_ok "a preview says so, too" bus call "${manager[@]}" PreviewReload
like "with the same words" "$(cat "$complaint")" "log_level: 'loud'"
is "and nothing has changed" "$(value "${echo[@]}" Workers)" 6
cp "$work/good" "$conf"

slots() { bus call "${echo[@]}" GetSlots; }
before=$(slots | tr ' ' '\n' | grep -E '^[0-9]{2,}$' | sort -u)
# The first of the list; by pid the youngest is not the last when they begin anew.
pid_of_first() { slots | awk '{ print $6 }'; }
open_before=$(find "/proc/$(pid_of_first)/fd" -mindepth 1 | wc -l)
ok "a restart answers when it is done" bus call "${echo[@]}" Restart
is "no worker is stale then" "$(value "${echo[@]}" Stale)" 0
ok "who restarts is logged" wait_for_log 'echo: restart asked for by pid [0-9]+, uid 0$'
fresh=$(pid_of_first)
is "a worker that was started while clients were there has nothing of theirs" \
	"$(find "/proc/$fresh/fd" -mindepth 1 | wc -l)" "$open_before"
unlike "nor of the socket" "$(ls -l "/proc/$fresh/fd")" 'pipe:'
[ -n "$before" ] || fail "there were workers"
# A client that goes before it is answered is no loss.
printf '#!/bin/sh\nsleep 1\nexec sleep 600\n' >"$work/slow" && chmod 755 "$work/slow"
sed -i "s|\"/bin/sleep\", \"600\"|\"$work/slow\"|" "$conf"
mark_log
busctl --address="unix:path=$control" call "${manager[@]}" Reload >"$work/asked" 2>&1 &
asker=$!
ok "a reload is asked for" wait_for_log 'reload asked for by'
kill $asker
wait $asker
is "the client does not wait for it" "$(cat "$work/asked")" ""
ok "which is carried out" wait_for_log 'reloaded: 1 unchanged, 1 reloaded' 30
is "and the next one is answered" "$(value "${manager[@]}" State)" serving
ok "drain" bus call "${echo[@]}" Drain
ok "its workers go" wait_until 20 state_is drained
is "none is left" "$(value "${echo[@]}" Ready)" 0
ok "resume" bus call "${echo[@]}" Resume
ok "it serves" wait_until 20 state_is serving
is "really" "$(echo hello | ask "$address")" hello

# --- others --------------------------------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	is "the socket is the group's" "$(stat -c '%a %U %G' "$control")" \
		"660 root $(id -gn nobody)"
	pids=$(pgrep -P "$master" | xargs)
	as=(setpriv --reuid=nobody --regid="$(id -gn nobody)" --clear-groups)
	ok "a member reads every property of the daemon" every_property "${manager[@]}"
	ok "and of a service" every_property "${echo[@]}"
	like "and the slots" "$(slots)" '^a\(suuissttttts\) 6 '
	for method in Reload PreviewReload; do
		not_ok "a member cannot: $method" bus call "${manager[@]}" $method
		like "it is denied: $method" "$(cat "$complaint")" '[Aa]ccess denied'
	done
	for method in Restart Drain Resume; do
		not_ok "a member cannot: $method" bus call "${echo[@]}" $method
		like "it is denied: $method" "$(cat "$complaint")" '[Aa]ccess denied'
	done
	not_ok "nor write a property" bus set-property "${manager[@]}" LogLevel s debug
	is "nothing has changed" "$(pgrep -P "$master" | xargs)" "$pids"
	as=(setpriv --reuid=54321 --regid=54321 --clear-groups)
	not_ok "others cannot even connect" bus get-property "${manager[@]}" State
	like "for lack of permission" "$(cat "$complaint")" 'Permission denied'
	as=()
else
	skip "a member reads and changes nothing" "root: other users are needed"
fi
stop_preforkd
is "it ends well" "$exit_status" 0
not_ok "the socket is gone with it" test -e "$control"

if [ "$(id -u)" = 0 ]; then
	mkdir -m 755 "$work/own" && chown nobody "$work/own"
	control=$work/own/control
	configure <<-END
	control = "$control"
	service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 1 }
	END
	chmod 644 "$conf"
	cp "$PREFORKD" "$work/preforkd" && chmod 755 "$work/preforkd"
	listen_for_notes && chmod 777 "$work/notify"
	as=(setpriv --reuid=nobody --regid="$(id -gn nobody)" --clear-groups)
	launch "${as[@]}" "$work/preforkd" --log=plain -c "$conf"
	ok "a master without privileges serves, too" wait_for_note '^READY=1$'
	ok "its user may change it" bus call "${manager[@]}" Reload
	as=()
	ok "and root" bus call "${manager[@]}" Reload
	as=(setpriv --reuid=54321 --regid=54321 --clear-groups)
	not_ok "nobody else" bus get-property "${manager[@]}" State
	as=()
fi
done_testing
