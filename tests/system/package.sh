#!/bin/bash
# package.sh - the Debian package: built, looked at, installed in a clean system.
#
# This half builds it and the next version, and boots a system that has no compiler
# and none of our files; inside_package.sh is what happens in there.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

debs=$work/debs tree=$work/tree

build_package() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" deb \
		DEB_FOLDER="$debs" DEB_VERSION_SUFFIX=+test1
}

# make_next OLD NEW: the same package as the next version of it.  Its unit differs,
# so that one sees whether systemd has read it again.
make_next() {
	local unit=lib/systemd/system/preforkd.service
	rm -rf "$work/next"
	dpkg-deb -R "$1" "$work/next" &&
		sed -i 's/^\(Version: .*\)+test1$/\1+test2/' "$work/next/DEBIAN/control" &&
		sed -i 's/^Description=.*/Description=The next version/' "$work/next/$unit" &&
		dpkg-deb --root-owner-group -b "$work/next" "$2"
}

# make_module FILE: a package with a module, as far as dpkg can see.
make_module() {
	local folder
	folder=$work/module/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/preforkd/modules
	mkdir -p "$folder" "$work/module/DEBIAN" && echo 'a module' >"$folder/test.so" &&
		printf '%s\n' 'Package: preforkd-test-module' 'Version: 1' 'Architecture: all' \
			'Maintainer: nobody <nobody@localhost>' 'Description: a module' \
			>"$work/module/DEBIAN/control" &&
		dpkg-deb --root-owner-group -b "$work/module" "$1"
}

lintian_is_silent() {
	local said
	said=$(lintian --allow-root --no-cfg --display-info --fail-on none "$debs"/*.changes 2>&1)
	[ -z "$said" ] || { echo "$said" && return 1; }
}

fill_tree() {
	local file
	mkdir -p "$tree/srv/tests/e2e" "$tree/srv/tests/system" "$tree/srv/tests/lib" \
		"$tree/srv/debs" &&
		cp "$LOAD" "$ASK" "$tree/srv/tests/" && cp "$SRCDIR/README.md" "$tree/srv/" &&
		cp "$package" "$tree/srv/debs/preforkd.deb" &&
		make_next "$package" "$tree/srv/debs/next.deb" &&
		make_module "$tree/srv/debs/module.deb" || return
	for file in may-skip end-marked e2e/lib.sh e2e/notify-listen \
		system/inside_package.sh system/hold system/mapping; do
		cp "$SRCDIR/tests/$file" "$tree/srv/tests/$file" || return
	done
	cp "$SRCDIR/packaging/debian/tests/serve" "$tree/srv/tests/serve" || return
	# The programs of a build with sanitizers need theirs.
	ldd "$LOAD" | awk '/san\.so/ { print $3 }' | xargs -r cp -t "$tree/srv/tests/lib"
	chmod -R a+rX "$tree/srv"
}

ok "make deb builds the packages" build_package
package=$(find "$debs" -name 'preforkd_*.deb')
is "its version is ours, below any of a distribution" \
	"$(dpkg-deb -f "$package" Version)" \
	"$("$PREFORKD" --version | head -n 1 | cut -d' ' -f2)-0upstream1+test1"
ok "lintian has nothing to say" lintian_is_silent
ok "the system to install it in is filled" fill_tree

base=$("$SRCDIR/tests/system/clean-tree" "$BUILDDIR/clean-system" 2>"$work/boot.log")
status=$?
if [ $status = 0 ]; then
	# The numbers go on in there.
	printf '%s\n' "count=$count" >"$tree/srv/where"
	status=0
	"$SRCDIR/tests/system/boot" --base "$base" --tree "$tree" -- \
		bash /srv/tests/system/inside_package.sh 2>"$work/boot.log" </dev/null || status=$?
fi
diag <"$work/boot.log"
case $status in
0) planned=1 && exit 0 ;; # inside_package.sh has said it all
77) skip "it is installed in a clean system" "$(tail -n 1 "$work/boot.log")" && done_testing ;;
*)
	planned=1
	echo "Bail out! the system in the test ended with status $status"
	;;
esac
