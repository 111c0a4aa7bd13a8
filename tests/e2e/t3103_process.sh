#!/bin/bash
# t3103_process.sh - what a worker, a command and a program are as processes: whose,
# in which group, with which limits; and that they end with their master.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

user=$(id -un) group=$(id -gn) groups=$(id -G | tr ' ' '\n' | sort -n | xargs)
if [ "$user" = root ]; then
	user=nobody group=$(id -gn nobody) groups=$(id -G nobody)
fi
uid=$(id -u "$user") gid=$(getent group "$group" | cut -d: -f3)
umask_before=$(umask)
printf '#!/bin/sh\nexec sleep 1000\n' >"$work/program"
chmod 755 "$work/program"
configure <<END
defaults { workers = 1  $(user_line)  umask = 0027  nice = 3  limit_nofile = 500  limit_core = 0  working_directory = "/usr" }
service echo { listen = "127.0.0.1:0"  builtin = "echo" }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
service app { listen = "127.0.0.1:0"  program = {"$work/program"} }
END
# The master's own are others; and a signal that is ignored would be inherited.
trap '' HUP PIPE USR2
start_preforkd || { fail "it starts" && done_testing; }
trap - PIPE USR2
trap 'exit 143' HUP
is "the umask of this script is another" "$([ "$umask_before" = 0027 ] || echo another)" another

status() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr '\t' ' ' | sed 's/ *$//'; }
# stat PID FIELD: of those that follow the name: 2 parent, 3 group, 4 session.
stat_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f"$2"; }
limit() { sed -n "s/^$2 *\([^ ]*\) *\([^ ]*\) .*/\1 \2/p" "/proc/$1/limits"; }
worker() { pgrep -P "$master" -f "^preforkd: $1\[0\]"; }

# look PID NAME: what all of them have in common.
look() {
	is "$2: user" "$(status "$1" Uid)" "$uid $uid $uid $uid"
	is "$2: group" "$(status "$1" Gid)" "$gid $gid $gid $gid"
	is "$2: groups" "$(status "$1" Groups | tr ' ' '\n' | sort -n | xargs)" "$groups"
	is "$2: no capability" "$([ "$uid" = 0 ] || status "$1" CapEff)" 0000000000000000
	is "$2: no_new_privs" "$(status "$1" NoNewPrivs)" 1
	is "$2: no signal is blocked" "$(status "$1" SigBlk)" 0000000000000000
	is "$2: none is ignored" "$(status "$1" SigIgn)" 0000000000000000
	is "$2: umask" "$(status "$1" Umask)" 0027
	is "$2: nice" "$(stat_of "$1" 17)" 3
	is "$2: limit_nofile" "$(limit "$1" 'Max open files')" "500 500"
	is "$2: limit_core" "$(limit "$1" 'Max core file size')" "0 0"
	is "$2: working directory" "$(readlink "/proc/$1/cwd")" /usr
	is "$2: no terminal" "$(stat_of "$1" 5)" 0
}
hold() { # on descriptor 8, until it has echoed
	exec 8<>"/dev/tcp/127.0.0.1/$(port_of "$1")"
	echo hello >&8
	IFS= read -r -t 20 line <&8
}
hold cat
echo=$(worker echo) cat=$(worker cat) app=$(pgrep -P "$master" -x sleep)
command=$(pgrep -P "$cat")
look "$echo" "a worker"
look "$command" "a command"
look "$app" "a program"
for pid in "$echo" "$cat" "$app"; do
	is "its group and session are its own, not the master's" \
		"$(stat_of "$pid" 3) $(stat_of "$pid" 4)" "$pid $pid"
done
is "a command leads a group, in its worker's session" \
	"$(stat_of "$command" 3) $(stat_of "$command" 4)" "$command $cat"
for pid in "$command" "$app"; do
	is "foreign code catches nothing before it says so" \
		"$(status "$pid" SigCgt)" 0000000000000000
done
like "a serving worker's title names its client" "$(tr '\0' ' ' <"/proc/$cat/cmdline")" \
	'^preforkd: cat\[0\] 127\.0\.0\.1:[1-9][0-9]* *$'
like "an idle worker's says so" "$(tr '\0' ' ' <"/proc/$echo/cmdline")" '^preforkd: echo\[0\] idle *$'

# --- the ends of others ----------------------------------------------------------------
kill -KILL "$cat"
ok "a command ends with its worker" wait_until 10 is_gone "$command"
exec 8>&-
replaced() { [ -n "$(worker cat)" ] && [ "$(worker cat)" != "$cat" ]; }
ok "which is replaced" wait_until 10 replaced
hold cat
is "and serves" "$line" hello
cat=$(worker cat)
stop_preforkd KILL
ok "killed, the master takes idle workers with it" wait_until 10 is_gone "$echo"
ok "and programs" wait_until 10 is_gone "$app"
echo again >&8
IFS= read -r -t 20 line <&8
is "the connection in hand goes on" "$line" again
not_ok "its worker is there still" is_gone "$cat"
exec 8>&-
ok "until it is over" wait_until 10 is_gone "$cat"

# --- Ctrl-C -------------------------------------------------------------------------
launch "$PYTHON" "$here/on-terminal" "$log" "$PREFORKD" --log=plain -c "$conf"
terminal=$master
wait_for_note '^READY=1$'
master=$(pgrep -P "$terminal")
is "the master is in the foreground of a terminal" \
	"$(stat_of "$master" 3)" "$(stat_of "$master" 6)"
hold cat
cat=$(worker cat) command=$(pgrep -P "$(worker cat)")
kill -USR1 "$terminal"
ok "Ctrl-C reaches the master" wait_for_note '^STOPPING=1$'
ok "idle workers leave" wait_until 10 test -z "$(worker echo)"
not_ok "the command has not noticed" is_gone "$command"
echo again >&8
IFS= read -r -t 20 line <&8
is "and serves" "$line" again
exec 8>&-
master=$terminal
wait_for_end
is "then all ends, with status 0" "$exit_status" 0
done_testing
