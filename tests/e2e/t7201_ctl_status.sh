#!/bin/bash
# t7201_ctl_status.sh - what preforkctl says of a daemon is true, and readable.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

esc=$'\033'

# keep N ADDRESS: clients that stay; their addresses are in $work/kept.
keep() {
	rm -f "$work/kept"
	"$PYTHON" "$here/keep" "$1" "$2" "$work/kept" &
	keeper=$!
	wait_until 30 test -e "$work/kept"
}

# on_terminal [NAME=VALUE...] ARGUMENT...: preforkctl on one; what it shows is in $out.
on_terminal() {
	local settings=(TERM=xterm)
	while [[ ${1:-} == *=* && $1 != -* ]]; do
		settings+=("$1")
		shift
	done
	: >"$work/shown"
	exit_status=0
	env -u NO_COLOR -u COLUMNS "${settings[@]}" timeout 30 "$PYTHON" "$here/on-terminal" \
		"$work/shown" "$PREFORKCTL" "$@" || exit_status=$?
	out=$(cat "$work/shown")
}

# widest: of the lines of $out, without colours, as columns of an 8-bit text.
# Advice is never cut, and a machine that was busy gives some.
widest() {
	printf '%s\n' "$out" | sed "s/$esc\[[0-9;]*m//g" | grep -v '^git: ' |
		LC_ALL=C awk '{ if (length > n) n = length } END { print n }'
}

configure <<END
defaults { $(user_line) }
service git { listen = "127.0.0.1:0"  builtin = "echo"  workers = 8  first_byte_timeout = 0  idle_timeout = 0 }
service app { listen = {"127.0.0.1:0", "$work/app.sock"}  program = {"/bin/sleep", "600"}  workers = 2 }
END
start_preforkd
port=$(port_of git)

# --- all is well -------------------------------------------------------------------
run_preforkctl
is "all is well: status 0" "$exit_status" 0
like "the first line is about the daemon" "$out" \
	"^preforkd [0-9.]+ serving for [0-9].*, pid $master, $conf"$'\n'
like "the titles" "$out" \
	$'\n''SERVICE +ADDRESS +STATE +WORKERS +BUSY +QUEUE +CONN/S +FAILED'$'\n'
like "a line for each service" "$out" \
	$'\n'"git +127\.0\.0\.1:$port +serving +8 +0 +0/[0-9]+ +0 +0"$'\n'
like "nobody knows how busy a program is" "$out" \
	$'\n'"app +127\.0\.0\.1:[0-9]+, $work/app\.sock +serving +2 +- +0/[0-9]+ +- +-(\$|"$'\n'")"
unlike "no colour in a pipe" "$out" "$esc"
table=$(sed -n 4p <<<"$out")
run_preforkctl status
is "status is what it does without a command" "$(sed -n 4p <<<"$out")" "$table"
run_preforkctl list
is "list: names, one a line" "$out" $'git\napp'
run_preforkctl version
like "version: of both" "$out" $'^preforkctl ([0-9.]+)\npreforkd ([0-9.]+)$'
run_preforkctl status nothing
is "no such service: status 4" "$exit_status" 4
is "and which there are" "$err" "preforkctl: there is no service 'nothing'; there are: git, app"

# --- under load, against the kernel's own figures ------------------------------------
"$LOAD" -q -n 100 -c 4 "127.0.0.1:$port" >/dev/null
keep 20 "127.0.0.1:$port"
busy() { "$PREFORKCTL" --json status git | grep -q '"busy":8,"queue":12,'; }
ok "eight are served and twelve queue" wait_until 20 busy
ok "the JSON of a service is what ss, /proc and the clients say" \
	"$PYTHON" "$here/same" git "$master" "$port" "$work/kept" 100 \
	< <("$PREFORKCTL" status --json git)
ok "it is one line" test "$("$PREFORKCTL" status --json | wc -l)" = 1
ok "all services are in it" "$PYTHON" -c 'import json, sys
s = json.load(sys.stdin)["services"]
assert [x["name"] for x in s] == ["git", "app"]
assert s[0]["busy"] == 8 and s[1]["busy"] is None
assert s[0]["failure"] is None and "slots" not in s[0]' < <("$PREFORKCTL" status --json)
run_preforkctl
like "the table has the same figures" "$out" $'\n'"git +[^ ]+ +serving +8 +8 +12/[0-9]+ "
like "and says what it means" "$out" \
	$'\n''git: queue 12 of [0-9]+: all workers are busy, clients wait; raise workers'
run_preforkctl status git
like "one service: where it is configured" "$out" "^git \($conf:2\)"
like "one service: figures" "$out" $'\n'' +Workers: 8, 8 ready, 8 busy'$'\n'' +Queue: 12 of'
for peer in $(head -n 8 "$work/kept"); do
	grep -q " busy  *$peer " <<<"$out" || fail "a slot serves $peer" "$out"
done
pass "one service: each slot with its peer"
run_preforkctl status app
pid=$(pgrep -P "$master" -x sleep | head -n 1)
like "a program has slots too" "$out" $'\n'" +[01] +1 +$pid  running  .*  -( |$'\\n'|$)"
kill "$keeper" && wait "$keeper" 2>/dev/null

# --- on a terminal -------------------------------------------------------------------
idle() { "$PREFORKCTL" --json status git | grep -q '"busy":0,"queue":0,'; }
wait_until 20 idle
on_terminal COLUMNS=200
is "on a terminal it is the same" "$exit_status" 0
like "but in colours" "$out" "$esc\[32mserving$esc\[m"
on_terminal COLUMNS=200 NO_COLOR=1
unlike "none with NO_COLOR" "$out" "$esc"
on_terminal COLUMNS=200 TERM=dumb
unlike "none on a dumb one" "$out" "$esc"
on_terminal COLUMNS=72 LC_ALL=C
ok "a narrow one: nothing wraps" test "$(widest)" -le 72
like "the addresses are cut" "$out" $'\n''app +127\.0[^ ]*[0-9, ]*> '
like "the rest is not" "$out" "app .*serving.* 0/[0-9]+ "
on_terminal COLUMNS=20 LC_ALL=C
ok "a very narrow one: nothing wraps" test "$(widest)" -le 20
on_terminal COLUMNS=200 LC_ALL=C.UTF-8 status git
like "idle workers are folded" "$out" '\+ 8 idle'
on_terminal COLUMNS=200 status git --all
is "not with --all" "$(grep -c ' idle  *- ' <<<"$out")" 8
run_preforkctl status git
is "nor in a pipe" "$(grep -c ' idle  *- ' <<<"$out")" 8

# --- readers that go away, and disks that are full -----------------------------------
exec 3>"$work/err"
status=$({ "$PREFORKCTL" status git 2>&3; echo "$?" >"$work/status"; } | head -n 1 >/dev/null; cat "$work/status")
like "| head -1: as any other, with SIGPIPE" "$status" '^(0|141)$'
is "and without a word" "$(cat "$work/err")" ""
: >"$work/err"
"$PYTHON" -c 'import os, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
r, w = os.pipe()
os.close(r)
os.dup2(w, 1)
os.execv(sys.argv[1], sys.argv[1:])' "$PREFORKCTL" status 2>"$work/err"
is "with SIGPIPE ignored: status 1" "$?" 1
is "and without a word" "$(cat "$work/err")" ""
"$PREFORKCTL" status >/dev/full 2>"$work/err"
is "a full disk: status 1" "$?" 1
is "and why" "$(cat "$work/err")" "preforkctl: cannot write: No space left on device"
stop_preforkd

# --- something is wrong --------------------------------------------------------------
printf 'defaults { %s }\nservice good { listen = "127.0.0.1:0" builtin = "echo" workers = 1 }
service bad { listen = "127.0.0.1:0" inetd = {"%s/no \\"such\\" \\\\"} workers = 4 }\n' \
	"$(user_line)" "$work" >"$conf"
start_preforkd
run_preforkctl
is "one is failing: status 1" "$exit_status" 1
like "it says so" "$out" $'\n''bad +[^ ]+ +failing +0/4 '
like "and why, under the table" "$out" \
	$'\n'"bad: failing: .*$work/no \"such\" .*No such file or directory"
run_preforkctl status good
is "the others are well" "$exit_status" 0
run_preforkctl status bad
is "and this is not" "$exit_status" 1
like "its causes of ends" "$out" $'\n'' +Ends: failed-start [1-9]'
ok "quotes and backslashes make good JSON" "$PYTHON" -c 'import json, sys
bad = json.load(sys.stdin)["services"][1]
assert "/no \"such\" \\" in bad["failure"], bad
assert bad["command"] == [sys.argv[1] + "/no \"such\" \\"], bad
assert bad["failed_starts"] > 0 and bad["state"] == "failing"
assert bad["advice"][0].startswith("failing: ")' "$work" < <("$PREFORKCTL" status --json)
stop_preforkd
done_testing
