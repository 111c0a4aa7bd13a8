#!/bin/bash
# t3109_oracle.sh - more than two hundred combinations of settings and kinds of service:
# each process is what its settings say, in every respect, and the rest is as it was.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot change user"

facts=$BUILDDIR/tests/e2e/facts
mkdir "$work/s" "$work/jail" && mkdir -m 1777 "$work/out" "$work/jail/out"
chmod 755 "$work/s" "$work/jail"
cp "$facts" "$work/facts"
cp "$facts" "$work/jail/facts"
# What it is linked with comes along: there is nothing else in there.
for file in $(ldd "$facts" | grep -o '/[^ ]*'); do
	mkdir -p "$work/jail${file%/*}"
	cp "$file" "$work/jail$file"
done
find "$work/jail" -type d ! -name out -exec chmod 755 {} +

"$PYTHON" "$here/oracle" configure "$work" "$work/facts" | configure
export ORACLE=given LANG=passed
start_preforkd || { fail "it starts" && done_testing; }
is "all of them start" "$(log_lines | grep -c 'cannot')" 0
"$PYTHON" "$here/oracle" check "$work" "$work/facts" "$master" >"$work/differences"
n=$(sed -n 's/^compared //p' "$work/differences")
ok "there are more than two hundred combinations" test "${n:-0}" -gt 200
diag <<<"$n"
is "none differs from its table" "$(grep -v '^compared' "$work/differences" | head -n 20)" ''
done_testing
