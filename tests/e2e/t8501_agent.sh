#!/bin/bash
# t8501_agent.sh - preforkctl agent, and a real HAProxy that follows it: busy, drain,
# resume.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

haproxy=$(PATH=$PATH:/usr/sbin:/sbin command -v haproxy)
cp "$PREFORKCTL" "$work/preforkctl" # the build folder may be closed to nobody
chmod 755 "$work/preforkctl" "$work/runtime"
[ "$(id -u)" != 0 ] || group='control_group = "nogroup"'
configure <<END
control = "$control"
${group:-}
defaults { $(user_line) }
service web { listen = "127.0.0.1:0"  builtin = echo  min_spare = 1  max_spare = 2  max_workers = 4  first_byte_timeout = 0  idle_timeout = 0 }
service app { listen = "127.0.0.1:0"  program = {"/bin/sleep", "600"} }
service broken { listen = "127.0.0.1:0"  inetd = "$work/nothing" }
service nobody { listen = "127.0.0.1:0"  builtin = echo  min_spare = 0  max_workers = 3 }
service agent { listen = "127.0.0.1:0"  inetd = {"$work/preforkctl", "-c", "$control", "agent", "web"}  workers = 1 }
END
start_preforkd
web=$(address_of web) agent=$(address_of agent)

# --- the line ------------------------------------------------------------------------
says() { # NAME SERVICE ERE
	run_preforkctl agent "$2"
	like "$1" "$out" "$3"
	is "$1: status 0, no other word" "$exit_status $err" "0 "
}
says "all are idle" web '^ready up 100%$'
says "a program" app '^ready up 100%$'
says "nobody is there, but would come" nobody '^ready up 100%$'
says "no worker can be started" broken "^down #.*$work/nothing"
says "none of that name" nothing '^down #there is no such service$'
run_preforkctl agent
is "a service is needed" "$exit_status $err" "64 preforkctl: agent needs the name of a service
preforkctl: try 'preforkctl --help'"
is "the same from the service" "$(ask "$agent" </dev/null)" "ready up 100%"

# --- HAProxy ---------------------------------------------------------------------------
cat >"$work/haproxy.cfg" <<END
global
	maxconn 100
	stats socket $work/haproxy.sock mode 600 level admin
defaults
	mode tcp
	timeout connect 10s
	timeout client 60s
	timeout server 60s
	timeout check 10s
backend web
	server s1 $web weight 100 agent-check agent-addr ${agent%:*} agent-port ${agent##*:} agent-inter 200ms
END
"$haproxy" -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
haproxy_pid=$!
# follows NAME ERE: until its own view, state and weight, is that.
follows() {
	local seen
	if seen=$("$PYTHON" "$here/haproxy-sees" "$work/haproxy.sock" web,s1 "$2"); then
		pass "HAProxy: $1"
	else
		fail "HAProxy: $1" "$seen" "$(cat "$work/haproxy.log")"
	fi
}
keep() {
	rm -f "$work/kept"
	"$PYTHON" "$here/keep" "$1" "$web" "$work/kept" &
	keeper=$!
	wait_until 30 test -e "$work/kept"
}
release() { kill "$keeper" && wait "$keeper" 2>/dev/null; }

follows "idle: all of the weight" '^(UP|no check),100$'
keep 3
follows "three of four places are taken" '^(UP|no check),25$'
release
keep 7
follows "all are taken: it stays in" '^(UP|no check),1$'
release
follows "idle again" '^(UP|no check),100$'
run_preforkctl drain web
says "drained" web '^drain$'
follows "drained" '^DRAIN'
run_preforkctl resume web
follows "resumed" '^(UP|no check),100$'
cp "$conf" "$work/all.conf"
sed -i '/^service web/d' "$conf"
run_preforkctl reload
follows "removed" '^DOWN'
cp "$work/all.conf" "$conf"
run_preforkctl reload
# A new listener has a new port; the agent is the same.
follows "and there again" '^(UP|no check),100$'
kill -TERM "$haproxy_pid"
wait "$haproxy_pid"

# --- nobody there ----------------------------------------------------------------------
kill -STOP "$master"
begin=$(now_usec)
says "a daemon that says nothing" web '^down #'
ok "in time" test $(($(now_usec) - begin)) -lt 10000000
kill -CONT "$master"
stop_preforkd
says "no daemon" web '^down #No such file or directory$|^down #Connection refused$'
done_testing
