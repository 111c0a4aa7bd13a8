# shellcheck shell=bash disable=SC2034 # some variables are for the scripts
# inside_lib.sh - what the scripts that run in the booted system start with.
#
# It finds what is installed, and puts units where systemd looks, if the prefix of the
# installation is not the system's.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
ASK=/srv/tests/ask
# shellcheck source=/dev/null
. /srv/where
: "${installed_preforkd:?}" "${installed_unit:?}" "${installed_users:?}"
: "${installed_instance:?}" "${installed_instance_socket:?}"
: "${installed_socket:?}" "${installed_conf:?}" "${installed_strict:?}"
instances=$(dirname "$installed_conf")/instances
strict=$(dirname "$(dirname "$installed_strict")")

PATH=$(dirname "$installed_preforkd"):$PATH
mkdir -p /etc/systemd/system
for file in "$installed_unit" "$installed_instance" "$installed_instance_socket"; do
	[ -e "/usr/lib/systemd/system/${file##*/}" ] || cp "$file" /etc/systemd/system/
done
systemctl daemon-reload

# What a failure shows.
log_lines() { journalctl -q --no-hostname -o short-monotonic -u 'preforkd*'; }
log_has() { log_lines | grep -Eq -e "$1"; }

# property UNIT NAME
property() { systemctl show -P "$2" "$1"; }
is_active() { [ "$(systemctl is-active "$1")" = active ]; }
is_inactive() { [ "$(systemctl is-active "$1")" = inactive ]; }
file_has() { grep -q "$1" "$2"; }

# of_page PAGE PATTERN: the commands of a page that look like this, a line each.
of_page() { grep -oE "$2" "/srv/$1"; }

# become_strict: as its comment tells the administrator.
become_strict() {
	ln -s "$strict/preforkd.service.d" "$strict/preforkd@.service.d" /etc/systemd/system/
	systemctl daemon-reload
}

# What is tested: this unit, its configuration, its folder, the user of its workers.
unit=preforkd.service runtime=/run/preforkd worker_user=_preforkd
case ${PREFORKD_UNDER:-} in
strict) become_strict ;;
instance)
	become_strict
	unit=preforkd@all.service runtime=/run/preforkd/all worker_user='preforkd|[0-9]+'
	installed_conf=$instances/all.conf
	;;
esac

# The last checks of every script.
done_inside() {
	unlike "no sanitizer spoke" "$(journalctl -q -o cat)" \
		'AddressSanitizer|LeakSanitizer|runtime error:'
	done_testing
}
