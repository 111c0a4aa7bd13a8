#!/bin/bash
# t9101_stubborn_tree.sh - what a command leaves behind is killed after kill_timeout,
# however long that is, and not twice as late; the wait for the first byte counts
# towards max_duration; whose connection was cut is said.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -m 1777 "$work/out"
# The command ends of SIGTERM at once, its helpers do not.
cat >"$work/leader" <<END
#!/bin/sh
(trap '' TERM; exec sleep 1001) &
echo \$! >$work/out/tree
(trap '' TERM; exec setsid sleep 1002) &
echo \$! >>$work/out/tree
echo up
exec sleep 1003
END
chmod 755 "$work/leader"
# More than as many ticks of 20 ms as there are rounds of killing.
configure <<END
defaults { workers = 1  $(user_line) }
service leader { listen = "127.0.0.1:0"  inetd = {"$work/leader"}  stop_timeout = 200ms  kill_timeout = 2s }
service echo { listen = "127.0.0.1:0"  builtin = "echo"  stop_timeout = 200ms }
service cat { listen = "127.0.0.1:0"  inetd = {"/bin/cat"}  first_byte_timeout = 20s  max_duration = 2s }
END
start_preforkd || { fail "it starts" && done_testing; }
at_leader=$(address_of leader)
at_echo=$(address_of echo)
at_cat=$(address_of cat)
all_gone() { while read -r pid; do is_gone "$pid" || return 1; done <"$work/out/tree"; }

# --- max_duration is the connection's ----------------------------------------------------
begin=$(now_usec)
exec 8<>"/dev/tcp/127.0.0.1/${at_cat##*:}"
sleep 1 # the client takes its time: this is what is tested
echo late >&8
is "a late client is served" "$(timeout 20 cat <&8)" late
exec 8>&-
took=$((($(now_usec) - begin) / 1000))
ok "but not for longer than max_duration: $took ms" test "$took" -ge 1990 -a "$took" -lt 2900

# --- a tree that will not end ------------------------------------------------------------
exec 7<>"/dev/tcp/127.0.0.1/${at_leader##*:}"
read -r line <&7
is "the tree is up" "$line" up
exec 6<>"/dev/tcp/127.0.0.1/${at_echo##*:}"
echo x >&6
read -r line <&6
is "another connection is in hand" "$line" x
begin=$(now_usec)
stop_preforkd
took=$((($(now_usec) - begin) / 1000))
is "the end is clean" "$exit_status" 0
ok "nothing of the tree is left" wait_until 5 all_gone
[ ! -e "$work/out/tree" ] || xargs kill -KILL <"$work/out/tree" 2>/dev/null
ok "one stop_timeout, one kill_timeout: $took ms" test "$took" -ge 2190 -a "$took" -lt 4100
like "who was killed is said" "$(log_lines)" \
	"leader\[0\]: '$work/leader' left processes behind, killed: sleep \([0-9]+\), sleep \([0-9]+\)"
like "whose connection was cut is said" "$(log_lines)" \
	'echo\[0\] pid [0-9]+ ended by stop_timeout after [0-9.]+ m?s, serving 127\.0\.0\.1:[0-9]+, 1 connection served'
exec 7>&- 6>&-
done_testing
