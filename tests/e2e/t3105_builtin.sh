#!/bin/bash
# t3105_builtin.sh - echo, discard, daytime, time and chargen, byte for byte; what
# ends a connection, and that the end of a reply is not lost.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

talk() { timeout --kill-after=1 60 "$PYTHON" "$here/talk" "$@"; }
services='echo discard daytime time chargen'
{
	echo "defaults { workers = 2  $(user_line) }"
	for service in $services; do
		echo "service $service { listen = {\"127.0.0.1:0\", \"$work/$service.sock\", \"[::1]:0\"}  builtin = \"$service\" }"
	done
} | configure
start_preforkd || { fail "it starts" && done_testing; }
for service in $services; do
	check=$service
	[ "$service" != time ] || check=rfc868
	ok "$service, IPv4" talk "$check" "$(address_of "$service")"
	ok "$service, unix" talk "$check" "$work/$service.sock"
	six=$(address_of "$service/3")
	if [ -n "$six" ]; then
		ok "$service, IPv6" talk "$check" "$six"
	else
		skip "$service, IPv6" "ipv6: cannot bind ::1"
	fi
done
for service in daytime time; do
	ok "$service: the reply arrives although input was not read" \
		talk linger "$(address_of "$service")"
done
stop_preforkd
is "it ends with status 0" "$exit_status" 0

# --- deadlines -----------------------------------------------------------------------
configure <<END
defaults { workers = 1  $(user_line)  first_byte_timeout = 300ms  idle_timeout = 300ms  linger_timeout = 300ms  stop_timeout = 300ms }
service echo { listen = "127.0.0.1:0"  builtin = "echo" }
service discard { listen = "127.0.0.1:0"  builtin = "discard" }
service chargen { listen = "127.0.0.1:0"  builtin = "chargen" }
service daytime { listen = "127.0.0.1:0"  builtin = "daytime" }
service long { listen = "127.0.0.1:0"  builtin = "echo"  max_duration = 300ms  idle_timeout = 1min }
service patient { listen = "127.0.0.1:0"  builtin = "echo"  first_byte_timeout = 0  idle_timeout = 0 }
END
start_preforkd || fail "it starts"
ok "echo: a silent client is ended by first_byte_timeout, then by idle_timeout" \
	talk idle "$(address_of echo)"
cmdline=/proc/$(pgrep -P "$master" -f '^preforkd: chargen\[0\]')/cmdline
ok "chargen: a client that does not read is left" \
	talk slow_reader "$(address_of chargen)" "$cmdline"
ok "max_duration ends what is never silent" talk busy_too_long "$(address_of long)"

# The reply is there; a client that then just stays must not hold the worker.
exec 8<>"/dev/tcp/127.0.0.1/$(port_of daytime)"
cmdline=/proc/$(pgrep -P "$master" -f '^preforkd: daytime\[0\]')/cmdline
is_idle() { tr '\0' ' ' <"$cmdline" | grep -q ' idle *$'; }
IFS= read -r -t 20 line <&8
like "daytime answers" "$line" UTC
ok "linger_timeout lets go of one that stays" wait_until 10 is_idle
exec 8>&-

# --- what SIGTERM does to a connection that never ends -------------------------------
exec 8<>"/dev/tcp/127.0.0.1/$(port_of patient)"
echo hello >&8
IFS= read -r -t 20 line <&8
begin=$(now_usec)
stop_preforkd
took=$((($(now_usec) - begin) / 1000))
is "it ends with status 0" "$exit_status" 0
ok "stop_timeout has passed, kill_timeout was not needed: $took ms" \
	test "$took" -ge 290 -a "$took" -lt 4500
exec 8>&-
done_testing
