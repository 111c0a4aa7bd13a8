#!/bin/bash
# t7602_events.sh - preforkctl events says what happens; who does not read it holds nobody.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

configure <<END
defaults { $(user_line)  stop_timeout = 1s }
service one { listen = "127.0.0.1:0"  builtin = "echo"  workers = 2 }
service two { listen = "127.0.0.1:0"  builtin = "echo"  workers = 1 }
END
start_preforkd

# listen NAME [ARGUMENT...]: events into $work/NAME, from now on; $! is its PID.
listen() {
	local name=$1
	shift
	"$PREFORKCTL" events "$@" >"$work/$name" 2>"$work/$name.err" &
	wait_until 20 grep -q 'listening for events' "$work/$name.err"
}

# has NAME ERE: a line of it matches, within a while.
has() { wait_until 20 grep -Eq -e "$2" "$work/$1"; }

# --- what happens ---------------------------------------------------------------------
listen all
all=$!
listen two two
listen json --json
json=$!
# One that has served: an end before that is a failed start.
echo x | ask "$(address_of one)" >/dev/null
served() {
	worker=$("$PREFORKCTL" status --json one | "$PYTHON" -c 'import json, sys
for s in json.load(sys.stdin)["services"][0]["slots"]:
    if s["connections"] > 0 and s["state"] == "idle":
        print(s["pid"], s["slot"])')
	[ -n "$worker" ]
}
wait_until 20 served
kill -SEGV "${worker% *}"
slot=${worker#* }
ok "an end, and why" has all "^[0-9:.]+  ended +one\[$slot\] pid ${worker% *} killed by SIGSEGV.* after "
ok "a start" has all "^[0-9:.]+  started +one\[$slot\] pid [0-9]+ is ready$"
"$PREFORKCTL" drain two >/dev/null
ok "a drain" has all "^[0-9:.]+  drained +two: "
ok "with its ends" has all "^[0-9:.]+  ended +two\[0\] pid [0-9]+ .*"
"$PREFORKCTL" resume two >/dev/null
ok "a resume" has all "^[0-9:.]+  resumed +two: "
ok "one service alone: its own" has two "  resumed +two: "
ok "and nothing of others" test "$(grep -c 'one\[' "$work/two")" = 0
sed -i 's/^service two.*/service two { listen = "127.0.0.1:0"  inetd = {"\/nonexistent"}  workers = 1 }/' "$conf"
"$PREFORKCTL" reload >/dev/null 2>&1
ok "a reload that rolls back" has all "  rolled-back +two: "
sed -i 's/workers = 2/workers = 3/; /^service two/d' "$conf"
"$PREFORKCTL" reload >/dev/null 2>&1
ok "a reload" has all "  reloaded +reloaded: "
ok "and what has changed" has all "  changed +one: "
ok "the same as JSON, a line each" "$PYTHON" -c 'import json, sys
kinds = set()
for line in open(sys.argv[1]):
    e = json.loads(line)
    kinds.add(e["kind"])
    if e["kind"] == "ended" and e["cause"] == "signal":
        assert e["service"] == "one" and e["pool"] == "one" and e["slot"] == int(sys.argv[2]), e
        assert e["pid"] > 0 and "SIGSEGV" in e["text"] and e["usec"] > 10**15, e
assert {"ended", "started", "drained", "resumed", "reloaded"} <= kinds, kinds' "$work/json" "$slot"
kill "$json" && wait "$json"
is "a signal ends it: status 0" $? 0
run_preforkctl events nothing
is "no such service: status 4" "$exit_status" 4

# --- who does not read -------------------------------------------------------------------
# 300 events at once are more than 200 a second.
listen slow
slow=$!
kill -STOP "$slow"
before=$(grep VmRSS "/proc/$master/status" | tr -dc 0-9)
sed -i 's/workers = 3/workers = 120/' "$conf"
"$PREFORKCTL" reload >/dev/null
"$PREFORKCTL" restart one >/dev/null
"$PREFORKCTL" restart one >/dev/null
ok "the master goes on while somebody does not read" "$PREFORKCTL" status one
kill -CONT "$slow"
ok "what was dropped is counted and said" has slow "  dropped +[1-9][0-9]* events were dropped: "
ok "and that goes on for who did read" has all "  restarted +one: "
ok "no second had more than 200 (and a bucket)" "$PYTHON" -c 'import collections, sys
n = collections.Counter(line.split(".")[0] for line in open(sys.argv[1]) if "  dropped " not in line)
assert max(n.values()) <= 400, n' "$work/all"
after=$(grep VmRSS "/proc/$master/status" | tr -dc 0-9)
ok "the master has not grown with it" test $((after - before)) -lt 8192
kill "$slow"

# --- the end ---------------------------------------------------------------------------
"$PREFORKCTL" events -f >"$work/follow" 2>"$work/follow.err" &
follow=$!
wait_until 20 grep -q 'listening for events' "$work/follow.err"
stop_preforkd
ok "the daemon's end ends it" wait_until 20 is_gone "$all"
ok "after it said so" has all "  stopping +"
ok "not with -f" kill -0 "$follow"
ok "it waits" has follow.err "preforkd is not there, waiting for it"
start_preforkd
again() { [ "$(grep -c 'listening for events' "$work/follow.err")" = 2 ]; }
ok "and goes on with the next" wait_until 20 again
"$PREFORKCTL" drain one >/dev/null
ok "with its events" has follow "  drained +one: "
kill "$follow"
done_testing
