# shellcheck shell=bash
# installed.sh - what the scripts that boot a system have in common.
#
#	. "$(dirname "$0")/installed.sh"
#	run_inside SCRIPT [ARGUMENT]...
#
# installs what was built into a folder, adds what the tests need, boots a system over
# it and passes on what SCRIPT, a file of this folder, has to say in there.
#
# PREFORKD_UNDER=strict does all of it with the strict.conf of the units, and
# PREFORKD_UNDER=instance as an instance with its strict.conf, which nobody but itself
# trusts with anything; empty, with the units as they are.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

tree=$work/tree
find_in_tree() { printf '%s=%s\n' "$1" "$(find "$tree" -type f "${@:2}" -printf '/%P')"; }

install_into_tree() {
	local file
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" install DESTDIR="$tree" || return
	mkdir -p "$tree/srv/tests/e2e" "$tree/srv/tests/system"
	for file in may-skip end-marked e2e/lib.sh e2e/notify-listen; do
		cp "$SRCDIR/tests/$file" "$tree/srv/tests/$file" || return
	done
	cp "$SRCDIR"/tests/system/* "$tree/srv/tests/system/" && cp "$ASK" "$tree/srv/tests/" || return
	cp "$SRCDIR/README.md" "$SRCDIR/doc/security.md" "$SRCDIR/doc/preforkd.8" \
		"$SRCDIR/daemon/base/message_id.h" "$tree/srv/" || return
	chmod -R a+rX "$tree/srv"
	# Where the installation put things; the prefix is the builder's choice.
	{
		find_in_tree installed_preforkd -path '*/sbin/preforkd'
		find_in_tree installed_unit -name preforkd.service
		find_in_tree installed_instance -name preforkd@.service
		find_in_tree installed_instance_socket -name preforkd@.socket
		find_in_tree installed_users -path '*/sysusers.d/preforkd.conf'
		find_in_tree installed_socket -name preforkd-git.socket
		find_in_tree installed_conf -path '*etc/preforkd/preforkd.conf'
		find_in_tree installed_catalog -name preforkd.catalog
		find_in_tree installed_strict -path '*/preforkd.service.d/strict.conf'
	} >"$tree/srv/where"
	! grep -v '=/.' "$tree/srv/where"
}

# run_inside SCRIPT [ARGUMENT]...: ends this script.
run_inside() {
	local status=0
	if ! install_into_tree >"$work/install.log" 2>&1; then
		fail "everything is installed below DESTDIR" "$(tail -n 20 "$work/install.log")"
		done_testing
	fi
	"$SRCDIR/tests/system/boot" --tree "$tree" -- env "PREFORKD_UNDER=${PREFORKD_UNDER:-}" \
		bash "/srv/tests/system/$1" "${@:2}" \
		2>"$work/boot.log" </dev/null || status=$?
	diag <"$work/boot.log"
	case $status in
	0) planned=1 && exit 0 ;; # the script inside has said it all
	77) skip_all "$(tail -n 1 "$work/boot.log")" ;;
	*)
		planned=1
		echo "Bail out! the system in the test ended with status $status"
		exit 0
		;;
	esac
}
