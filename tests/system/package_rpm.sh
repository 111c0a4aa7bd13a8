#!/bin/bash
# package_rpm.sh - the RPM has the same files as `make install`, and no more.
#
# It is built, and unpacked into a folder, which is all that a Debian can do with it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

in_build_folder() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" "$@"; }

# unpack PACKAGE: into $work/root.
unpack() {
	rpm --root="$work/root" --dbpath=/rpmdb --nodeps --noscripts --nosignature -i "$1"
}

# files_of FOLDER: names and modes, without what is RPM's.  It has a folder of its own
# for licenses.
files_of() {
	(cd "$1" && find . -type f ! -path './rpmdb/*' ! -path '*/.build-id/*' \
		! -name LICENSE -printf '%f %m\n') | sort
}

# all_the_same: the texts are; programs are stripped in a package.
all_the_same() {
	local file other status=0
	while IFS= read -r -d '' file; do
		case $file in
		*bin/*) continue ;;
		*/LICENSE) other=$(find "$work/root" -name LICENSE) ;;
		*) other=$work/root/${file#"$work/tree/"} ;;
		esac
		cmp "$file" "$other" || status=1
	done < <(find "$work/tree" -type f -print0)
	return "$status"
}

install_like_a_package() {
	mkdir "$work/as-package" && cd "$work/as-package" &&
		"$SRCDIR/configure" -q --prefix=/usr --sysconfdir=/etc \
			--with-systemdsystemunitdir=/usr/lib/systemd/system &&
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s install DESTDIR="$work/tree"
}

ok "make rpm builds the package" in_build_folder rpm RPM_FOLDER="$work/rpm" RPM_RELEASE=7
package=$(find "$work/rpm" -name '*.rpm')
like "its version is ours" "$(rpm -qp --nosignature "$package")" \
	"^preforkd-$("$PREFORKD" --version | head -n 1 | cut -d' ' -f2)-7\\."
unlike "its scripts have no macro left" "$(rpm -qp --nosignature --scripts "$package")" '%'
is "the configuration is the administrator's" "$(rpm -qp --nosignature --configfiles "$package")" \
	/etc/preforkd/preforkd.conf
ok "it can be unpacked" unpack "$package"
ok "the same is installed with make install" install_like_a_package
is "file for file" "$(files_of "$work/root")" "$(files_of "$work/tree")"
ok "and word for word" all_the_same
done_testing
