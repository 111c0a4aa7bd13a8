#!/bin/bash
# t3123_module_examples.sh - the modules among the examples, built with what is
# installed: lines, and a socketmap server that Postfix's own postmap asks.
#
# PREFORKD_LONG: 2,000 requests, four clients at a time, workers replaced meanwhile.
# shellcheck source=tests/e2e/module_lib.sh
. "$(dirname "$0")/module_lib.sh"

PATH=$PATH:/usr/sbin # postmap's
requests=$([ -n "${PREFORKD_LONG:-}" ] && echo 500 || echo 50)
examples=$SRCDIR/conf/examples/modules
install_header
ok "hello is built" build_module hello "$examples/hello.c"
# shellcheck disable=SC2046 # words are what is wanted
ok "socketmap is built" build_module socketmap "$examples/socketmap.c" $(pkg-config --libs sqlite3)
"$PYTHON" - "$work/maps.db" <<-'END'
	import sqlite3, sys
	with sqlite3.connect(sys.argv[1]) as db:
	    db.execute("CREATE TABLE map (name, key, value, PRIMARY KEY (name, key))")
	    db.executemany("INSERT INTO map VALUES ('virtual', ?, ?)",
	                   [(f"k{i}@example.org", f"v{i}@example.net") for i in range(500)])
	    db.execute("INSERT INTO map VALUES ('virtual', 'two words', 'x, y')")
END
chmod 644 "$work/maps.db"
# A configuration of its own: nothing of this machine's Postfix is looked at.
mkdir "$work/postfix"
printf 'compatibility_level = 3.6\nqueue_directory = %s\ninet_protocols = ipv4\nmyhostname = a.example\n' \
	"$work" >"$work/postfix/main.cf"

configure <<END
defaults { $(user_line)  log_connections = "all" }
service hello { listen = "127.0.0.1:0"  module = "$work/hello.so"  option = {"greeting=Moin"}  workers = 1 }
service socketmap {
	listen = "$work/map.sock"
	module = "$work/socketmap.so"
	option = {"database=$work/maps.db"}
	workers = 4
	max_connections_per_worker = 1
}
service broken { listen = "$work/broken.sock"  module = "$work/socketmap.so"  option = {"database=$work/none.db"}  workers = 1 }
service wrong {
	listen = "$work/wrong.sock"  module = "$work/socketmap.so"  workers = 1
	option = {"database=$work/maps.db", "query=SELECT colour FROM map"}
}
END
start_preforkd || { fail "it starts" && done_testing; }

# --- hello ---------------------------------------------------------------------------
like "hello" "$(printf 'four\nquit\nmore\n' | ask "$(address_of hello)")" \
	$'^Moin, 127\\.0\\.0\\.1:[0-9]+\r\n4 characters\r\nbye\r?$'
like "hello refuses what is too long" "$(printf '%0300d\n' 1 | ask "$(address_of hello)")" $'\ntoo long\r?$'

# --- socketmap -----------------------------------------------------------------------
postmap_at() { # SOCKET MAP [QUERY-ARGUMENT]
	timeout --kill-after=1 120 postmap -c "$work/postfix" -q "${3:--}" "socketmap:unix:$1:$2"
}
is "a key is found" "$(postmap_at "$work/map.sock" virtual k7@example.org)" v7@example.net
is "with blanks" "$(postmap_at "$work/map.sock" virtual 'two words')" 'x, y'
not_ok "another is not" postmap_at "$work/map.sock" virtual k7@example.com
not_ok "nor in another map" postmap_at "$work/map.sock" other k7@example.org
ok "a database that is not there is one line" \
	wait_for_log "broken: cannot start workers: module '$work/socketmap.so': cannot open '$work/none.db': unable to open database file;"
ok "so is a query that is wrong" \
	wait_for_log "wrong: cannot start workers: module '$work/socketmap.so': cannot prepare the query: no such column: colour;"

keys() { for ((i = 0; i < requests; i++)); do echo "k$i@example.org"; done; }
wanted() { for ((i = 0; i < requests; i++)); do printf 'k%d@example.org\tv%d@example.net\n' "$i" "$i"; done; }
clients=()
for c in 1 2 3 4; do
	keys | postmap_at "$work/map.sock" virtual >"$work/got.$c" 2>&1 &
	clients+=($!)
done
wait "${clients[@]}"
for c in 1 2 3 4; do
	is "client $c: $requests requests, 0 failed" "$(cat "$work/got.$c")" "$(wanted)"
done
is "a request that is none ends the connection" "$(printf '03:abc,' | ask "$work/map.sock")" ''
ok "and the log says so" wait_for_log 'socketmap\[[0-9]+\] unix connection failed .*: Bad message, '
is "half a request, too" "$(printf '12:virtual' | ask "$work/map.sock")" ''
ok "and the log says so again" wait_for_log 'socketmap\[[0-9]+\] unix connection failed .*: Protocol error, '
stop_preforkd
is "the end comes with status 0" "$exit_status" 0
done_testing
