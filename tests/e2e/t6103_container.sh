#!/bin/bash
# t6103_container.sh - preforkd as a container has it: PID 1, not root, a root folder that
# is read-only, nothing in it but itself and its libraries.
#
# What packaging/container/Containerfile describes, without an engine: the namespaces are
# made by hand.  Its configuration is loaded, one for the test is run.
# shellcheck source=tests/e2e/recipes_lib.sh
. "$(dirname "$0")/recipes_lib.sh"

ip link set lo up
container=$SRCDIR/packaging/container
root=$work/root
mkdir -p "$root"/{usr/sbin,usr/bin,etc/preforkd,proc,dev,run/preforkd,tmp}
put() { # PROGRAM PLACE: and the libraries that it wants
	local library
	install "$1" "$root$2"
	while read -r library; do
		[ -e "$root$library" ] || install -D "$library" "$root$library"
	done < <(ldd "$1" | grep -o '/[^ ]*\.so[^ ]*')
}
put "$PREFORKD" /usr/sbin/preforkd
put "$PREFORKCTL" /usr/bin/preforkctl
put "$(command -v dash)" /usr/bin/sh
put "$(command -v sleep)" /usr/bin/sleep
put "$(command -v cat)" /usr/bin/cat
mknod -m 666 "$root/dev/null" c 1 3
printf 'root:x:0:0::/:/bin/sh\nserve:x:999:999::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nserve:x:999:\n' >"$root/etc/group"
cat >"$root/usr/bin/leaves" <<'END'
#!/usr/bin/sh
# A program that leaves orphans behind, again and again.
while :; do
	(sleep 0.1 &)
	sleep 0.1
done
END
chmod 755 "$root/usr/bin/leaves"
cat >"$root/etc/preforkd/preforkd.conf" <<'END'
defaults { stop_timeout = 25s }
service echo { listen = "127.0.0.1:7007"  builtin = echo  min_spare = 4 }
service cat { listen = "127.0.0.1:7008"  inetd = "/usr/bin/cat"  min_spare = 4 }
service leaves { listen = "127.0.0.1:7009"  program = "/usr/bin/leaves" }
END
is "the image's own configuration needs no user" \
	"$(grep -cE '^[[:space:]]*(user|group) ' "$container/preforkd.conf")" 0
run_preforkd -t -c "$container/preforkd.conf"
is "and is one" "$exit_status" 0

# As the last line of the Containerfile has it.
entry=$(sed -n 's/^ENTRYPOINT //p' "$container/Containerfile" |
	"$PYTHON" -c 'import json, sys; print(*json.load(sys.stdin))')
export RUNTIME_DIRECTORY=/run/preforkd
mark_log
unshare --mount --pid --fork --kill-child bash -c "
	mount --bind '$root' '$root' && cd '$root' && mount -t proc proc proc &&
	mount -t tmpfs -o uid=999,gid=999,mode=755 run run/preforkd && mount -o remount,bind,ro '$root' &&
	exec chroot --userspec=999:999 --groups=999 '$root' $entry" 2>>"$log" </dev/null &
outer=$!
wait_for_log "ready, 3 services" 30 || { fail "it serves" && done_testing; }
init=$(pgrep -P "$outer")
like "as PID 1" "$(grep NSpid "/proc/$init/status")" '[[:space:]]1$'
is "not as root" "$(stat -c %u "/proc/$init")" 999
is "echo" "$(echo hello | ask 127.0.0.1:7007)" hello
is "a command" "$(echo hello | ask 127.0.0.1:7008)" hello
inside() { nsenter -t "$init" --mount --pid --root --wd -S 999 -G 999 "$@"; }
ok "preforkctl is content, as the readiness probe asks" inside /usr/bin/preforkctl status echo
ok "and as the liveness probe does" inside /usr/bin/preforkctl version

# --- orphans ----------------------------------------------------------------------------
# The program and what it leaves are children of PID 1 in the end; none stays a zombie.
leaver=$(pgrep -P "$init" -f leaves)
find_orphan() {
	one=$(pgrep -P "$init" -x sleep | head -n 1)
	[ -n "$one" ]
}
wait_until 20 find_orphan
like "an orphan of a program comes to PID 1" "$one" .
ok "and is reaped" wait_until 20 is_gone "$one"
is "the program goes on" "$(pgrep -P "$init" -f leaves | grep -cx "$leaver")" 1

# --- a stop under load --------------------------------------------------------------------
number=200
[ -z "${PREFORKD_LONG:-}" ] || number=20000
for port in 7007 7008; do
	like "$number connections at port $port" \
		"$("$LOAD" -q -n $number -c 8 -p 1 -d 30 127.0.0.1:$port)" "^connections=$number failed=0 "
done
held() { echo x >&7 && read -r -t 20 _ <&7; }
exec 7<>/dev/tcp/127.0.0.1/7008
ok "a command serves somebody" held
kill -TERM "$init"
ok "SIGTERM: it finishes what is in hand" wait_for_log 'SIGTERM: finishing'
ok "who is being served is served on" held
exec 7>&-
wait_until 30 is_gone "$init"
wait "$outer"
is "and then it ends with status 0" "$?" 0
unlike "without a complaint" "$(log_lines)" 'cannot|killed by'
done_testing
