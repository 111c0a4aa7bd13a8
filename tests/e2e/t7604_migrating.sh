#!/bin/bash
# t7604_migrating.sh - every command in doc/migrating.md does what it is there for.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# An etc of our own, a daemon that ends, and the commands in the path.
mkdir -p "$work/bin" "$work/etc/xinetd.d" "$work/etc/systemd/system"
cp "$here/converted/internal.inetd" "$work/etc/inetd.conf"
cp "$here/converted/defaults.xinetd" "$work/etc/xinetd.conf"
cp "$here/converted/rsync.xinetd" "$work/etc/xinetd.d/rsync"
cp "$here"/converted/git{.socket,@.service} "$work/etc/systemd/system"
ln -s "$PREFORKCTL" "$work/bin/preforkctl"
ln -s "$PREFORKD" "$work/bin/preforkd"
PATH=$work/bin:$PATH
cd "$work" || exit 99

port=$(free_port)
user=nobody
[ "$(id -u)" = 0 ] || user=$(id -un)

# A daemon to look at, for the commands that ask one.
configure <<END
defaults { $(user_line) }
service daytime { listen = "127.0.0.1:0"  builtin = "daytime"  workers = 1 }
END
start_preforkd

# ours COMMAND: with our etc, our port and our user.
ours() {
	local command=$1
	command=${command//\/etc\//$work/etc/}
	command=${command//7013/$port}
	echo "${command//-u nobody/-u $user}"
}

while read -r command; do
	case $command in
	'preforkd -l '* | 'preforkd -X '*)
		RUNTIME_DIRECTORY=$work/other-runtime \
			bash -c "exec $(ours "$command")" >"$work/said" 2>&1 </dev/null &
		pid=$!
		answers() { [ -n "$(ask "127.0.0.1:$port" </dev/null 2>/dev/null)" ]; }
		ok "\$ $command" wait_until 20 answers
		kill "$pid" && wait "$pid"
		;;
	sed*)
		bash -c "$(ours "$command")" >"$work/said" 2>&1 </dev/null
		is "\$ $command" "$? $(diff new.conf try.conf | grep -c "^>.*:$port")" "0 1"
		;;
	*)
		bash -c "$(ours "$command")" >"$work/said" 2>&1 </dev/null
		is "\$ $command" "$? $(grep -c 'error' "$work/said")" "0 0"
		;;
	esac
done < <(sed -n 's/^    \$ //p' "$SRCDIR/doc/migrating.md")
ok "there were ten and more" test "$count" -ge 10
# Those of xinetd are in its table.
unknown_keys() {
	local key
	# shellcheck disable=SC2016 # as Markdown quotes
	while read -r key; do
		grep -q "\"$key\"" "$SRCDIR/daemon/config/knobs.c" ||
			grep -Eqx 'per_source|only_from|no_access|server_args|log_on_success' <<<"$key" ||
			echo "$key"
	done < <(grep -oE '`[a-z]+_[a-z_]+`' "$SRCDIR/doc/migrating.md" | tr -d '`' | sort -u)
}
is "each key it names exists" "$(unknown_keys)" ""
done_testing
