#!/bin/bash
# t6004_fastcgi.sh - a FastCGI program on descriptor 0, behind nginx.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

at_a_time=32
cat >"$work/app.fcgi" <<'END'
use strict;
use warnings;
use FCGI;

my $request = FCGI::Request();
while ($request->Accept() >= 0) {
	my ($number) = $ENV{REQUEST_URI} =~ m{/(\d+)$};
	print "Content-Type: text/plain\r\n\r\n";
	print "$number\n" x (1 + $number * 37 % 3000);
}
END
chmod 644 "$work/app.fcgi"

program="program = {\"$(command -v perl)\", \"$work/app.fcgi\"}"
configure <<END
defaults { $(user_line)  pass = "stdin"  workers = 4 }
service one { listen = "$work/app.sock"  $program }
service two { listen = "127.0.0.1:0"  $program }
service three { listen = "[::1]:0"  $program }
END
start_preforkd || { fail "it starts" && done_testing; }
six=$(address_of three)

# --- nginx: a port that was free a moment ago, another if somebody was faster -------
nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx)
mkdir "$work/nginx"
# shellcheck disable=SC2016 # they are nginx's variables
parameters='fastcgi_param REQUEST_URI $request_uri; fastcgi_param REQUEST_METHOD $request_method;'
start_nginx() {
	local tries=5
	while [ $((tries--)) -gt 0 ]; do
		port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
		cat >"$work/nginx/nginx.conf" <<-END
			$([ "$(id -u)" != 0 ] || echo "user nobody $(id -gn nobody);")
			worker_processes 1;
			daemon off;
			pid $work/nginx/pid;
			error_log $work/nginx/error.log warn;
			events { worker_connections 512; }
			http {
				access_log off;
				client_body_temp_path $work/nginx/body;
				fastcgi_temp_path $work/nginx/fastcgi;
				proxy_temp_path $work/nginx/proxy;
				scgi_temp_path $work/nginx/scgi;
				uwsgi_temp_path $work/nginx/uwsgi;
				server {
					listen 127.0.0.1:$port;
					$parameters
					location /unix { fastcgi_pass unix:$work/app.sock; }
					location /tcp4 { fastcgi_pass $(address_of two); }
					location /tcp6 { fastcgi_pass ${six:-127.0.0.1:1}; }
				}
			}
		END
		"$nginx" -p "$work/nginx" -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" </dev/null &
		web=$!
		wait_until 10 serves_or_gone
		is_gone "$web" || return 0
	done
	return 1
}
serves_or_gone() { is_gone "$web" || { exec 9<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; }
start_nginx || { fail "nginx starts" "$(cat "$work/nginx/error.log")" && done_testing; }
exec 9>&-

# requests NAME NUMBER PREFIX
requests() {
	is "$2 requests, $at_a_time at a time: $1" \
		"$("$PYTHON" "$here/get-many" "127.0.0.1:$port" "$3" "$2" $at_a_time)" \
		"requests=$2 failed=0"
}
before=$(workers_of_master | sort)
requests "a unix socket" 1500 /unix
requests "TCP over IPv4" 500 /tcp4
if [ -n "$six" ]; then
	requests "TCP over IPv6" 500 /tcp6
else
	skip "TCP over IPv6" "ipv6: cannot bind ::1"
fi
is "nginx has nothing to complain about" "$(cat "$work/nginx/error.log")" ""
is "the copies are the ones that were started" "$(workers_of_master | sort)" "$before"

kill -TERM "$web"
wait "$web"
stop_preforkd
is "SIGTERM ends it with status 0" "$exit_status" 0
done_testing
