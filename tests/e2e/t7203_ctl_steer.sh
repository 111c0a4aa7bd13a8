#!/bin/bash
# t7203_ctl_steer.sh - reload, restart, drain and resume: what is said has happened.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# workers_of SERVICE: their PIDs, as the daemon says.
workers_of() {
	"$PREFORKCTL" --json status "$1" |
		"$PYTHON" -c 'import json, sys
print(*sorted(s["pid"] for s in json.load(sys.stdin)["services"][0]["slots"]), sep="\n")'
}
state_of() { "$PREFORKCTL" --json status "$1" | sed 's/.*"state":"\([a-z]*\)","workers".*/\1/'; }
state_is() { [ "$(state_of "$1")" = "$2" ]; }

# hold ADDRESS: one connection that has been answered; to be ended with let_go.
hold() {
	rm -f "$work/held"
	"$PYTHON" - "$1" "$work/held" <<'END' &
import os, signal, socket, sys
host, _, port = sys.argv[1].rpartition(":")
s = socket.create_connection((host, int(port)), 20)
s.sendall(b"x")
assert s.recv(1) == b"x"
os.close(os.open(sys.argv[2], os.O_CREAT))
signal.pause()
END
	holder=$!
	wait_until 20 test -e "$work/held"
}
let_go() { kill "$holder" && wait "$holder" 2>/dev/null; }

# write_conf WEB-SETTINGS [MORE]: git stays as it is.
write_conf() {
	configure <<-END
		defaults { $(user_line)  first_byte_timeout = 0  idle_timeout = 0 }
		service git { listen = "$work/git.sock"  builtin = "echo"  workers = 2 }
		service web { listen = "127.0.0.1:0"  builtin = "echo"  $1 }
		${2:-}
	END
}

write_conf 'workers = 3' "service old { listen = \"$work/old.sock\"  builtin = \"time\"  workers = 1 }"
start_preforkd
web=$(address_of web)

# --- reload --------------------------------------------------------------------------
run_preforkctl reload -n
is "nothing would change: status 0" "$exit_status" 0
is "nothing would change: a line each" "$out" \
	$'git unchanged\nweb unchanged\nold unchanged\nnothing would be changed'
run_preforkctl reload
is "nothing has changed: status and words" "$exit_status $out" "0 nothing has changed"

git=$(workers_of git) before=$(workers_of web)
write_conf 'workers = 4' "service new { listen = \"$work/new.sock\"  builtin = \"time\"  workers = 1 }"
run_preforkctl reload --dry-run
is "what would change" "$(sort <<<"$out")" \
	$'git unchanged\nnew added\nold removed\nweb reloaded (workers)'
is "--dry-run changes nothing" "$(workers_of web)" "$before"
not_ok "nor adds" test -e "$work/new.sock"
run_preforkctl reload
is "reload succeeds" "$exit_status" 0
is "and says what has changed" "$(sort <<<"$out")" \
	$'1 unchanged\nnew added\nold removed\nweb reloaded (workers)'
is "without a word on stderr" "$err" ""
is "git is as it was" "$(workers_of git)" "$git"
like "web has new workers when it returns" "$("$PREFORKCTL" status web)" 'Workers: 4, 4 ready'
ok "new listens when it returns" test -S "$work/new.sock"
run_preforkctl reload --json
ok "--json" "$PYTHON" -c 'import json, sys
assert {"service": "git", "outcome": "unchanged", "detail": None} in json.load(sys.stdin)' \
	<<<"$out"

cp "$conf" "$work/good.conf"
write_conf 'workers = many  builtin = "ehco"'
run_preforkctl reload
is "a bad file is refused: status 1" "$exit_status" 1
like "with file, line and key" "$err" "preforkctl: $conf:3: (web: )?workers: "
is "nothing on stdout" "$out" ""
run_preforkctl reload -n
is "--dry-run says so too" "$exit_status" 1
like "in the same words" "$err" "preforkctl: $conf:3: (web: )?workers: "
like "the old settings stay" "$("$PREFORKCTL" status web)" 'Workers: 4, 4 ready'
like "status says that they are not those of the file" "$("$PREFORKCTL")" \
	$'\n''the last reload failed: the configuration was refused, nothing has changed'

cp "$work/good.conf" "$conf"
sed -i "s|^service web.*|service web { listen = \"$web\" inetd = {\"$work/none\"} workers = 2 }|" "$conf"
run_preforkctl reload
is "a service that cannot start is rolled back: status 1" "$exit_status" 1
like "its reason is on stderr" "$err" "preforkctl: web: .*$work/none"
like "it goes on" "$(echo hello | ask "$web" 2>&1)" 'hello|refused'
cp "$work/good.conf" "$conf"
run_preforkctl reload
is "the next good one works" "$exit_status" 0
unlike "and status has nothing to say" "$("$PREFORKCTL")" 'last reload'
web=$("$PREFORKCTL" status web | sed -n 's/.*Listens on: //p')

# --- restart -------------------------------------------------------------------------
before=$(workers_of web)
hold "$web"
run_preforkctl restart web git
is "restart succeeds" "$exit_status" 0
is "an outcome each" "$out" $'web: restarted\ngit: restarted'
let_go
replaced() { [ -z "$(comm -12 <(workers_of web) <(echo "$before"))" ]; }
ok "every worker is a new one" wait_until 20 replaced
before=$(workers_of web)
run_preforkctl restart web nothing
is "a name that is wrong: status 4" "$exit_status" 4
is "and nothing is done" "$out$(workers_of web)" "$before"

cp /bin/cat "$work/cat"
sed -i "s|^service new.*|service new { listen = \"$work/new.sock\" inetd = {\"$work/cat\"} workers = 2 $(user_line) }|" "$conf"
run_preforkctl reload
before=$(workers_of new)
rm "$work/cat"
run_preforkctl restart new git
is "one whose new workers cannot start: status 1" "$exit_status" 1
like "and why" "$err" "$work/cat"
is "it goes on with its old ones" "$(workers_of new)" "$before"
unlike "what follows it is not restarted" "$out" git

# --- drain and resume ----------------------------------------------------------------
hold "$web"
run_preforkctl drain --no-wait web
is "--no-wait returns at once" "$exit_status" 0
is "while somebody is served" "$(state_of web)" draining
run_preforkctl drain --timeout=200ms web
is "--timeout: status 1" "$exit_status" 1
like "--timeout: in words" "$err" 'not drained yet: --timeout is over'
(run_preforkctl drain web git && printf '%s\n' "$exit_status" "$out" >"$work/drained") &
waiter=$!
ok "git is drained" wait_until 20 state_is git drained
not_ok "drain waits for the last connection" test -e "$work/drained"
let_go
ok "and ends with it" wait_until 20 test -s "$work/drained"
wait "$waiter"
is "with an outcome each" "$(sort "$work/drained")" $'0\ngit: drained\nweb: drained'
like "status says so" "$("$PREFORKCTL")" \
	$'\n''web: drained by an administrator; to go on: preforkctl resume web'
run_preforkctl resume web git
is "resume" "$exit_status $out" $'0 web: resumed\ngit: resumed'
is "it serves again" "$(echo hello | ask "$web")" hello

# --- progress ------------------------------------------------------------------------
# on_terminal ARGUMENT...: in the background, known as $shown_by; shows: what is there.
on_terminal() {
	: >"$work/shown"
	TERM=xterm LC_ALL=C.UTF-8 "$PYTHON" "$here/on-terminal" "$work/shown" "$PREFORKCTL" "$@" &
	shown_by=$!
}
shows() { grep -q -e "$1" "$work/shown"; }

on_terminal restart web
wait "$shown_by"
is "a restart on a terminal" "$?" 0
ok "it says what it is about, takes that back, and ends in the outcome" \
	shows $'web: restarting.*\r\033\\[Kweb: restarted$'
hold "$web"
on_terminal drain web
ok "a drain says how many are left" wait_until 20 shows 'web: 1 to finish'
let_go
wait "$shown_by"
ok "and takes that back too" shows $'\r\033\\[Kweb: drained$'
run_preforkctl resume web

# --- the daemon ends while we wait ---------------------------------------------------
hold "$web"
(run_preforkctl drain web || :; printf '%s\n' "$exit_status" "$err" >"$work/waited") &
waiter=$!
wait_until 20 state_is web draining
stop_preforkd KILL
ok "a wait ends with the daemon" wait_until 20 test -s "$work/waited"
wait "$waiter"
like "status 1, and why" "$(cat "$work/waited")" $'^1\n.*preforkd has ended the connection'
let_go
done_testing
