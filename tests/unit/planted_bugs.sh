#!/bin/bash
# planted_bugs.sh - the walk of the pools finds what it is there to find.
#
# Each row is one wrong line in one file of daemon/; the walk, linked with it, must fail.
# shellcheck source=tests/e2e/lib.sh
. "$SRCDIR/tests/e2e/lib.sh"

objects=("$BUILDDIR"/tests/unit/test_pool_walk-*.o)
[ -e "${objects[0]}" ] || skip_all "criterion: the walk was not built"
read -ra flags <<<"$CPPFLAGS"

# walk FILE SED: 0 if it holds with that change.
walk() {
	sed "$2" "$SRCDIR/daemon/$1" >"$work/changed.c"
	! cmp -s "$SRCDIR/daemon/$1" "$work/changed.c" || return 3
	$CC -std=gnu17 -w -I"$SRCDIR/daemon" -I"$BUILDDIR" "${flags[@]}" -o "$work/walk" \
		"${objects[@]}" "$work/changed.c" "$BUILDDIR/libpreforkd.a" -lcriterion -lconfuse -lsystemd || return 4
	timeout --kill-after=5 200 "$work/walk" >"$work/out" 2>&1
}

walk pool/size.c '1i /* the same */'
is "unchanged, it holds" $? 0
while IFS='|' read -r what file change; do
	walk "$file" "$change"
	is "$what: found" $? 1
done <<'END'
a place that is taken while the master looks|pool/size.c|s/if (board_idle(&p->scoreboard) >= board)/if (1)/
a start that spawn_rate has put off is forgotten|pool/pool.c|s/if (plan.spawn > 0)$/if (p->start_backoff.failures > 0)/
the old one goes before the new one is there|pool/plan.c|s/wanted++;/{ plan.retire = 1; return plan; }/
a successor is a reason for more of them|pool/size.c|s/? c->live - 1 :/? c->live :/
the minimum of the others is not kept free|master/services.c|s/own = least;/(void)least;/
a socket is watched after it was closed|pool/leave.c|s/pool_ignore_clients(p);/(void)p;/
a lie about how many are idle is believed for ever|pool/size.c|s/d->looks == 0 || //
a worker that ignores SIGTERM is waited for|pool/stop.c|s/pool_press(p, slot, DOOM_KILLED, now);/slot->deadline_usec = USEC_NEVER;/
room that others leave is not taken|pool/size.c|s/p->context->room(p->context->userdata, p) > 0;/0;/
a worker that hangs is waited for|pool/overrun.c|s/slot->deadline_usec = at > now.*/(void)at;/
a connection is ended when it begins to be long|pool/overrun.c|s/p->settings->max_duration_usec + grace/grace/
a lie that keeps everybody from waking the master|pool/watch.c|s/pool_resize_soon(p, now_usec);//
END
done_testing
