#!/bin/bash
# t3101_descriptors.sh - what every kind of process holds open: its own, and no more.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

printf '#!/bin/sh\nexec sleep 1000\n' >"$work/program"
chmod 755 "$work/program"
configure <<END
defaults { workers = 1  $(user_line) }
service echo { listen = "127.0.0.1:0"  builtin = "echo" }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
service quiet { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  stderr = "null" }
service loud { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  stderr = "connection" }
service app { listen = {"127.0.0.1:0", "127.0.0.1:0"}  program = {"$work/program"} }
service fcgi { listen = "127.0.0.1:0"  program = {"$work/program"}  pass = "stdin" }
service mute { listen = "127.0.0.1:0"  program = {"$work/program"}  stderr = "null" }
END
# What the master itself was given must not go further.
mkfifo "$work/fifo"
exec 7<>"$work/fifo" 9</etc/passwd
start_preforkd || { fail "it starts" && done_testing; }
exec 7>&- 9>&-

# worker SERVICE [N]: the PID of the only one, by what it listens on.
# inode SERVICE [N]: of its listening socket.
inode() { ss -Hltne "sport = :$(port_of "$1" "${2:-1}")" | sed -n 's/.* ino:\([0-9]*\).*/\1/p'; }
holds() { find "/proc/$1/fd" -lname "socket:\[$2\]" 2>/dev/null | grep -q .; }
worker() {
	local pid
	for pid in $(workers_of_master); do
		! holds "$pid" "$(inode "$1")" || printf '%s\n' "$pid"
	done
}

# open_in PID SERVICE: "0 /dev/null, 1 ...", listeners and connections by name.
open_in() {
	local fd to text='' first second
	first=$(inode "$2") second=$(inode "$2" 2)
	for fd in $(cd "/proc/$1/fd" && printf '%s\n' * | sort -n); do
		to=$(readlink "/proc/$1/fd/$fd")
		case $to in
		"socket:[$first]") to=listener ;;
		"socket:[$second]") to='second listener' ;;
		"socket:[${connection:-none}]") to=connection ;;
		"$log") to=log ;;
		anon_inode:*) to=${to#anon_inode:} ;;
		esac
		text+="${text:+, }$fd $to"
	done
	printf '%s\n' "$text"
}

idle='0 /dev/null, 1 /dev/null, 2 log, 3 listener, 4 /dev/null, 5 [eventfd]'
for service in echo cat quiet loud; do
	is "an idle worker: $service" "$(open_in "$(worker $service)" $service)" "$idle"
done
is "a program on LISTEN_FDS, two listeners" "$(open_in "$(worker app)" app)" \
	'0 /dev/null, 1 log, 2 log, 3 listener, 4 second listener'
is "a program on descriptor 0" "$(open_in "$(worker fcgi)" fcgi)" '0 listener, 1 log, 2 log'
is "a program with stderr = null" "$(open_in "$(worker mute)" mute)" \
	'0 /dev/null, 1 /dev/null, 2 /dev/null, 3 listener'

# --- with a connection in hand: it has echoed, so it is being served -----------------
# hold SERVICE: on descriptor 8.
hold() {
	local line
	exec 8<>"/dev/tcp/127.0.0.1/$(port_of "$1")"
	echo hello >&8
	IFS= read -r -t 20 line <&8
	is "it is served: $1" "$line" hello
}
hold echo
connection=$(readlink "/proc/$(worker echo)/fd/6" | tr -dc 0-9)
is "a serving worker has its connection besides" "$(open_in "$(worker echo)" echo)" \
	"$idle, 6 connection"
exec 8>&-
while read -r service err; do
	hold "$service"
	pid=$(worker "$service")
	command=$(pgrep -P "$pid")
	connection=$(readlink "/proc/$command/fd/0" | tr -dc 0-9)
	is "a command: $service" "$(open_in "$command" "$service")" \
		"0 connection, 1 connection, 2 $err"
	is "its worker has let go of the connection: $service" \
		"$(open_in "$pid" "$service")" "$idle"
	exec 8>&-
done <<END
cat log
quiet /dev/null
loud connection
END
done_testing
