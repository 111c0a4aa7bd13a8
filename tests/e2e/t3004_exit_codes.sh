#!/bin/bash
# t3004_exit_codes.sh - what becomes of the whole daemon when services cannot start.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

echo_service() { echo "service $1 { listen = \"127.0.0.1:0\"  builtin = \"echo\"  $(user_line) }"; }
broken_service() {
	echo "service $1 { listen = \"127.0.0.1:0\"  inetd = {\"$work/none\"}  $(user_line) }"
}
deaf_service() { # no folder, no socket
	echo "service $1 { listen = \"$work/no/$1.sock\"  builtin = \"echo\"  $(user_line) }"
}
dying_program() {
	echo "service $1 { listen = \"127.0.0.1:0\"  program = {\"/bin/false\"}" \
		"ready = \"notify\"  $(user_line) }"
}
short_program() { # executed well, and gone at once
	echo "service $1 { listen = \"127.0.0.1:0\"  program = {\"/bin/false\"}  $(user_line) }"
}

# --- not one service up --------------------------------------------------------------
while read -r kind lines; do # lines: listening, the reason, the verdict, stopped
	$kind only | configure
	run_preforkd --log=plain -c "$conf"
	is "$kind, the only one: status 1" "$exit_status" 1
	like "$kind: the reason" "$err" 'preforkd: only: cannot '
	is "$kind: it is not said twice" "$(grep -c . "$work/err")" "$lines"
	like "$kind: the verdict" "$err" \
		'preforkd: not one service could be started, giving up'
	{ $kind a && $kind b; } | configure
	run_preforkd --log=plain -c "$conf"
	is "$kind, twice: status 1" "$exit_status" 1
	like "$kind: both reasons" "$err" 'preforkd: a: cannot'
	like "$kind: both reasons" "$err" 'preforkd: b: cannot'

	# --- --strict ------------------------------------------------------------------
	{ echo_service good && $kind bad; } | configure
	: >"$notes"
	run_preforkd --log=plain --strict -c "$conf"
	is "$kind, one of two, --strict: status 1" "$exit_status" 1
	like "$kind, --strict: the verdict" "$err" \
		'preforkd: a service could not be started and --strict is set, giving up'
	unlike "$kind, --strict: it was never ready" "$(cat "$notes")" 'READY=1'
	start_preforkd
	like "$kind, one of two: counted" "$(log_lines)" 'ready, 1 of 2 services,'
	is "$kind, one of two: serves" "$(echo hello | ask "$(address_of good)")" hello
	stop_preforkd
	is "$kind, one of two: status 0 at the end" "$exit_status" 0
done <<'END'
broken_service 4
deaf_service 3
dying_program 4
short_program 4
END

{ echo_service one && echo_service two; } | configure
start_preforkd --strict -c "$conf"
is "--strict without a fault serves" "$(echo hello | ask "$(address_of two)")" hello
stop_preforkd
is "and ends with status 0" "$exit_status" 0

# --- no service at all ---------------------------------------------------------------
help='add (one|a service) to the configuration, see preforkd\.conf\(5\)'
for text in '' '# nothing' \
	'service off { listen = "127.0.0.1:0"  builtin = "echo"  enabled = no }'; do
	echo "$text" | configure
	run_preforkd -t -c "$conf"
	is "no service: -t is content: $text" "$exit_status" 0
	start_preforkd
	is "no service: it stays" "$?" 0
	like "no service: the log says what to do" "$(log_lines)" "$help"
	like "no service: STATUS says what to do" "$(cat "$notes")" "STATUS=no service is enabled; $help"
	is "no service: no process" "$(workers_of_master)" ''
	stop_preforkd
	is "no service: status 0 at the end" "$exit_status" 0
done

# --- 64 and 78 -----------------------------------------------------------------------
echo_service echo | configure
while IFS='|' read -r wanted text arguments; do
	# shellcheck disable=SC2086 # words
	run_preforkd --log=plain $arguments
	is "status $wanted: $text" "$exit_status" "$wanted"
	like "a reason: $text" "$err" 'preforkd: .'
	not_ok "it did not serve: $text" grep -q 'listening on' "$work/err"
done <<END
64|an unknown option|--nonsense -c $conf
64|two jobs at once|-c $conf -l 127.0.0.1:0 -b echo
78|no such file|-c $work/no.conf
78|a folder|-c $work
78|a test of no such file|-t -c $work/no.conf
78|settings of no such file|-T -c $work/no.conf
END
for text in 'service x {' 'nonsense = 1' 'service x { listen = 7 }' \
	'service x { builtin = "echo"  workers = 0 }'; do
	echo "$text" | configure
	for arguments in '-c' '-t -c' '-T -c' '-X -c'; do
		# shellcheck disable=SC2086 # words
		run_preforkd --log=plain $arguments "$conf"
		is "status 78: $arguments: $text" "$exit_status" 78
	done
done
done_testing
