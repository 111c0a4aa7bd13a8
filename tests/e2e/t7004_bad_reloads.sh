#!/bin/bash
# t7004_bad_reloads.sh - twenty kinds of bad reload, some rounds of each: descriptors,
# children and memory are as they were before, and the next good one works.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

rounds=3
[ -z "${PREFORKD_LONG:-}" ] || rounds=10
a=127.0.0.1:$(free_port) b=127.0.0.1:$(free_port) u=$work/u.sock
mkdir "$work/folder"

"$PYTHON" - "$work/taken" <<'END' &
import socket, sys, time
sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen()
with open(sys.argv[1], "w") as out:
    out.write("%s:%d\n" % sock.getsockname())
time.sleep(600)
END
wait_until 15 grep -q : "$work/taken"
taken=$(cat "$work/taken")

preamble() { echo "control = \"none\"  defaults { $(user_line)  workers = 2  start_timeout = 5s }"; }
kept() { echo "service kept { listen = \"127.0.0.1:0\"  builtin = \"echo\" }"; }
old() { echo "service t { listen = {\"$a\", \"$u\"}  inetd = {\"/bin/cat\"} }"; }
other() { echo "service other { listen = \"$b\"  builtin = \"echo\" }"; }
good() { preamble && kept && old && other; }

# bad KIND: a configuration that cannot be had.
bad() {
	local kind=$1
	[ "$kind" = max_workers_total ] && echo "max_workers_total = 7"
	preamble
	kept
	case $kind in
	syntax) echo 'service t { listen = ' ;;
	brace) old | tr -d '}' ;;
	unknown_key) old && echo 'service x { listen = "127.0.0.1:0"  builtin = "echo"  wrokers = 2 }' ;;
	bad_value) old && echo 'service x { listen = "127.0.0.1:0"  builtin = "echo"  workers = "many" }' ;;
	missing_include) old && echo "include(\"$work/none.conf\")" ;;
	include_itself) old && echo "include(\"$conf\")" ;;
	unknown_user) old && echo 'service x { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  user = "nobody-at-all" }' ;;
	bad_address) old && echo 'service x { listen = "127.0.0.1:99999"  builtin = "echo" }' ;;
	duplicate_names) old && old ;;
	duplicate_addresses) old && echo "service x { listen = \"$a\"  builtin = \"echo\" }" ;;
	nothing_to_listen) old && echo 'service x { builtin = "echo" }' ;;
	max_workers_total) old && other ;;
	no_handler) old && echo 'service x { listen = "127.0.0.1:0" }' ;;
	port_in_use) echo "service t { listen = {\"$a\", \"$taken\"}  inetd = {\"/bin/cat\"} }" && other ;;
	no_folder) echo "service t { listen = {\"$work/none/s\", \"$u\"}  inetd = {\"/bin/cat\"} }" && other ;;
	missing_command) echo "service t { listen = {\"$a\", \"$u\"}  inetd = {\"$work/none\"} }" && other ;;
	dying_program) echo "service t { listen = {\"$a\", \"$u\"}  program = {\"/bin/false\"}  workers = 3 }" && other ;;
	never_ready)
		echo "service t { listen = {\"$a\", \"$u\"}  program = {\"/bin/sleep\", \"600\"}  ready = \"notify\"" \
			"start_timeout = 100ms }" && other
		;;
	added_fails)
		old && other && echo "service x { listen = {\"127.0.0.1:0\", \"$work/x.sock\", \"$taken\"}  builtin = \"echo\" }"
		;;
	swap_fails)
		echo "service t { listen = \"$b\"  inetd = {\"$work/none\"} }" \
			"service other { listen = {\"$a\", \"$u\"}  builtin = \"echo\" }"
		;;
	rename_fails) other && echo "service x { listen = {\"$u\", \"$a\"}  inetd = {\"$work/none\"} }" ;;
	descriptors) old && other && "$PYTHON" -c 'for n in range(40): print("service d%d { listen = \"127.0.0.1:0\"  builtin = \"echo\"  workers = 1 }" % n)' ;;
	esac
}
kinds='syntax brace unknown_key bad_value missing_include include_itself unknown_user bad_address
	duplicate_names duplicate_addresses nothing_to_listen max_workers_total no_handler
	port_in_use no_folder missing_command dying_program never_ready added_fails swap_fails
	rename_fails descriptors folder vanished unreadable'

# A bad one in place of the configuration.
put() {
	rm -rf "$conf"
	case $1 in
	folder) mkdir "$conf" ;;
	vanished) ;;
	unreadable) ln -s "$conf" "$conf" ;;
	*) bad "$1" >"$conf" ;;
	esac
}

descriptors() { readlink /proc/"$master"/fd/* | sort; }
same_descriptors() { [ "$(descriptors)" = "$before" ]; }
same_children() { [ "$(workers_of_master | sort)" = "$all" ]; }
anonymous_kib() { awk '/^Anonymous:/ { print $2 }' "/proc/$master/smaps_rollup"; }
mappings() { grep -c . "/proc/$master/maps"; }

good >"$conf"
start_preforkd
all=$(workers_of_master | sort) before=$(descriptors)
# So often that a forgotten one of the smallest things would show, before bigger ones leave
# room in the heap: one that is refused at its last check, one that is rolled back.
for one in nothing_to_listen swap_fails; do
	put $one
	for ((n = 0; n < 70; n++)); do
		[ $n != 10 ] || { memory=$(anonymous_kib) maps=$(mappings); }
		reload
	done
	wait_until 15 same_children
	grown=$(($(anonymous_kib) - memory))
	# A sanitizer keeps what was freed for a while; it says itself what leaks.
	if ! grep -q libasan "/proc/$master/maps"; then
		ok "$one, 60 times: memory has not grown: $grown KiB of $memory" test $grown -lt 80
		ok "$one, 60 times: nor the mappings: $(mappings), $maps before" test "$(mappings)" -le $((maps + 4))
	fi
done

for one in $kinds; do
	put "$one"
	# So few that the forty do not fit; there are some to spare for everything else.
	[ "$one" != descriptors ] || prlimit --pid "$master" --nofile=$(($(wc -l <<<"$before") + 30)):
	first='' wrong=''
	for ((n = 1; n <= rounds; n++)); do
		reload || wrong+=" no end"
		[[ $(outcome) == 'reload failed: '* ]] || wrong+=" $(log_lines)"
		# Those that are given up again take a moment.
		if [ "$one" = added_fails ] || [ "$one" = descriptors ]; then
			wait_until 20 same_children || wrong+=" children"
		fi
		said=$(log_lines | grep -vE 'reloading|reload failed|listening|given up|unchanged')
		[ -n "$first" ] || first=$said
		[ -n "$said" ] || wrong+=" nothing said"
	done
	diag <<<"$one: ${first%%$'\n'*}"
	is "$one: refused $rounds times, with a reason" "$wrong" ""
	ok "$one: the same children" wait_until 15 same_children
	ok "$one: the same descriptors" wait_until 15 same_descriptors
	[ "$one" != descriptors ] || prlimit --pid "$master" --nofile="$(ulimit -Hn)":
	is "$one: it serves" "$(echo hi | ask "$a") $(echo ho | ask "$u") $(echo hu | ask "$b")" "hi ho hu"
done

ok "the same children after all" wait_until 15 same_children
ok "the same descriptors after all" wait_until 15 same_descriptors
grown=$(($(anonymous_kib) - memory))
rm -rf "$conf"
good | sed 's/service other {/& workers = 3/' >"$conf"
reload
is "the next good one works" "$(outcome)" "reloaded: 2 unchanged, 1 reloaded"
is "and counts" "$(pids other | wc -l)" 3
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
