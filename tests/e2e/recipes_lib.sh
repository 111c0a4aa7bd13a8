# shellcheck shell=bash
# recipes_lib.sh - the commands of a page of doc/, run as they stand there.
#
#	. "$(dirname "$0")/recipes_lib.sh"
#
# They write to /etc and /srv, listen on port 21 and start nginx: so the script runs
# again inside namespaces of its own, where overlays take what is written, loopback is
# empty, and every process ends with the script.  There PATH has the programs of the
# build, and an `apt` that says which packages are missing and installs nothing.
if [ -z "${RECIPES_INSIDE:-}" ] && unshare --mount --net --pid --fork true 2>/dev/null; then
	RECIPES_INSIDE=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc "$BASH" "$0" "$@"
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ "$(id -u)" = 0 ] || skip_all "root: cannot make namespaces"
[ -n "${RECIPES_INSIDE:-}" ] || skip_all "sys-admin: cannot make namespaces"
unset RECIPES_INSIDE

# over FOLDER...: what is written there is ours and gone with us.
over() {
	local folder layer=/run/layers
	for folder; do
		mkdir -p "$layer/upper$folder" "$layer/work$folder"
		mount -t overlay -o "lowerdir=$folder,upperdir=$layer/upper$folder,workdir=$layer/work$folder" \
			recipes "$folder" || return
	done
}

make_machine() {
	mkdir "$work/bin" "$work/home" "$work/now"
	mount -t tmpfs -o mode=755 recipes /run &&
		over /etc /srv /var/log /var/lib /usr/share/doc && ip link set lo up || return
	printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
	sed -i "s|^\(root:[^:]*:0:0:[^:]*\):[^:]*:|\1:$work/home:|" /etc/passwd
	rm -rf /etc/preforkd
	mkdir -p /etc/preforkd/services.d /usr/share/doc/preforkd/examples
	cp "$SRCDIR/conf/preforkd.conf" /etc/preforkd/
	cp -r "$SRCDIR"/conf/examples/* /usr/share/doc/preforkd/examples/
	ln -s "$PREFORKD" "$work/bin/preforkd"
	ln -s "$PREFORKCTL" "$work/bin/preforkctl"
	cat >"$work/bin/apt" <<-'END'
		#!/bin/sh
		[ "$1" = install ] && shift && [ $# -gt 0 ] || exit 64
		command -v dpkg-query >/dev/null || exit 0
		exec dpkg-query -W "$@" >/dev/null
	END
	chmod +x "$work/bin/apt"
	export HOME=$work/home PATH=$work/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	unset RUNTIME_DIRECTORY # the control socket is where preforkctl looks
	cd "$work/now" || return
}

# The commands of each block of a page into $work/block-N, and what it prints, if the page
# says so, into $work/block-N.said; $work/blocks has a line "N TITLE" for each.
read_page() {
	awk -v work="$work" '
		/^## / { title = substr($0, 4) }
		/^```/ && inside { inside = 0; next }
		/^```sh$/ { file = work "/block-" (++n); inside = 1; printf "%d %s\n", n, title; next }
		/^```$/ { file = work "/block-" n ".said"; inside = 1; next }
		inside { print >file }' "$1" >"$work/blocks"
}

# run_block N TITLE: its commands, each of which succeeds, and prints what the page says.
run_block() {
	local name status=0 said
	name="$2: $(tail -n 1 "$work/block-$1")"
	said=$(bash -eu -o pipefail "$work/block-$1" 2>"$work/err" </dev/null) || status=$?
	if [ $status -ne 0 ]; then
		fail "$name" "status $status" "$said" "$(cat "$work/err")" "$(preforkctl 2>&1)"
	elif [ -e "$work/block-$1.said" ]; then
		is "$name" "$said" "$(cat "$work/block-$1.said")"
	else
		pass "$name"
	fi
}

# run_page FILE: all of it.
run_page() {
	local n title
	read_page "$1"
	while read -r -u 3 n title; do
		run_block "$n" "$title"
	done 3<"$work/blocks"
}
