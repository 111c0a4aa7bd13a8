#!/bin/bash
# inside_keep.sh - what keep.sh runs in the booted system.
#
# No socket unit: preforkd binds, and systemd keeps what it has bound.
# shellcheck source=tests/system/inside_lib.sh
. "$(dirname "$0")/inside_lib.sh"

tcp=127.0.0.1:7007 path=$runtime/echo.sock
# As often as that the master is killed.
rounds=20
journal() { journalctl -q -o cat -u "$unit"; }
main_pid() { property "$unit" MainPID; }
answers() { [ "$(echo hello | ask "$1")" = hello ]; }
kept() { [ "$(property "$unit" NFileDescriptorStore)" = "$1" ]; }

systemd-sysusers "$installed_users"
mkdir -p /run/hold
configure_services() {
	{
		echo 'service hold { listen = 7007  inetd = {"/bin/sh", "/srv/tests/system/hold"}  workers = 1 }'
		echo 'service echo { listen = "'"$path"'"  builtin = "echo"  workers = 2 }'
		printf '%s\n' "$@"
	} >"$installed_conf"
}
configure_services
systemctl start "$unit"
ok "it is up" is_active "$unit"
ok "systemd keeps both sockets" wait_until 10 kept 2
inode=$(stat -c %i $path)

# --- restart under load ------------------------------------------------------------
/srv/tests/system/hammer 7007 4 >"$work/hammer" &
hammer=$!
for n in 1 2 3 4; do
	systemctl restart "$unit"
done
wait $hammer
like "four restarts under load lose nobody" "$(cat "$work/hammer")" '^[1-9][0-9]+ 0$'
like "the sockets are those from before" "$(journal)" \
	"echo: listening on $path \\(kept over the restart\\)"
is "the path is that from before" "$(stat -c %i "$path")" "$inode"
ok "clients find it" answers $path
ok "nothing is kept twice" kept 2

# --- the master is killed, clients wait --------------------------------------------
# The one worker is busy: who comes now is queued, and is not the dead worker's.
served=0
for round in $(seq $rounds); do
	first=$(main_pid)
	{ echo hold never | ask $tcp >"$work/held.$round"; } 2>/dev/null &
	held=$!
	wait_until 10 file_has begun "$work/held.$round" || break
	queued=()
	for n in 1 2 3 4; do
		{ echo "hello $round" | ask $tcp >"$work/queued.$n"; } &
		queued+=($!)
	done
	is_queued() { ss -Hltn 'sport = :7007' | grep -q 'LISTEN *4 '; }
	wait_until 10 is_queued || break
	kill -KILL "$first"
	wait "${queued[@]}"
	for n in 1 2 3 4; do
		[ "$(cat "$work/queued.$n")" != "hello $round" ] || served=$((served + 1))
	done
	wait $held
	is_another() { is_active "$unit" && [ "$(main_pid)" != "$first" ]; }
	wait_until 10 is_another || break
done
is "$rounds times SIGKILL lost none of four queued clients" $served $((rounds * 4))
ok "the path still leads to somebody" answers $path

# --- other addresses ---------------------------------------------------------------
configure_services 'service day { listen = 7013  builtin = "daytime" }'
systemctl kill --kill-whom=main -s HUP "$unit"
ok "a new address is kept as well" wait_until 10 kept 3
configure_services
systemctl kill --kill-whom=main -s HUP "$unit"
ok "one that is given up is not" wait_until 10 kept 2
sed -i '/echo/d' "$installed_conf"
systemctl restart "$unit"
like "what nobody wants after a restart is dropped, and said" "$(journal)" \
	"$path was kept from before, and nobody listens there any more"
ok "it is not kept" wait_until 10 kept 1
configure_services
rm -f $path
systemctl restart "$unit"
ok "an address that comes back is bound anew" answers $path
rm -f $path
systemctl restart "$unit"
like "a path that was removed is bound anew, and said" "$(journal)" \
	"echo: $path was kept, but cannot be used \\(find its path\\), opening it anew"
ok "and leads to somebody" answers $path

# --- a stop ------------------------------------------------------------------------
systemctl stop "$unit"
not_ok "after a stop nothing listens" answers $tcp
ok "nothing is kept" kept 0
systemctl start "$unit"
ok "and a start is a start" answers $path

done_inside
