#!/bin/bash
# t0001_command_line.sh - options, exit statuses, and what -t must not do.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- said and done -----------------------------------------------------------------
run_preforkd -V
is "-V succeeds" "$exit_status" 0
like "-V says the version on stdout" "$out" '^preforkd [0-9]+\.[0-9]+\.[0-9]+'
version=$out
run_preforkd --version
is "--version is -V" "$exit_status $out" "0 $version"

run_preforkd -h
help=$out
is "-h succeeds" "$exit_status" 0
for option in --config --test --strict --log --version --help --listen --workers --builtin \
	--inetd --user; do
	like "-h names $option" "$help" "$option"
done
run_preforkd --help
is "--help is -h" "$exit_status $out" "0 $help"

# --- a disk that is full -------------------------------------------------------------
for ((i = 0; i < 200; i++)); do
	echo "$((9000 + i)) stream tcp nowait nobody /bin/cat cat"
done >"$work/inetd.conf"
"$PREFORKCTL" convert "$work/inetd.conf" >"$work/large.conf" 2>/dev/null
cannot_write() { # NAME COMMAND...
	local name=$1
	shift
	"$@" >/dev/full 2>"$work/err"
	is "$name: status 1" "$?" 1
	like "with a reason" "$(tail -n 1 "$work/err")" '^prefork(d|ctl): cannot write.*: (No space left on device|Input/output error)$'
}
printf 'service a { listen = 7000  builtin = "echo" }\n' >"$work/small.conf"
cannot_write "preforkd -T" "$PREFORKD" --log=plain -T -c "$work/small.conf"
cannot_write "with more than a buffer" "$PREFORKD" --log=plain -T -c "$work/large.conf"
cannot_write "preforkd -h" "$PREFORKD" -h
cannot_write "preforkctl with more than a buffer" "$PREFORKCTL" convert "$work/inetd.conf"

# --- usage -------------------------------------------------------------------------
while IFS='|' read -r what arguments; do
	# shellcheck disable=SC2086 # words
	run_preforkd $arguments
	is "status 64: $what" "$exit_status" 64
	like "a reason on stderr: $what" "$err" '^preforkd: .'
done <<'END'
an unknown option|-Z
an unknown long option|--nonsense
an operand without -l|/etc/passwd
an unknown destination for the log|--log=moon
an option without its value|-c
a program with nothing to listen on|-w 4 -- /bin/cat
-b together with a command|-l 127.0.0.1:0 -b echo -- /bin/cat
a service on the command line together with a file|-c x.conf -l 127.0.0.1:0 -b echo
END

# --- -t ----------------------------------------------------------------------------
configure <<END
service echo { listen = {"127.0.0.1:0", "$work/new.sock", "$work/stale.sock"}  builtin = "echo"  $(user_line) }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  workers = 3  $(user_line) }
END
"$PYTHON" -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/stale.sock"

run_preforkd -t -c "$conf"
is "-t succeeds on a good file" "$exit_status" 0
like "-t says so in the usual words, on stderr" "$err" \
	"preforkd: the configuration file $conf syntax is ok
preforkd: configuration file $conf test is successful\$"
not_ok "-t makes no socket" test -e "$work/new.sock"
ok "-t leaves a stale one alone" test -S "$work/stale.sock"

if strace -o /dev/null true 2>/dev/null; then
	# Looking up a user may connect to the name service; that is not ours.
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$work/strace" \
		-e trace=bind,listen,connect,unlink,unlinkat,rename,fork,vfork \
		"$PREFORKD" -t -c "$conf" 2>/dev/null
	is "-t neither binds, listens, connects nor unlinks" \
		"$(grep -v -e nscd -e '+++' -e '---' "$work/strace")" ""
else
	skip "-t neither binds, listens, connects nor unlinks" "ptrace: strace cannot trace"
fi

run_preforkd --test --config="$conf"
is "--test --config= is -t -c" "$exit_status" 0

echo 'service echo { listen = 7 builtin = "ehco" }' >"$work/bad.conf"
run_preforkd -t -c "$work/bad.conf"
is "-t on a bad file: status 78" "$exit_status" 78
like "the reason has file, line and key" "$err" "$work/bad.conf:1: (echo: )?builtin: "
like "the verdict is the last line" "$err" \
	"preforkd: configuration file $work/bad.conf test failed\$"
run_preforkd -c "$work/bad.conf"
is "a start with it: status 78" "$exit_status" 78
run_preforkd -c "$work/none.conf"
is "a start without a file: status 78" "$exit_status" 78
like "it names the file" "$err" "$work/none.conf"

# --- -T ----------------------------------------------------------------------------
run_preforkd -T -c "$conf"
is "-T succeeds" "$exit_status" 0
like "-T prints each value with its origin" "$out" "workers = 3 .*$conf:2"
like "-T prints defaults too" "$out" 'stop_timeout = "?30s"? .*default'

# --- services from the command line ------------------------------------------------
me=()
[ "$(id -u)" != 0 ] || me=(-u nobody)

cd "$work" || exit # the build folder may be closed to nobody
start_preforkd "${me[@]}" -l 127.0.0.1:0 -w 2 -b echo
is "-l -b serves" "$(echo hello | ask "$(address_of '[^:]*')")" hello
is "-w says how many" "$(workers_of_master | wc -l)" 2
stop_preforkd
is "SIGTERM ends it with status 0" "$exit_status" 0

mkdir "$work/dir"
printf '#!/bin/sh\nexec sed s/^/ours:/\n' >"$work/dir/filter"
chmod 755 "$work/dir" "$work/dir/filter"
cd "$work/dir" || exit
start_preforkd "${me[@]}" -l 127.0.0.1:0 --inetd -- ./filter
is "--inetd runs a command of the caller's directory" \
	"$(echo hello | ask "$(address_of '[^:]*')")" ours:hello
stop_preforkd INT
is "SIGINT ends it with status 0" "$exit_status" 0
PATH=$work/dir:$PATH
start_preforkd "${me[@]}" --listen=127.0.0.1:0 --workers=2 --inetd -- filter
is "and one of the caller's PATH" "$(echo hello | ask "$(address_of '[^:]*')")" ours:hello
stop_preforkd

# --- run time ----------------------------------------------------------------------
start_preforkd "${me[@]}" -l 127.0.0.1:0 -b echo
taken=$(address_of '[^:]*')
run_preforkd --log=plain "${me[@]}" -l "$taken" -b echo
is "not one service up: status 1" "$exit_status" 1
like "with the reason" "$err" "$taken.*[Aa]ddress already in use"
cat >"$work/two.conf" <<END
service good { listen = "127.0.0.1:0"  builtin = "echo"  $(user_line) }
service bad { listen = "$taken"  builtin = "echo"  $(user_line) }
END
run_preforkd --log=plain --strict -c "$work/two.conf"
is "--strict: one that cannot listen is enough" "$exit_status" 1
ok "the first is not disturbed" test "$(echo hello | ask "$taken")" = hello
done_testing
