#!/bin/bash
# t8003_square_wave.sh - load that comes and goes at once: the pools go up with it and down
# again, nobody fails, and those who stay are not disturbed by the workers that go.
# PREFORKD_LONG=1: ten minutes of waves of changing height instead of two waves.
#
# At each crest clients come at once and hold their connection; then they leave together.
# A few were there before the first wave and stay until after the last one; some call
# again and again all the time.  Who is retired while it serves meets stop_timeout soon.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

stay=3 callers=2 pause=0.05 spare=4 most=100
waves=2 end=0
if [ -n "${PREFORKD_LONG:-}" ]; then
	waves=1000 end=$((EPOCHSECONDS + 600)) callers=8 pause=0.01
fi

configure <<END_OF_CONF
defaults { $(user_line)  stop_timeout = 5s  kill_timeout = 2s  idle_timeout = 1h }
service range { listen = "127.0.0.1:0"  builtin = "echo"  min_spare = 2  max_spare = $spare  max_workers = $most }
service zero { listen = "$work/zero.sock"  builtin = "echo"  min_spare = 0  idle_retire = 2s }
END_OF_CONF
start_preforkd || { fail "it starts" && done_testing; }
range=$(address_of range)

# at_most N: so many workers are there, asked without a process for the answer.
at_most() {
	children_of "$master"
	[ ${#children[@]} -le "$1" ]
}
# look POOL: how many of its workers are there, and serve, in $ready and $busy; how
# others have ended, in $ends.
look() {
	local text
	text=$("$PREFORKCTL" --json status "$1")
	[[ $text =~ \"ends\":\{([^}]*)\}.*\"pools\":\[\{[^]]*\"ready\":([0-9]+),\"busy\":([0-9]+) ]]
	ends=${BASH_REMATCH[1]-} ready=${BASH_REMATCH[2]-0} busy=${BASH_REMATCH[3]-0}
}
# hold NAME ADDRESS N: until `leave NAME`.   arrived: all of them are answered.
hold() {
	"$LOAD" -q -H -t 0 -d 60 -p 1 -c "$3" "$2" >"$work/held.$1" &
	eval "hold_$1=$!"
}
arrived() { grep -Eq "^held=$2 failed=0 " "$work/held.$1"; }
leave() {
	local pid=hold_$1
	kill -TERM "${!pid}"
	wait "${!pid}"
}
spare_again() { look range && [ "$ready" -ge $((high + stay + 2)) ]; }
# took NAME: milliseconds until the last of them was answered.
took() { echo $(($(sed -n 's/^held=.* after_us=//p' "$work/held.$1") / 1000)); }

hold stay "$range" $stay
ok "a few come to stay" wait_until 20 arrived stay $stay
"$PYTHON" "$here/steady" "$range" $callers $pause >"$work/steady" &
steady=$!

# Of each wave: what went wrong, if anything did.
wrong() { echo "wave $wave, $high and $low clients: $*" >>"$work/wrong"; }
touch "$work/wrong"
slowest=0 largest=0
for ((wave = 1; wave <= waves && (end == 0 || EPOCHSECONDS < end); wave++)); do
	high=$((30 + wave * 17 % 40)) low=$((10 + wave * 7 % 20))
	hold range "$range" $high
	hold zero "$work/zero.sock" $low
	if wait_until 30 arrived range $high && wait_until 30 arrived zero $low; then
		ms=$(took range)
		[ "$ms" -le "$slowest" ] || slowest=$ms
	else
		wrong "not all are served"
	fi
	wait_until 10 spare_again || wrong "$ready workers, nobody is spare"
	[ "$busy" -ge $((high + stay)) ] || wrong "$busy are busy"
	[ "$ready" -le "$largest" ] || largest=$ready
	look zero
	[ "$ready" -gt $low ] || wrong "from zero: $ready workers"
	leave range || wrong "$(cat "$work/held.range")"
	leave zero || wrong "from zero: $(cat "$work/held.zero")"
	# Two windows of ten seconds: one saw the crest.
	wait_until 40 at_most $((stay + callers + spare)) ||
		wrong "${#children[@]} workers stay"
done
wave=$((wave - 1))
echo "# $wave waves; the last of a crest was served after $slowest ms at most, by up to $largest workers"
is "$wave waves: up with each, and down" "$(cat "$work/wrong")" ''
patience 5
ok "the last of a crest is served at once, not by a ramp: $slowest ms" \
	test $((slowest * 1000)) -lt "$patience"
ok "nobody starts many more than come" test "$largest" -lt $((2 * 70))

kill -TERM $steady
wait $steady
is "none of those who call all the time fails" "$?: $(cat "$work/steady")" \
	"0: $(sed -n 's/failed=.*/failed=0/p' "$work/steady")"
leave stay
is "those who stayed are answered to the last byte" "$?: $(tail -n 1 "$work/held.stay" | grep -oE '^connections=[0-9]+ failed=[0-9]+')" \
	"0: connections=$stay failed=0"
look range
like "many workers have been retired" "$ends" '"retired":[0-9]{2}'
unlike "and none has ended in another way" "${ends#*,}" ':[1-9]'
look zero
unlike "of neither" "${ends#*,}" ':[1-9]'
is "nobody is left of the one from zero" "$ready" 0
unlike "nothing is said of them" "$(log_lines)" 'killed|refused|cannot|all .* busy'
stop_preforkd
is "it ends with status 0" "$exit_status" 0
done_testing
