#!/bin/bash
# t2001_activation.sh - sockets that systemd, or whoever speaks its protocol, opened.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

defaults() { echo "defaults { $(user_line) workers = 2 }"; }

# --- systemd-socket-activate -------------------------------------------------------
# socket_activate [ARGUMENT...]: in the background, at 127.0.0.1:$port and act.sock,
# as $master, since preforkd will be that very process.  It passes on only those
# variables that it is told to.  It cannot take port 0: one that was free a moment
# ago is tried, and another one if somebody was faster.
socket_activate() {
	local tries=5
	listen_for_notes
	while [ $((tries--)) -gt 0 ]; do
		port=$(free_port)
		launch systemd-socket-activate -E NOTIFY_SOCKET -E PREFORKD_TEST_MARK \
			-E ASAN_OPTIONS -E UBSAN_OPTIONS -l "127.0.0.1:$port" \
			-l "$work/act.sock" "$@" "$PREFORKD" --log=plain -c "$conf"
		wait_until 10 both_listen_or_gone
		is_gone "$master" || return 0
		wait_for_end 1
		rm -f "$work/act.sock"
	done
	return 1
}
both_listen_or_gone() { log_has 'Listening on .* as 4' || is_gone "$master"; }

socket_activate
configure <<-END
	$(defaults)
	service echo { listen = "127.0.0.1:$port"  builtin = "echo" }
	service daytime { listen = "$work/act.sock"  builtin = "daytime" }
END
is "nothing runs before the first connection" "$(cat "$notes")" ""
is "the first connection is answered, by address, over TCP" \
	"$(echo hello | ask "127.0.0.1:$port")" hello
wait_for_note '^READY=1$'
like "by address, over a unix socket" "$(ask "$work/act.sock" </dev/null)" '^[A-Z][a-z]+.*20[0-9][0-9]'
ok "as many workers as configured for both" test "$(workers_of_master | wc -l)" = 4
inode=$(stat -c %i "$work/act.sock")
stop_preforkd
is "it ends with status 0" "$exit_status" 0
is "the path of a socket that is not ours stays" "$(stat -c %i "$work/act.sock")" "$inode"
rm "$work/act.sock"

socket_activate --fdname=echo:daytime
configure <<-END
	$(defaults)
	service daytime { builtin = "daytime" }
	service echo { builtin = "echo" }
END
is "by name, whatever the order, over TCP" "$(echo hello | ask "127.0.0.1:$port")" hello
wait_for_note '^READY=1$'
like "by name, over a unix socket" "$(ask "$work/act.sock" </dev/null)" '^[A-Z][a-z]+.*20[0-9][0-9]'
stop_preforkd

# --- the protocol's corners --------------------------------------------------------
# activate [NAME=]KIND...: the addresses are in $at then.
activate() {
	rm -f "$work/where"
	launch "$PYTHON" "$here/activate" "$work/where" "$@" -- "$PREFORKD" --log=plain -c "$conf"
	wait_until 10 test -e "$work/where"
	mapfile -t at <"$work/where"
	wait_until 20 is_ready_or_gone
}

configure <<-END
	$(defaults)
	service only { builtin = "echo" }
END
activate stream nonblocking "$work/three.sock"
for where in "${at[@]}"; do
	is "a single service without listen adopts all that is passed: ${where##*/}" \
		"$(echo hello | ask "$where")" hello
done
blocking=0
for info in /proc/"$master"/fdinfo/*; do
	[[ $(readlink "/proc/$master/fd/${info##*/}") == socket:* ]] || continue
	inode=$(readlink "/proc/$master/fd/${info##*/}" | tr -dc 0-9)
	ss -Hltne | grep -q "ino:$inode " || continue
	flags=$(awk '$1 == "flags:" { print $2 }' "$info")
	((8#$flags & 8#4000)) || blocking=$((blocking + 1))
done
is "a non-blocking one is made blocking" $blocking 2
stop_preforkd

configure <<-END
	$(defaults)
	service echo { builtin = "echo" }
	service other { listen = "127.0.0.1:0"  builtin = "echo" }
END
activate echo=stream eccho=stream
wait_for_log "'eccho'.*${at[1]}|${at[1]}.*'eccho'"
like "a socket that matches no service is an error that says which" "$(log_lines)" \
	"${at[1]}"
unlike "the others are not mentioned" "$(log_lines | grep -v listening)" "${at[0]}"
[ -z "$master" ] || stop_preforkd

for kind in datagram unbound pipe; do
	activate echo=$kind
	stop_preforkd KILL
	case $kind in
	datagram) why='no stream socket' ;;
	unbound) why='not listening' ;;
	pipe) why='no socket' ;;
	esac
	like "an unfit socket is an error that says why: $kind" "$(log_lines)" "echo.*$why"
done

# --- what was not meant for us -----------------------------------------------------
configure <<-END
	$(defaults)
	service echo { listen = "127.0.0.1:0"  builtin = "echo" }
END
export LISTEN_FDS=3 LISTEN_PID=1
start_preforkd
is "LISTEN_FDS of another process is nothing to us" \
	"$(echo hello | ask "$(address_of echo)")" hello
unset LISTEN_FDS LISTEN_PID
done_testing
