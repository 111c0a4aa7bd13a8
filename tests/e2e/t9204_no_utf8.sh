#!/bin/bash
# t9204_no_utf8.sh - names and values in another encoding than UTF-8: the control bus
# takes none of it, and must tell all the rest.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

odd=$'caf\xe9' # in Latin-1

# --- addresses: refused --------------------------------------------------------------
for address in "/run/$odd.sock" "@$odd"; do
	printf 'service a {\n listen = "%s"  builtin = "echo"\n}\n' "$address" >"$work/bad.conf"
	run_preforkd -t -c "$work/bad.conf"
	is "${address:0:4}...: refused" "$exit_status" 78
	like "with what is wrong" "$err" "bad.conf:2: listen: '.*' is no address: it is not UTF-8"
done

# --- all else: told with a '?' -------------------------------------------------------
conf=$work/$odd.conf
settings() { # PROGRAM
	configure <<-END
		control = "$control"
		defaults { $(user_line) }
		service good { listen = "127.0.0.1:0"  inetd = {"/bin/cat", "$odd"} }
		service broken { listen = "127.0.0.1:0"  inetd = {"/$odd"} }
		$1
	END
}
settings ''
start_preforkd || { fail "it starts" && done_testing; }
ok "a service cannot start" wait_for_log 'broken: cannot start workers: execute'
run_preforkctl status
is "status says that" "$exit_status" 1
like "with the reason" "$out" "execute '/caf\?'"
like "and shows the others" "$out" "good "
run_preforkctl status good
is "one service" "$exit_status" 0
like "with its command" "$out" "/bin/cat caf\?"

settings "service c { listen = \"127.0.0.1:0\"  builtin = \"$odd\" }"
run_preforkctl --timeout=20s reload
is "a reload that is refused" "$exit_status" 1
like "says why, and in which file" "$err" "caf\?\.conf:5: .*'caf\?'"
run_preforkctl status
like "and status remembers it" "$out" "caf\?"

settings "service c { listen = \"127.0.0.1:0\"  inetd = {\"/$odd\"} }"
run_preforkctl --timeout=40s reload
like "one that is rolled back says why" "$err" "c: .*execute '/caf\?'"
stop_preforkd
is "the end comes with status 0" "$exit_status" 0
done_testing
