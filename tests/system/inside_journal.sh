#!/bin/bash
# inside_journal.sh - what journal.sh runs in the booted system.
# shellcheck source=tests/system/inside_lib.sh
. "$(dirname "$0")/inside_lib.sh"
: "${installed_catalog:?}"

# The journal looks below these two prefixes.
case $installed_catalog in
/usr/lib/* | /usr/local/lib/*) ;;
*) cp "$installed_catalog" /usr/lib/systemd/catalog/ ;;
esac
ok "the catalog is taken" journalctl --update-catalog
systemd-sysusers "$installed_users"
mkdir -p "$(dirname "$installed_conf")"

cat >/srv/command <<'END'
#!/bin/sh
read -r word
echo "said $word" >&2
case $word in
bad) exit 128 ;;
kill) kill -KILL $PPID; sleep 5 ;;
endless) exec sleep 100 ;;
esac
END
chmod 755 /srv/command
cat >"$installed_conf" <<-END
	service git { listen = {9418, "/run/preforkd/git.sock"}  inetd = {"/srv/command"}  workers = 2
		max_duration = 1s  kill_timeout = 300ms }
	service broken { listen = 9419  inetd = {"/srv/missing"} }
	service all { listen = 9420  builtin = "echo"  workers = 8  log_connections = all }
END
ok "it starts" systemctl start preforkd.service

id_of() { sed -n "s/^#define MESSAGE_$1 \"\(.*\)\"/\1/p" /srv/message_id.h; }
# record ID MATCH...: the last record of that kind, as JSON, when it is there.
record() {
	local id
	id=$(id_of "$1")
	wait_until 15 has_record "$id" "${@:2}"
	journalctl -q -o json -n 1 "MESSAGE_ID=$id" "${@:2}"
}
has_record() { journalctl -q -o cat -n 1 "MESSAGE_ID=$1" "${@:2}" | grep -q .; }
# field NAME: of the record on standard input.
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }
# explained ID MATCH...: what journalctl -x says besides the line itself.
explained() { journalctl -q -x -n 1 "MESSAGE_ID=$(id_of "$1")" "${@:2}" | sed -n 's/^░░ //p'; }

# --- the master --------------------------------------------------------------------
like "ready" "$(record READY | field MESSAGE)" '^ready, 2 of 3 services, [1-9][0-9]* workers$'
listening=$(record LISTENING PREFORKD_POOL=git/2)
is "where a service listens: the service" "$(field PREFORKD_SERVICE <<<"$listening")" git
is "the identifier" "$(field SYSLOG_IDENTIFIER <<<"$listening")" preforkd
broken=$(record START_FAILED PREFORKD_SERVICE=broken)
is "a failed start: its cause" "$(field PREFORKD_CAUSE <<<"$broken")" failed-start
is "its priority" "$(field PRIORITY <<<"$broken")" 3
like "is explained, with what to look at" "$(explained START_FAILED)" 'working_directory'
like "the name of the service is in the subject" "$(explained START_FAILED)" \
	'Subject: Service broken cannot start its workers'
like "it refers to the manual" "$(explained START_FAILED)" 'Documentation: man:preforkd.conf\(5\)'

# --- a connection ------------------------------------------------------------------
echo bad | ask 127.0.0.1:9418
failed=$(record CONNECTION_FAILED PREFORKD_SERVICE=git)
like "a failed connection: the client" "$(field PREFORKD_PEER <<<"$failed")" '^127\.0\.0\.1:[1-9][0-9]*$'
is "the pool" "$(field PREFORKD_POOL <<<"$failed")" git
like "the slot" "$(field PREFORKD_SLOT <<<"$failed")" '^[01]$'
like "the generation" "$(field PREFORKD_GENERATION <<<"$failed")" '^[0-9]+$'
is "the cause" "$(field PREFORKD_CAUSE <<<"$failed")" exit-code
like "how long it lasted" "$(field PREFORKD_DURATION_USEC <<<"$failed")" '^[1-9][0-9]+$'
is "the line comes from the worker" "$(field _COMM <<<"$failed")" preforkd
like "it is explained with the knob" "$(explained CONNECTION_FAILED)" 'log_connections = none'
echo endless | ask 127.0.0.1:9418
late=$(record CONNECTION_TIMED_OUT PREFORKD_SERVICE=git)
is "one that was too long: the deadline is the cause" "$(field PREFORKD_CAUSE <<<"$late")" max_duration
like "and is named by the subject" "$(explained CONNECTION_TIMED_OUT)" \
	'Subject: A connection of git was ended by max_duration'
echo hello | ask 127.0.0.1:9420 >/dev/null
like "log_connections = all" "$(record CONNECTION_DONE PREFORKD_SERVICE=all | field MESSAGE)" \
	'connection done after .*: 6 bytes in, 6 bytes out$'

# --- the end of a worker -----------------------------------------------------------
echo kill | ask /run/preforkd/git.sock
killed=$(record WORKER_KILLED PREFORKD_POOL=git/2)
is "a killed worker: the cause" "$(field PREFORKD_CAUSE <<<"$killed")" signal
like "the client that it served" "$(field PREFORKD_PEER <<<"$killed")" '^unix'
like "its pid" "$(field PREFORKD_PID <<<"$killed")" '^[1-9][0-9]+$'
is "what it had served" "$(field PREFORKD_CONNECTIONS <<<"$killed")" 0
is "the master says it" "$(field _PID <<<"$killed")" "$(property preforkd.service MainPID)"
like "it is explained" "$(explained WORKER_KILLED)" 'limit_core'

# --- a reload ----------------------------------------------------------------------
good=$(cat "$installed_conf")
# reload CONFIGURATION: of the running master, which is not waited for.
reload() {
	printf '%s\n' "$1" >"$installed_conf"
	kill -HUP "$(property preforkd.service MainPID)"
}
reload 'service git {'
is "a reload that is refused" "$(record RELOAD_REFUSED | field PRIORITY)" 3
like "is explained with what to do" "$(explained RELOAD_REFUSED)" 'preforkd -t'
reload "${good/srv\/command/srv/missing}"
back=$(record ROLLED_BACK)
is "a service that is rolled back is named" "$(field PREFORKD_SERVICE <<<"$back")" git
like "so it is in the explanation" "$(explained ROLLED_BACK)" 'Subject: The change of git was rolled back'
before=$(field PREFORKD_GENERATION <<<"$failed")
reload "${good/workers = 2/workers = 3}"
like "a good one" "$(record RELOADED | field MESSAGE)" '^reloaded: '
newer() {
	echo bad | ask 127.0.0.1:9418
	[ "$(record CONNECTION_FAILED PREFORKD_SERVICE=git | field PREFORKD_GENERATION)" -gt "$before" ]
}
ok "its workers are of another generation" wait_until 10 newer

# --- stderr of foreign code --------------------------------------------------------
said() { journalctl -q -o json -t preforkd-git | grep '"said bad"'; }
ok "what a command writes to stderr is under a name of its service" wait_until 10 said
is "with the priority of information" "$(said | tail -n 1 | field PRIORITY)" 6

# --- what preforkd(8) says to type -----------------------------------------------------
typed() { # PATTERN ERE
	local command
	command=$(of_page preforkd.8 "journalctl $1")
	like "preforkd(8): $command" "$(bash -c "$command" 2>&1)" "$2"
}
typed '-x .*' '░░ Subject: Service broken cannot start its workers'
typed 'PREFORKD_SERVICE=git' 'git: listening on'
typed '-o cat .*' $'(^|\n)127\.0\.0\.1:[1-9]'
typed '-t preforkd-git' 'said bad'

# --- a journal that hangs ----------------------------------------------------------
journald=$(property systemd-journald.service MainPID)
kill -STOP "$journald"
"$PYTHON" -c 'import socket
senders = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for i in range(50)]
for s in senders: # one alone has no room for so many
    s.setblocking(False)
    try:
        while True:
            s.sendto(b"PRIORITY=7", "/run/systemd/journal/socket")
    except BlockingIOError:
        pass'
main=$(property preforkd.service MainPID)
replaced() { [ "$(pgrep -cP "$main" -f 'preforkd: all')" = 8 ] && ! pgrep -P "$main" | grep -qx "$1"; }
for n in 1 2 3; do
	victim=$(pgrep -P "$main" -f 'preforkd: all' | head -n 1)
	kill -KILL "$victim"
	ok "nobody reads the journal: dead worker $n is replaced" wait_until 5 replaced "$victim"
done
is "and all serve on" "$(echo hello | ask 127.0.0.1:9420)" hello
kill -CONT "$journald"
lost() { journalctl -q -o cat -t preforkd -g 'messages lost: nobody read them here$' | grep -q .; }
kill_one() { kill -KILL "$(pgrep -P "$main" -f 'preforkd: all' | head -n 1)"; }
ok "what was lost is counted when it reads again" wait_until 10 eval 'sleep 0.3; kill_one; lost'

# --- the end -----------------------------------------------------------------------
systemctl stop preforkd.service
like "stopping" "$(record STOPPING | field MESSAGE)" '^SIGTERM: finishing'
unlike "nothing of ours is without a service that should have one" \
	"$(journalctl -q -o json -t preforkd | grep -v PREFORKD_SERVICE | field MESSAGE)" \
	'(git|broken|all)(/2)?(\[[0-9]\])?[: ]'
done_inside
