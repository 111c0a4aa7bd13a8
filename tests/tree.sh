#!/bin/bash
# tree.sh - what holds for the source tree: the order of the rooms, headers that
# stand alone, scripts without traps.  Each is a script that says what it found and
# fails; this only puts them into the suite.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh"

all_scripts() {
	find "$SRCDIR" -mindepth 1 \
		\( -name .git -o -name 'build*' -o -name '_*' -o -name 'autom4te.*' \) -prune -o \
		-type f \( -perm -u+x -o -name '*.sh' \) -print0 |
		xargs -0 grep -IlE -m1 '^#!/bin/(ba|da)?sh|^# shellcheck shell=' --
}

shell_is_clean() {
	local files
	mapfile -t files < <(all_scripts | grep -v -e /configure$ -e '/config.status$')
	[ ${#files[@]} -gt 5 ] || { echo "found only: ${files[*]}" && return 1; }
	cd "$SRCDIR" && shellcheck -x "${files[@]}"
}

# What no makefile names is missing from the release.
all_are_named() {
	local file named status=0
	cd "$SRCDIR" || return
	named=$(cat Makefile.am && find daemon tests -name '*.mk' -exec cat {} +)
	while read -r file; do
		[[ $named =~ (^|[[:space:]])"$file"([[:space:]]|$) ]] && continue
		echo "$file: no Makefile.am or local.mk names it"
		status=1
	done < <(find daemon tests -type f \( -name '*.[ch]' -o -name '*.sh' -o -perm -u+x \))
	return "$status"
}

pages_are_clean() {
	local said
	said=$(mandoc -T lint -W warning "$SRCDIR"/doc/*.[1-9] 2>&1)
	[ -z "$said" ] || { echo "$said" && return 1; }
}

ok "no file includes from a room below its own" "$SRCDIR/tests/check-layers"
ok "every header compiles on its own" "$SRCDIR/tests/check-headers"
ok "both checks find what is planted" "$SRCDIR/tests/check-selftest"
ok "every source file belongs to the release" all_are_named
ok "shellcheck has nothing to say" shell_is_clean
ok "nor has mandoc, of the manual pages" pages_are_clean
done_testing
