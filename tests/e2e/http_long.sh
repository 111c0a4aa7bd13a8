# shellcheck shell=bash disable=SC2154 # variables of the script that reads this
# http_long.sh - the long form of t8502: promtool, Prometheus, Chromium, strace.

ok "promtool takes the metrics" promtool check metrics <"$work/metrics"
ok "promtool takes the alerts" promtool check rules "$SRCDIR/conf/prometheus/preforkd.rules.yml"

# --- Prometheus ------------------------------------------------------------------------------
port=$(free_port)
sed "s/127.0.0.1:9180/$status/; s/15s/1s/" "$SRCDIR/conf/prometheus/prometheus.yml" >"$work/prometheus.yml"
cp "$SRCDIR/conf/prometheus/preforkd.rules.yml" "$work/"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
	--web.listen-address="127.0.0.1:$port" >"$work/prometheus.log" 2>&1 &
prometheus_pid=$!
knows() { [[ $(get -G --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query") =~ \"value\":\[[0-9.]+,\"$2\"\] ]]; }
ok "Prometheus scrapes it" wait_until 60 knows up 1
ok "and knows how many were served" wait_until 60 knows 'preforkd_connections_total{service="web"}' '[0-9]{3,}'
ok "and has the alerts" wait_until 60 \
	bash -c "curl -s http://127.0.0.1:$port/api/v1/rules | grep -q PreforkdServiceFailing"
kill -TERM "$prometheus_pid"
wait "$prometheus_pid"

# --- Chromium ---------------------------------------------------------------------------------
rm -f "$work/kept"
"$PYTHON" "$here/keep" 11 "$web" "$work/kept" &
keeper=$!
wait_until 30 test -e "$work/kept"
busy() { "$PREFORKCTL" --json status web | grep -q '"busy":6,"queue":5,'; }
wait_until 60 busy
HOME=$work timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
	--user-data-dir="$work/chromium" --virtual-time-budget=8000 --dump-dom "$url/" \
	>"$work/dom" 2>"$work/chromium.log"
like "Chromium: the script has drawn the page" "$(cat "$work/dom")" '<svg .*<path d="M'
is "as many busy slots as --json says" \
	"$(sed -n 's/.*<section data-name="web">//; s/<section .*//; p' "$work/dom" | grep -o '<li class="b"' | wc -l)" 6
like "and the queue" "$(cat "$work/dom")" '<dt>Queue</dt><dd>5 '
unlike "nothing was refused by the policy" "$(cat "$work/chromium.log")" 'Content Security Policy'
kill "$keeper" && wait "$keeper" 2>/dev/null

# --- the pictures of doc/ -----------------------------------------------------------------------
# is_picture FILE: it has a size, and not one colour.
is_picture() {
	"$PYTHON" - "$1" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
		width, height = struct.unpack(">II", data[16:24])
		assert width >= 400 and height >= 200 and len(data) > 5000, (width, height, len(data))
		assert len(data) < 100000, "too large"
	END
}
if unshare --net --mount --pid --fork true 2>/dev/null; then
	ok "doc/screenshots makes pictures" env -u RUNTIME_DIRECTORY -u NOTIFY_SOCKET \
		timeout 300 "$PYTHON" "$SRCDIR/doc/screenshots" --quick "$work/pictures"
	for picture in "$SRCDIR"/doc/pictures/*.png; do
		ok "${picture##*/} is what there is" is_picture "$picture"
		ok "and what it makes" is_picture "$work/pictures/${picture##*/}"
	done
else
	skip "doc/screenshots makes pictures" "sys-admin: cannot make namespaces"
fi

# --- system calls -------------------------------------------------------------------------------
# calls: of the workers of "two", for a thousand connections.
calls() {
	local tracer pid
	pid=$(pgrep -P "$master" -f '^preforkd: two\[0\]')
	strace -q -o "$work/strace" -p "$pid" &
	tracer=$!
	wait_until 10 grep -q '^TracerPid:.*[1-9]' "/proc/$pid/status"
	"$LOAD" -q -n 1000 -c 1 "$(address_of two)" >/dev/null
	kill "$tracer" && wait "$tracer" 2>/dev/null
	wc -l <"$work/strace"
}
if strace -o /dev/null true 2>/dev/null; then
	alone=$(calls)
	(for ((i = 0; i < 200; i++)); do get "$url/metrics" >/dev/null; done) &
	scraper=$!
	scraped=$(calls)
	kill "$scraper" && wait "$scraper" 2>/dev/null
	ok "a scrape costs a connection no system call: $alone and $scraped in a thousand" \
		test $((scraped - alone)) -lt 100
else
	skip "a scrape costs a connection no system call" "ptrace: strace cannot trace"
fi
