#!/bin/bash
# t7301_catalog.sh - every kind of message is explained, and nothing else is.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ids=$SRCDIR/daemon/base/message_id.h
catalog=$SRCDIR/systemd/preforkd.catalog
defined() { sed -n 's/^#define MESSAGE_[A-Z_]* "\(.*\)"$/\1/p' "$ids" | sort; }
explained() { sed -n 's/^-- //p' "$catalog" | sort; }

is "every id has an entry, every entry an id" "$(explained)" "$(defined)"
is "no id stands for two kinds" "$(defined | uniq -d)" ''
is "every id is a random one" "$(defined | grep -vcE '^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$')" 0
like "there are some" "$(defined | wc -l)" '^[1-9][0-9]$'
unused() {
	local name
	while read -r name; do
		grep -rqw --include='*.c' "$name" "$SRCDIR/daemon" || echo "$name"
	done < <(sed -n 's/^#define \(MESSAGE_[A-Z_]*\) ".*/\1/p' "$ids")
}
is "every kind is said somewhere" "$(unused)" ''

# What the journal's own compiler of catalogs makes of it.
root=$work/root
mkdir -p "$root/usr/lib/systemd/catalog"
cp "$catalog" "$root/usr/lib/systemd/catalog/"
is "the journal takes it without a word" "$(journalctl --root="$root" --update-catalog 2>&1)" ''
listed() { journalctl --root="$root" --list-catalog | cut -d ' ' -f 1 | sort; }
is "all of it" "$(listed)" "$(defined)"
entry() { journalctl --root="$root" --dump-catalog "$1"; }
bare=''
for id in $(defined); do
	for head in Subject Defined-By Documentation; do
		entry "$id" | grep -q "^$head: ." || bare+="$id has no $head "
	done
	[ "$(entry "$id" | sed '1,/^$/d' | wc -w)" -ge 10 ] || bare+="$id says nothing "
done
is "each entry says what it is about" "$bare" ''

# A setting that an entry names is one.
known() { sed -n 's/^\t{ "\([a-z_]*\)", KNOB_.*/\1/p' "$SRCDIR/daemon/config/knobs.c"; }
named() { sed -e '/^Doc/d; /^#/d; s/sd_notify(3)//' "$catalog" | grep -oE '\<[a-z]+(_[a-z]+)+\>' | sort -u; }
is "every setting that an entry names exists" \
	"$(comm -13 <(known | sort) <(named))" ''
done_testing
