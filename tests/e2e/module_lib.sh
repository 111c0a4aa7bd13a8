# shellcheck shell=bash disable=SC2034 # some variables are for the scripts
# module_lib.sh - modules are built as their authors do it: out of the tree, with the
# header and the preforkd.pc that an installation puts in place, and nothing else.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

installed=$work/installed

install_files() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" \
		install-pkgincludeHEADERS install-pkgconfigDATA DESTDIR="$installed"
}

# It names the folder of an installation, ours is below another one.
pc_is_right() {
	[ -r "$installed$includedir/preforkd/module.h" ] &&
		[ "$(PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 pkg-config --cflags preforkd | tr -d ' ')" = "-I$includedir" ] &&
		[[ $(pkg-config --variable=modulesdir preforkd) == /*/preforkd/modules ]]
}

# install_header: below $installed, where pkg-config finds it.
install_header() {
	ok "header and preforkd.pc are installed" install_files
	PKG_CONFIG_PATH=$(dirname "$(find "$installed" -name preforkd.pc)"):${PKG_CONFIG_PATH:-}
	export PKG_CONFIG_PATH
	includedir=$(pkg-config --variable=includedir preforkd)
	module_flags=(-I"$installed$includedir")
	ok "pkg-config finds them" pc_is_right
}

# build_module NAME SOURCE [FLAG]...: $work/NAME.so, for everybody to load.
build_module() {
	local name=$1 source=$2
	shift 2
	"${CC:-cc}" -O1 -Wall -Wextra -Werror -shared -fPIC "${module_flags[@]}" \
		-o "$work/$name.so" "$source" "$@" && chmod 644 "$work/$name.so"
}
