#!/bin/bash
# t6003_gunicorn.sh - gunicorn as a program: four copies, three listeners by LISTEN_FDS.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

at_a_time=32
mkdir "$work/app"
cp "$here/get-many" "$work/app/get_many.py"
cat >"$work/app/application.py" <<'END'
import os
from get_many import answer

def app(environ, start_response):
    path = environ["PATH_INFO"]
    body = b"%d" % os.getppid() if path == "/who" else answer(int(path.strip("/")))
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
END
chmod -R a+rX "$work/app"

configure <<END
defaults { $(user_line) }
service app {
	listen = {"127.0.0.1:0", "[::1]:0", "$work/app.sock"}
	program = {"$(command -v gunicorn)", "--workers=1", "--log-level=warning", "--worker-tmp-dir=/dev/shm", "--chdir=$work/app", "application:app"}
	environment = {"PYTHONDONTWRITEBYTECODE=1"}
	ready = "notify"
	workers = 4
}
END
start_preforkd || { fail "it starts" && done_testing; }
is "four copies" "$(workers_of_master | wc -l)" 4
before=$(workers_of_master | sort)
user=$(id -un)
[ "$user" != root ] || user=nobody

# requests NAME NUMBER ADDRESS
requests() {
	is "$2 requests, $at_a_time at a time: $1" \
		"$("$PYTHON" "$here/get-many" "$3" "" "$2" $at_a_time)" "requests=$2 failed=0"
}

requests "TCP over IPv4" 2000 "$(address_of app 1)"
if [[ $(address_of app 2) == *:* ]]; then
	requests "TCP over IPv6" 500 "$(address_of app 2)"
else
	skip "TCP over IPv6" "ipv6: cannot bind ::1"
fi
requests "a unix socket" 1000 "$work/app.sock"

who() { printf 'GET /who HTTP/1.0\r\n\r\n' | ask "$(address_of app 1)" | tail -n 1; }
ok "a copy answers, as itself" grep -qx "$(who)" <<<"$before"
is "the copies are the ones that were started" "$(workers_of_master | sort)" "$before"
like "each runs as the service's user" \
	"$(ps -o user= -p "$(pgrep -d, -P "$(paste -sd, <<<"$before")")" | sort -u)" \
	"^$user\$"
stop_preforkd
is "SIGTERM ends it with status 0" "$exit_status" 0
unlike "without a complaint" "$(log_lines)" 'killed by|status [1-9]'
done_testing
