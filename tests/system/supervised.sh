#!/bin/bash
# supervised.sh - preforkd as a service of a booted systemd.
#
# This half installs what was built into a folder, adds what the tests need, boots a
# system over it and passes on what inside.sh has to say in there.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

tree=$work/tree
find_in_tree() { printf '%s=%s\n' "$1" "$(find "$tree" -type f "${@:2}" -printf '/%P')"; }
install_into_tree() {
	local file
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" install DESTDIR="$tree" || return
	mkdir -p "$tree/srv/tests/e2e" "$tree/srv/tests/system"
	for file in may-skip end-marked e2e/lib.sh e2e/ask e2e/notify-listen \
		system/inside.sh system/hold system/hammer; do
		cp "$SRCDIR/tests/$file" "$tree/srv/tests/$file" || return
	done
	chmod -R a+rX "$tree/srv"
	# Where the installation put things; the prefix is the builder's choice.
	{
		find_in_tree installed_preforkd -path '*/sbin/preforkd'
		find_in_tree installed_unit -name preforkd.service
		find_in_tree installed_users -path '*/sysusers.d/preforkd.conf'
		find_in_tree installed_socket -name preforkd-git.socket
		find_in_tree installed_conf -path '*/preforkd/preforkd.conf'
	} >"$tree/srv/where"
	! grep -v '=/.' "$tree/srv/where"
}

if ! install_into_tree >"$work/install.log" 2>&1; then
	fail "everything is installed below DESTDIR" "$(tail -n 20 "$work/install.log")"
	done_testing
fi

status=0
"$SRCDIR/tests/system/boot" --tree "$tree" -- bash /srv/tests/system/inside.sh \
	2>"$work/boot.log" </dev/null || status=$?
diag <"$work/boot.log"
case $status in
0) planned=1 && exit 0 ;; # inside.sh has said it all
77) skip_all "$(tail -n 1 "$work/boot.log")" ;;
*)
	planned=1
	echo "Bail out! the system in the test ended with status $status"
	;;
esac
