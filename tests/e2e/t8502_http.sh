#!/bin/bash
# t8502_http.sh - preforkctl http, served by preforkd: what it answers to whom, that it is
# true, and that it answers while everybody else is busy.
#
# The long form has its own network, for a queue of 10,000 is above the usual somaxconn.
if [ -n "${PREFORKD_LONG:-}" ] && [ -z "${OWN_NETWORK:-}" ] && unshare -n true 2>/dev/null; then
	OWN_NETWORK=1 exec unshare -n bash "$0"
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

queued=40
if [ -n "${OWN_NETWORK:-}" ]; then
	ip link set lo up
	echo 16384 >/proc/sys/net/core/somaxconn
	queued=10000
fi
cp "$PREFORKCTL" "$work/preforkctl" # the build folder may be closed to nobody
chmod 755 "$work/preforkctl" "$work/runtime"
[ "$(id -u)" != 0 ] || group='control_group = "nogroup"'
configure <<END
control = "$control"
${group:-}
defaults { $(user_line) }
service web { listen = "127.0.0.1:0"  builtin = echo  min_spare = 2  max_spare = 2  max_workers = 6  backlog = 16384  first_byte_timeout = 0  idle_timeout = 0 }
service two { listen = {"127.0.0.1:0", "$work/two.sock"}  builtin = echo  workers = 1 }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"}  workers = 2 }
service broken { listen = "127.0.0.1:0"  inetd = {"$work/<b>&\"none"} }
service status { listen = "127.0.0.1:0"  inetd = {"$work/preforkctl", "-c", "$control", "http"}  workers = 2 }
END
start_preforkd
web=$(address_of web) status=$(address_of status)
url=http://$status

get() { curl -s --max-time 25 "$@"; }
code() { get -o /dev/null -w '%{http_code}' "$@"; }
# raw FORMAT: the bytes, as printf understands them, and the first line of the answer.
# shellcheck disable=SC2059
raw() { printf "$1" | ask "$status" 2>/dev/null | head -n 1 | tr -d '\r'; }

# --- requests --------------------------------------------------------------------------
for path in / /metrics /status.json /healthz/web; do
	is "GET $path: 200" "$(code "$url$path")" 200
	get -I "$url$path" | sed '/^Content-Security/d; s/^Content-Length: .*/Content-Length:/' >"$work/head"
	get -D "$work/headers" -o "$work/body" "$url$path"
	is "HEAD $path: the same without the text" "$(cat "$work/head")" \
		"$(sed '/^Content-Security/d; s/^Content-Length: .*/Content-Length:/' "$work/headers")"
	is "GET $path: its length" "$(sed -n 's/^Content-Length: \([0-9]*\).*/\1/p' "$work/headers")" \
		"$(wc -c <"$work/body")"
	ok "GET $path: once, never stored, closed" \
		grep -qz 'Connection: close.*Cache-Control: no-store.*Content-Security-Policy: default-src .none' "$work/headers"
done
is "POST: 405" "$(code -d x "$url/")" 405
like "and what is allowed" "$(get -i -X DELETE "$url/")" $'\r\nAllow: GET, HEAD\r\n'
is "unknown: 404" "$(code "$url/../etc/passwd") $(code "$url/metrics/") $(code "$url/healthz/")" "404 404 404"
is "no HTTP: 400" "$(raw 'hello\r\n\r\n')" "HTTP/1.1 400 Bad Request"
is "half a request: 400" "$(raw 'GET / HTTP/1.1\r\n')" "HTTP/1.1 400 Bad Request"
is "HTTP/2: 505" "$(raw 'PRI * HTTP/2.0\r\n\r\n')" "HTTP/1.1 505 HTTP Version Not Supported"
is "a long name: 414" "$(code "$url/$(printf '%09000d' 0)")" 414
is "long fields: 431" "$(code -H "X: $(printf '%09000d' 0)" "$url/")" 431
is "two requests: one answer" \
	"$(printf 'GET /healthz/web HTTP/1.0\r\n\r\nGET /healthz/web HTTP/1.0\r\n\r\n' | ask "$status" | grep -c '^HTTP')" 1
is "an early end is nobody's failure" "$(ask "$status" </dev/null)" ""
exec 7<>"/dev/tcp/${status%:*}/${status##*:}"
printf 'GET / HT' >&7
begin=$(now_usec)
is "who does not go on: 408" "$(timeout 20 head -n 1 <&7 | tr -d '\r')" "HTTP/1.1 408 Request Timeout"
exec 7>&-
ok "in time" test $(($(now_usec) - begin)) -lt 15000000
unlike "none of that was a failed connection" "$(log_lines)" 'status\[[0-9]\].*(failed|killed)'

# --- health ------------------------------------------------------------------------------
is "a service is well" "$(get "$url/healthz/web")" "web: ok"
is "one fails: 503" "$(code "$url/healthz/broken") $(code "$url/healthz")" "503 503"
like "and why" "$(get "$url/healthz")" $'web: ok\n.*broken: .*<b>&"none'
is "none of that name: 404" "$(code "$url/healthz/x")" 404
"$PREFORKCTL" drain two >/dev/null
is "drained: 503" "$(code "$url/healthz/two") $(get "$url/healthz/two")" "503 two: drained"
"$PREFORKCTL" resume two >/dev/null
is "resumed: 200" "$(code "$url/healthz/two")" 200

# --- while everybody is busy ----------------------------------------------------------------
"$LOAD" -q -n 100 -c 4 "$web" >/dev/null
ulimit -n 20000 2>/dev/null
"$PYTHON" "$here/keep" $((queued + 6)) "$web" "$work/kept" &
keeper=$!
wait_until 120 test -e "$work/kept"
queues() { "$PREFORKCTL" --json status web | grep -q "\"busy\":6,\"queue\":$queued,"; }
ok "six are served, $queued wait" wait_until 60 queues
get "$url/metrics" >"$work/metrics"
get "$url/status.json" >"$work/json"
get "$url/" >"$work/page"
get -H 'Accept: application/openmetrics-text;version=1.0.0' "$url/metrics" >"$work/openmetrics"
ok "the metrics and the page are what the status says" \
	"$PYTHON" "$here/http-same" "$work/json" "$work/metrics" "$work/page" "$queued" "$("$PREFORKCTL" --json)"
is "OpenMetrics has an end" "$(tail -n 1 "$work/openmetrics")" "# EOF"
kill "$keeper" && wait "$keeper" 2>/dev/null

# --- dashboards and alerts --------------------------------------------------------------------
names=$(grep -oh 'preforkd_[a-z_]*' "$SRCDIR"/conf/grafana/*.json "$SRCDIR"/conf/prometheus/*.yml | sort -u)
ok "there are some names" test "$(wc -l <<<"$names")" -gt 10
for name in $names; do
	grep -q "^${name}[{ ]" "$work/metrics" || fail "$name is in /metrics"
done
pass "all metrics of the dashboard and the alerts exist"
ok "the dashboard is JSON" "$PYTHON" -m json.tool "$SRCDIR/conf/grafana/preforkd.json"
while read -r name; do
	grep -q "$name" "$SRCDIR/doc/preforkctl.8" || fail "the manual page names $name"
done < <(sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' "$work/metrics")
pass "the manual page names all metrics"

# --- what it costs -------------------------------------------------------------------------------
if [ -n "${PREFORKD_LONG:-}" ]; then
	# shellcheck source=tests/e2e/http_long.sh
	. "$here/http_long.sh"
fi
stop_preforkd
run_preforkctl http </dev/null
is "nobody asks: nothing is said" "$exit_status $out$err" "0 "
printf 'GET /metrics HTTP/1.0\r\n\r\n' >"$work/request"
like "no daemon: 503 and why" "$("$PREFORKCTL" http <"$work/request")" \
	"^HTTP/1.1 503 .*preforkd does not answer at $control: (No such file|Connection refused)"
done_testing
