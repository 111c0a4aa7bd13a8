#!/bin/bash
# t3121_module.sh - a module does its work: reading, writing, deadlines, messages, its
# start and its end.
# shellcheck source=tests/e2e/module_lib.sh
. "$(dirname "$0")/module_lib.sh"

install_header
ok "a module is built with them alone" build_module trick "$here/modules/trick.c"
warnings=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only "${module_flags[@]}")
ok "the header is C99" clang -std=c99 "${warnings[@]}" "$SRCDIR/tests/bench/echo_module.c"
ok "and C++" clang -x c++ -std=c++11 "${warnings[@]}" "$SRCDIR/tests/bench/echo_module.c"

settings() { # TEXT
	configure <<-END
		defaults { workers = 1  $(user_line)  stop_timeout = 400ms  log_connections = "all" }
		service trick {
			listen = {"127.0.0.1:0", "$work/trick.sock"}
			module = "$work/trick.so"
			option = {"open=well", "text=$1"}
			environment = {"TRICK=yes"}
		}
		service hasty { listen = "127.0.0.1:0"  module = "$work/trick.so"
			first_byte_timeout = 300ms  idle_timeout = 300ms }
		service short { listen = "127.0.0.1:0"  module = "$work/trick.so"  max_duration = 300ms }
	END
}
settings one
start_preforkd || { fail "it starts" && done_testing; }
port=$(port_of trick)
# tell FORMAT: over TCP, to the end of what the module says after "q".
tell() {
	exec 8<>"/dev/tcp/127.0.0.1/$port" || return
	# shellcheck disable=SC2059 # the text is a format
	printf "$1q\n" >&8
	timeout 20 cat <&8
	exec 8>&-
}

# --- reading and writing -------------------------------------------------------------
is "lines, ended either way" "$(tell 'Hi\r\nho\n\n')" $'Hi?\nho?\n?'
is "half a line is none" "$(printf 'Hi\nho' | ask "127.0.0.1:$port")" 'Hi?'
ok "and the log says so" wait_for_log 'trick\[0\] .* connection failed .*: Protocol error, 5 bytes in, 4 bytes out'
is "63 characters fit, 64 are too many" \
	"$(tell "$(printf '%063d\\r\\n%064d\\n' 1 2)")" "$(printf '%063d?\ntoo long' 1)"
is "exactly so many bytes" "$(printf 'n 5\nabc\ndn 9\nxyz' | ask "127.0.0.1:$port")" $'5 bytes\nProtocol error'
is "the rest is known to be there" "$(printf 'p\nHi\n' | ask "127.0.0.1:$port")" $'3 pending\nHi?'
is "a print is as long as it likes" "$(tell 'b\n' | wc -c)" 4001
is "the reply arrives although input was not read" \
	"$( (printf 'b\ns 3\n' && head -c 300000 /dev/zero) | ask "$(address_of trick)" | wc -c)" 4001
ok "what serve() returns is told" wait_for_log 'trick\[0\] .* failed .*: the module returned 3, '

# --- who, where, whose ---------------------------------------------------------------
here_text=$(address_of trick)
like "peer and address of TCP, environment" "$(tell 'w\n')" \
	"^trick trick\[0\] from 127\.0\.0\.1:[0-9]+ to ${here_text//./\\.}, 16 2, yes$"
like "of a unix socket" "$(printf 'w\n' | ask "$work/trick.sock")" \
	"^trick trick/2\[0\] from unix pid [0-9]+ uid [0-9]+ to $work/trick.sock, 2 1, yes$"

# --- messages ------------------------------------------------------------------------
is "it logs" "$(tell 'L hello\\tworld\nHi\n')" 'Hi?'
ok "with slot and peer, in one line" wait_for_log '^preforkd: trick\[0\] 127\.0\.0\.1:[0-9]+: hello'
ok "its standard error is the daemon's" wait_for_log '^to stderr: hello'
ok "open() has logged" log_has '^preforkd: trick\[0\]: opened$'

# --- deadlines -----------------------------------------------------------------------
exec 8<>"/dev/tcp/127.0.0.1/$(port_of trick)"
printf 'd 300\nslow' >&8
ok "a deadline of its own" wait_for_log 'trick\[0\] .* failed .*: Timer expired, '
exec 8>&-
exec 8<>"/dev/tcp/127.0.0.1/$(port_of hasty)"
ok "first_byte_timeout" wait_for_log 'hasty\[0\] .*: no byte within first_byte_timeout'
exec 8>&-
exec 8<>"/dev/tcp/127.0.0.1/$(port_of hasty)"
echo Hi >&8
ok "idle_timeout" wait_for_log 'hasty\[0\] .*: no byte for idle_timeout, 3 bytes in'
exec 8>&-
exec 8<>"/dev/tcp/127.0.0.1/$(port_of short)"
ok "max_duration" wait_for_log 'short\[0\] .*: ended by max_duration'
exec 8>&-

# A client that always has something, or takes all at once, while the module is slow: none
# of its calls ever waits.
busy() { # SERVICE LINE
	exec 8<>"/dev/tcp/127.0.0.1/$(port_of "$1")"
	cat <&8 >/dev/null &
	ends=($!)
	printf '%s\n' "$2" >&8
	yes >&8 2>/dev/null &
	ends+=($!)
}
let_go() {
	exec 8>&-
	kill "${ends[@]}" 2>/dev/null
	wait "${ends[@]}" 2>/dev/null
}
for line in 'take 0' 'give 0'; do
	log_from=0
	busy short "$line"
	mark_log
	ok "max_duration, of one that is never silent: $line" wait_for_log 'short\[0\] .*: ended by max_duration'
	let_go
done
log_from=0
busy trick 'give 300'
mark_log
ok "a deadline of its own, of writes that never wait" wait_for_log 'trick\[0\] .* failed .*: Timer expired, '
let_go

# --- reload, stop --------------------------------------------------------------------
mark_log
settings two
kill -HUP "$master"
ok "another option makes a new generation" wait_for_log 'trick\[[0-9]*\]: opened'
ok "close() is called in the old worker" wait_for_log 'trick\[[0-9]*\]: closed'
ok "a service that is the same is left alone" eval '! log_has "hasty.*: (opened|closed)"'
log_from=0
exec 8<>"/dev/tcp/127.0.0.1/$(port_of trick)"
echo x >&8
IFS= read -r -t 20 line <&8
is "it blocks in a call of its own" "$line" sleeping
exec 9>&8
busy hasty 'take 0'
wait_until 10 eval '! titled "hasty.* idle" | grep -q .'
begin=$(now_usec)
stop_preforkd
took=$((($(now_usec) - begin) / 1000))
is "the end comes with status 0" "$exit_status" 0
ok "by stop_timeout, kill_timeout was not needed: $took ms" test "$took" -ge 390 -a "$took" -lt 5000
exec 9>&-
let_go

# --- without foreign code ------------------------------------------------------------
printf 'service a { listen = 7000  module = "%s" }\n' "$work/not-there.so" >"$work/absent.conf"
run_preforkd -t -c "$work/absent.conf"
is "-t does not look at the file" "$exit_status" 0
cp "$work/trick.so" "$work/plain.so"
launch "$PREFORKD" --log=plain -X -l 127.0.0.1:0 -m "$work/plain.so" -o text=x
ok "-X serves in one process" wait_for_log 'plain\[0\]: one worker, no deadlines'
port=$(log_lines | sed -n 's/.*listening on 127[^:]*:\([0-9]*\).*/\1/p')
is "named after its file" "$(tell 'Hi\n')" 'Hi?'
# The worker's own signals, of which SIGXFSZ is the 25th, and no_new_privileges.
catches() { (($((16#$(awk '$1 == "SigCgt:" { print $2 }' "/proc/$master/status"))) >> ($1 - 1) & 1)); }
for signal in 13 14 25; do ok "with the handlers of a worker: $signal" catches $signal; done
is "and what it may not gain" "$(awk '$1 == "NoNewPrivs:" { print $2 }' "/proc/$master/status")" 1
stop_preforkd
done_testing
