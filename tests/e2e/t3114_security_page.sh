#!/bin/bash
# t3114_security_page.sh - doc/security.md: its files load, its commands succeed, and what
# its table says of descriptors, memory and rights is what a process finds.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "root: cannot change user"
page=$SRCDIR/doc/security.md
mkdir "$work/bin" && ln -s "$PREFORKD" "$work/bin/preforkd"
cd "$work" || exit 99
export PATH=$work/bin:$PATH

# block FENCE N: the Nth piece of the page behind that fence.
block() { awk -v fence="\`\`\`$1" -v n="$2" '$0 == "```" { on = 0 } on; $0 == fence && ++seen == n { on = 1 }' "$page"; }

block 'conf file=demo.conf' 1 >demo.conf
ok "its configuration is there" test -s demo.conf
n=$(grep -c '^```sh check$' "$page")
ok "it has commands" test "$n" -ge 2
for ((i = 1; i <= n; i++)); do
	block 'sh check' "$i" >commands
	ok "its commands, $i" bash -euo pipefail commands
done
while read -r path; do
	ok "$path exists" test -e "$SRCDIR/$path"
done < <(grep -o 'tests/e2e/[a-z0-9_]*\.sh' "$page" | sort -u)

sed -i "s|/tmp/preforkd-who.sock|$work/who.sock|; s|control = none||" demo.conf
start_preforkd -c demo.conf || { fail "it starts" && done_testing; }
said=$(ask "$work/who.sock" </dev/null)
like "no capability" "$said" 'CapPrm:[[:space:]]*0000000000000000'
like "nor any to be had" "$said" 'CapBnd:[[:space:]]*0000000000000000'
like "no group" "$said" $'Groups:[ \t]*\n'
like "no new privileges" "$said" 'NoNewPrivs:[[:space:]]*1'
worker=$(pgrep -P "$master" -f '^preforkd: who\[0\]')
not_ok "another of its user cannot look into a worker" \
	setpriv --reuid nobody --regid nogroup --clear-groups cat "/proc/$worker/environ"
not_ok "nor at its descriptors" \
	setpriv --reuid nobody --regid nogroup --clear-groups ls "/proc/$worker/fd"
done_testing
