#!/bin/bash
# t7605_probe.sh - preforkctl probe says whether a service answers, and in what time.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

probe() { run_preforkctl probe "$@"; }

# proxy NAME [USER PASSWORD]: one more SOCKS proxy; its port is in $port.
proxy() {
	local name=$1
	shift
	"$PYTHON" "$here/socks-proxy" "$work/$name" "$@" &
	wait_until 30 test -s "$work/$name"
	port=$(cat "$work/$name")
}

configure <<END
defaults { $(user_line) }
service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo"  workers = 2 }
service silent { listen = "127.0.0.1:0"  builtin = "discard"  workers = 2 }
END
start_preforkd
echo=$(address_of echo)
silent=$(address_of silent)

probe "$echo"
is "it can be connected to: status 0" "$exit_status" 0
like "each step has its time" "$out" \
	"^$echo: ok after [0-9.]+ ms"$'\n'"  socket +[0-9.]+ ms"$'\n'"  connect +[0-9.]+ ms"$'\n'"  close +[0-9.]+ ms\$"
probe "$echo" --send 'hello\r\n\x41\0' --expect '^hello'$'\r\n''A'
is "it answers: status 0" "$exit_status" 0
like "with two steps more" "$out" $'\n''  send .*'$'\n''  expect '
probe "$work/echo.sock" --send x --expect x
is "a unix socket: status 0" "$exit_status" 0
probe "${echo##*:}" --send x --expect x
is "a port alone is this machine's: status 0" "$exit_status" 0
probe "$echo" --send hello --expect goodbye --timeout 200ms
is "another answer: status 1" "$exit_status" 1
like "and how far it got" "$out" "^$echo: failed after [0-9.]+ ms, expect: Connection timed out after 5 bytes"
probe "$silent" --send x --expect x --timeout 200ms
like "no answer" "$out" "expect: Connection timed out after 0 bytes"
probe "127.0.0.1:1"
is "nobody listens: status 1" "$exit_status" 1
like "and why" "$out" "^127.0.0.1:1: failed after [0-9.]+ ms, connect: Connection refused"
probe "$work/none.sock"
like "no such socket" "$out" "connect: No such file or directory"
probe "$echo" --send x --expect x --json
ok "as JSON" "$PYTHON" -c 'import json, sys
d = json.load(sys.stdin)
assert d["address"] == sys.argv[1] and d["outcome"] == "ok" and d["received"] == 1, d
assert list(d["steps"]) == ["socket", "connect", "send", "expect", "close"], d
assert d["failed_step"] is None and d["usec"] == sum(d["steps"].values()), d' "$echo" <<<"$out"
probe "$echo" --send x --expect x --count 5
is "several times: a line each, and a sum" "$(grep -c "^$echo: ok after" <<<"$out")" 5
like "the sum" "$out" $'\n''5 probes, 0 failed; least [0-9.]+ ms, median [0-9.]+ ms, most [0-9.]+ ms$'

# --- through a proxy ------------------------------------------------------------------
proxy open
probe "$echo" --socks "127.0.0.1:$port" --send x --expect x
is "through a proxy: status 0" "$exit_status" 0
like "a step of its own" "$out" $'\n''  socks +[0-9.]+ ms'
probe 127.0.0.1:1 --socks "127.0.0.1:$port"
like "the proxy cannot connect" "$out" "socks: the proxy says: connection refused"
proxy closed anna secret
probe "$echo" --socks "anna:secret@127.0.0.1:$port" --send x --expect x
is "with user and password: status 0" "$exit_status" 0
probe "$echo" --socks "anna:wrong@127.0.0.1:$port"
like "with a wrong one" "$out" "socks: the proxy refuses user and password"
probe "$echo" --socks "127.0.0.1:$port"
like "with none" "$out" "socks: the proxy wants another authentication"
probe "$echo" --socks "$echo" --timeout 2s
like "what is no proxy" "$out" "socks: (what answers is no SOCKS5 proxy|the proxy wants another)"

# --- wrong usage ------------------------------------------------------------------------
for arguments in "localhost:80" "$echo --socks nonsense" "$echo --socks :x@127.0.0.1:1" \
	"$work/echo.sock --socks 127.0.0.1:1" "$echo --expect [" "$echo --send \\q" "$echo --count 0" ""; do
	# shellcheck disable=SC2086 # words
	probe $arguments
	is "'$arguments': status 64" "$exit_status" 64
done
done_testing
