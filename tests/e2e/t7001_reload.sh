#!/bin/bash
# t7001_reload.sh - SIGHUP: what changed is replaced, what did not is not touched, and a
# connection in hand is finished by who has it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reload_lib.sh
. "$here/reload_lib.sh"

defaults() { echo "defaults { $(user_line) workers = 2 }"; }

# tell NAME LISTEN TEXT [MORE]: a service that tells every client TEXT.
tell() {
	echo "service $1 { listen = $2  inetd = {\"/bin/sh\", \"-c\", \"echo $3\"}  ${4:-} }"
}
a=127.0.0.1:$(free_port) b=127.0.0.1:$(free_port) c=127.0.0.1:$(free_port)

# notes_since_reload: the words of RELOADING and READY, in their order.
words() { grep -oE '^(RELOADING=1|READY=1|MONOTONIC_USEC=|STOPPING=1)' "$notes" | tr '\n' ' '; }

# --- what did not change ---------------------------------------------------------------
configure <<-END
	$(defaults)
	service echo { listen = {"127.0.0.1:0", "$work/echo.sock"}  builtin = "echo" }
	service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"} }
	$(tell one "\"$a\"" first)
END
start_preforkd
echo=$(address_of echo) cat=$(address_of cat)
workers=$(workers_of_master | sort)
sockets=$(readlink /proc/"$master"/fd/* | grep socket: | sort)
reload
is "no change: the outcome" "$(outcome)" "reloaded: 3 unchanged"
is "no change: the same workers" "$(workers_of_master | sort)" "$workers"
is "no change: the same sockets" "$(readlink /proc/"$master"/fd/* | grep socket: | sort)" "$sockets"
is "no change: told to the service manager" "$(words)" \
	"READY=1 RELOADING=1 MONOTONIC_USEC= READY=1 "

# --- what did, and a connection in hand --------------------------------------------------
hold c "$echo"
hold u "$work/echo.sock"
hold k "$cat"
echo_pids=$(pids echo) cat_pids=$(pids cat) one_pids=$(pids one) two_pids=$(pids echo/2)
inode=$(stat -c %i "$work/echo.sock") socket=$(inode_of "$echo")
sed -i 's/service echo {/& workers = 3/; s/"first"/"second"/; s/echo first/echo second/' "$conf"
reload
is "changed: the outcome" "$(outcome)" "reloaded: 1 unchanged, 2 reloaded"
like "changed: which key" "$(log_lines)" 'preforkd: echo: reloaded \(workers\)'
like "changed: which key" "$(log_lines)" 'preforkd: one: reloaded \(inetd\)'
is "unchanged: the same workers" "$(pids cat)" "$cat_pids"
ok "changed: others serve" wait_until 10 says "$a" second
ok "changed: the old idle ones leave" wait_until 10 only_new one "$one_pids"
is "changed: the socket is the same" "$(inode_of "$echo")" "$socket"
is "changed: the path is the same" "$(stat -c %i "$work/echo.sock")" "$inode"
is "changed: so many serve now" "$(echo hello | ask "$echo")" hello
ok "changed: three new, and one with a connection in hand" wait_until 10 has_workers echo 4
ok "changed: at the other address too" wait_until 10 has_workers echo/2 4
ok "changed: the connection in hand goes on (TCP)" speak c more
ok "changed: the connection in hand goes on (unix)" speak u more
ok "unchanged: the connection in hand goes on" speak k more
is "changed: no two have the same number" "$(pgrep -P "$master" -a | grep -o 'preforkd: [^ ]*\[[0-9]*\]' | sort | uniq -d)" ""
ok "changed: to its end (TCP)" let_go c
ok "changed: to its end (unix)" let_go u
ok "unchanged: to its end" let_go k
ok "changed: then all of the old are gone" wait_until 10 only_new echo "$echo_pids"
ok "changed: of every address" wait_until 10 only_new echo/2 "$two_pids"
is "the kept one serves" "$(echo hello | ask "$cat")" hello
is "RELOADING and READY alternate" "$(words)" \
	"READY=1 RELOADING=1 MONOTONIC_USEC= READY=1 RELOADING=1 MONOTONIC_USEC= READY=1 "
stop_preforkd

# --- every kind of key -------------------------------------------------------------------
# changes KEY OLD NEW SAYS: a service that tells; with other settings it is another one.
cat >"$work/tell" <<'END'
#!/bin/sh
echo "$(id -un) ${WORD:-none} $PWD $(umask) $(nice)"
END
chmod 755 "$work/tell"
settings() {
	configure <<-END
		$1
		$(defaults)
		service t { listen = "$a"  inetd = {"$work/tell"}  $2 }
		service kept { listen = "127.0.0.1:0"  builtin = "echo" $(user_line) workers = 1 }
	END
}
settings '' ''
start_preforkd
who=$(id -un) && [ "$who" != root ] || who=nobody
kept=$(pids kept)
few=$(find /proc/"$master"/fd -type l | wc -l)
has_few_descriptors() { [ "$(find /proc/"$master"/fd -type l | wc -l)" -le "$few" ]; }
not() { ! "$@"; }
so_far=
while read -r key says setting; do
	so_far+=" $setting"
	settings '' "$so_far"
	old=$(pids t)
	reload
	is "$key changes: the outcome" "$(outcome)" "reloaded: 1 unchanged, 1 reloaded"
	like "$key changes: said" "$(log_lines)" "t: reloaded \\($key\\)"
	ok "$key changes: counts at once" wait_until 10 says "$a" "$who ${says//_/ }"
	ok "$key changes: the workers are new" wait_until 10 only_new t "$old"
done <<-END
	environment word_/_0022_0 environment = {"WORD=word"}
	working_directory word_/tmp_0022_0 working_directory = "/tmp"
	umask word_/tmp_0077_0 umask = 0077
	nice word_/tmp_0077_3 nice = 3
	stop_timeout word_/tmp_0077_3 stop_timeout = 9s
	max_duration word_/tmp_0077_3 max_duration = 8s
	log_connections word_/tmp_0077_3 log_connections = "all"
END
if [ "$(id -u)" = 0 ]; then
	settings '' "$so_far user = \"games\""
	reload
	like "user changes: said" "$(log_lines)" 't: reloaded \(user\)'
	ok "user changes: counts at once" wait_until 10 says "$a" "games word /tmp 0077 3"
	settings '' "$so_far"
	reload
fi
is "all the time the other kept its worker" "$(pids kept)" "$kept"

# --- defaults, log_level, include, enabled -------------------------------------------------
configure <<-END
	log_level = debug
	defaults { $(user_line) workers = 2  umask = 0027 }
	service t { listen = "$a"  inetd = {"$work/tell"} $so_far }
	service d { listen = "$b"  inetd = {"$work/tell"} }
	service kept { listen = "127.0.0.1:0"  builtin = "echo" workers = 1 $(user_line) umask = 0022 }
END
reload
is "defaults change: the outcome" "$(outcome)" "reloaded: 2 unchanged, 1 added"
ok "defaults change: they count for the new" wait_until 10 says "$b" "$who none / 0027 0"
ok "log_level changes: counts at once" wait_for_log 'd\[[01]\] .* connection done after '
mkdir "$work/more"
{ echo 'include("more/*.conf")' && sed '/service d/d; /log_level/d' "$conf"; } >"$work/new"
tell two "\"$c\"" two >"$work/more/two.conf"
cp "$work/new" "$conf"
reload
is "one leaves, another comes from an included file" "$(outcome)" "reloaded: 2 unchanged, 1 added, 1 removed"
ok "the new one serves" wait_until 10 says "$c" two
ok "nobody listens at the old one's address" wait_until 10 refused "$b"
{ cat "$work/more/two.conf" && tell three "\"$b\"" three; } >"$work/new" && mv "$work/new" "$work/more/three.conf"
rm "$work/more/two.conf"
old=$(pids two)
reload
is "a service moves to another file: unchanged" "$(outcome)" "reloaded: 3 unchanged, 1 added"
is "a service moves to another file: the same workers" "$(pids two)" "$old"
ok "an address that was given up can be had again" wait_until 10 says "$b" three
sed -i 's/service two {/& enabled = no /' "$work/more/three.conf"
reload
is "enabled = no: removed" "$(outcome)" "reloaded: 3 unchanged, 1 removed"
ok "enabled = no: nobody listens" wait_until 10 refused "$c"
sed -i 's/enabled = no/enabled = yes/' "$work/more/three.conf"
reload
is "enabled = yes: added" "$(outcome)" "reloaded: 3 unchanged, 1 added"
ok "enabled = yes: it serves" wait_until 10 says "$c" two
is "after all of that the other has its worker" "$(pids kept)" "$kept"
defaults >"$conf"
reload
is "no service at all" "$(outcome)" "reloaded: 4 removed"
ok "no service at all: no worker" wait_until 10 not workers_of_master
wait_for_note '^STATUS=no service is enabled' 5
is "no service at all: STATUS says what to do" "$(grep ^STATUS "$notes" | tail -n 1)" \
	"STATUS=no service is enabled; add one to the configuration, see preforkd.conf(5)"
tell one "\"$a\"" back >>"$conf"
reload
is "and back" "$(outcome)" "reloaded: 1 added"
ok "and back: it serves" wait_until 10 says "$a" back
ok "the descriptors are as few as they were" wait_until 5 has_few_descriptors
stop_preforkd
is "the end is clean" "$exit_status" 0
done_testing
