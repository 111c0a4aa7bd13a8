#!/bin/bash
# t7103_control_socket.sh - where the control socket is, and what happens if it cannot be
# there.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

state() {
	timeout --kill-after=1 20 busctl --timeout=10 --address="unix:path=$1" \
		get-property org.preforkd /org/preforkd org.preforkd.Manager1 State
}
answers() { [ "$(state "$1")" = 's "serving"' ]; }
# with_control LINE: a configuration that begins with it.
with_control() {
	configure <<-END
	$1
	defaults { $(user_line) }
	service echo { listen = "127.0.0.1:0"  builtin = "echo"  workers = 1 }
	END
}

# --- the default -----------------------------------------------------------------------
with_control ''
start_preforkd
ok "by default it is in RUNTIME_DIRECTORY" answers "$control"
is "for nobody else" "$(stat -c %a "$control")" 600

# Another one does not take it away, wherever it has the path from.
exit_status=0
timeout --kill-after=5 30 "$PREFORKD" --log=plain -c "$conf" 2>"$work/err" </dev/null ||
	exit_status=$?
is "a second preforkd does not start" "$exit_status" 1
like "and names the key" "$(cat "$work/err")" \
	"control: cannot listen on $control: another process listens on it; .*set control"
ok "the first still answers" answers "$control"

# Of a master that was killed it stays, dead, and is replaced.
stop_preforkd KILL
ok "what a killed master leaves" test -S "$control"
start_preforkd
ok "is replaced" answers "$control"

# Only our own is removed.
mv "$control" "$work/moved" && : >"$control"
stop_preforkd
ok "a file that is not ours stays" test -f "$control"
rm "$control"

# --- without a folder --------------------------------------------------------------------
RUNTIME_DIRECTORY=$work/none start_preforkd
ok "without its folder there is a warning" wait_for_log \
	"control: cannot listen on $work/none/control: .*going on without; set control"
is "once" "$(log_lines | grep -c control:)" 1
is "and the service" "$(echo hello | ask "$(address_of echo)")" hello
stop_preforkd
is "it ends well" "$exit_status" 0

RUNTIME_DIRECTORY='' start_preforkd -l 127.0.0.1:0 -b echo
unlike "a service of the command line has none by default" \
	"$(ss -Hxlp | grep "pid=$master,")" control
is "and is not missed" "$(log_lines | grep -c control:)" 0
stop_preforkd
start_preforkd -l 127.0.0.1:0 -b echo
ok "but for RUNTIME_DIRECTORY" answers "$control"
stop_preforkd
with_control 'control = none'
start_preforkd
not_ok "control = none is none" test -e "$control"
stop_preforkd

# --- what was asked for is tried again --------------------------------------------------
with_control "control = \"$work/later/control\""
start_preforkd
ok "a folder that is missing" wait_for_log "control: cannot listen on .*, retrying"
mkdir "$work/later"
ok "when it is there, so is the socket" wait_for_log "control: listening on $work/later"
ok "it answers" answers "$work/later/control"
stop_preforkd
rm -rf "$work/later"
run_preforkd --strict -c "$conf"
is "--strict does not start without" "$exit_status" 1
like "and says so" "$err" 'control: .*--strict'

# --- a reload ----------------------------------------------------------------------------
with_control "control = \"$work/one\""
start_preforkd
ok "one place" answers "$work/one"
with_control "control = \"$work/two\""
kill -HUP "$master"
ok "a reload moves it" wait_for_log "control: listening on $work/two"
ok "there" answers "$work/two"
not_ok "not here any more" test -e "$work/one"
with_control "control = \"$work/two\"
control_group = $(id -g)"
kill -HUP "$master"
mode_is() { [ "$(stat -c %a "$work/two")" = "$1" ]; }
ok "a group opens it for the group" wait_until 15 mode_is 660
with_control 'control = none'
mark_log
kill -HUP "$master"
ok "it is reloaded" wait_for_log 'reloaded: 1 unchanged'
not_ok "a reload can remove it" test -e "$work/two"
with_control "control = \"$work/three\""
kill -HUP "$master"
ok "and bring it back" wait_for_log "control: listening on $work/three"
ok "as before" answers "$work/three"
stop_preforkd
is "it ends well" "$exit_status" 0
done_testing
