#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what an idle hour of osft-reporter costs: instructions on x86-64, counted by callgrind, with 20 instances
# at an interval of 60 s over kept TLS connections, and nothing new in any of them. Prints a Markdown table; the exit
# status is 1 when the limit is exceeded.
#
# Four reporters run at the same time, each with a connection of its own. Two of them run until different numbers of
# polls have ended: their difference is the cost of that many polls. The other two run for different times without
# polls: their difference is the cost of that time. Polls are 1.1 s apart, as the text file is written at most once a
# second: so each poll writes the file, as it does when polls are 3 s apart. Starting, connecting and ending are not
# counted.
# usage: OSFT_BUILD=BUILD sh tests/size/reporter_bench.sh     (BUILD has osft-reporter and osft-endpoint, by gcc -O2)
# shellcheck disable=SC2154 # many variables are set by eval
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh

few=40 many=140    # polls of the reporters few_polls and many_polls
few_s=10 many_s=70 # seconds of the reporters few_idle and many_idle
hour_polls=$((fleet * 60))
limit=10000000000

stopped() {
    echo "reporter_bench.sh: $*" >&2
    cat "$T"/*.err >&2
    exit 1
}

# begin NAME INTERVAL: Start a reporter under callgrind, with files of its own. $NAME_reporter: its process id.
begin() {
    mkdir "$T/$1"
    write_fleet 1 "ca = $T/ca.pem" "interval = $2" '[reporter]' "state = $T/$1" '[textfile]' "path = $T/$1/osft.prom" \
        '[http]' 'port = 0' '[systemd]' '[mqtt]' 'host = 127.0.0.1' "port = $fleet_broker_port" \
        "client_id = $1" "topic = $1"
    mv "$T/fleet.conf" "$T/$1.conf"
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$B/osft-reporter" --config "$T/$1.conf" \
        >"$T/$1.out" 2>"$T/$1.err" </dev/null &
    eval "$1_reporter=$!"
    reporters="$reporters $!"
}

# end NAME: End the reporter. Sets $NAME to the number of its instructions, and $NAME_polls to that of its polls.
end() {
    eval "process=\$$1_reporter"
    kill "$process" && wait "$process"
    count=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$T/$1.err")
    ended=$(awk '/^osft_polls_total[ {]/ { n += $NF } END { printf "%d", n }' "$T/$1/osft.prom")
    [ -n "$count" ] || stopped "$1: nothing was counted"
    eval "$1=$count $1_polls=$ended"
}

# ended_polls NAME COUNT: Whether at least so many polls have ended.
# shellcheck disable=SC2317 # called by wait_for
ended_polls() {
    awk -v wanted="$2" '/^osft_polls_total[ {]/ { n += $NF } END { exit n < wanted }' "$T/$1/osft.prom" 2>/dev/null
}
# wait_for COMMAND...: Repeat the command until it succeeds; end the script after ten minutes.
wait_for() {
    for _ in $(seq 6000); do
        ! "$@" || return 0
        sleep 0.1
    done
    stopped "waited in vain for: $*"
}

reporters=
# shellcheck disable=SC2317,SC2086 # called by the trap; process ids
quit() {
    [ -z "$reporters" ] || kill $reporters 2>/dev/null
    end_fleet
}
trap quit EXIT

now_ms() {
    date +%s%3N
}

start_broker
start --ca-out "$T/ca.pem" --generate 25 --run-seconds 1
begin few_polls 22s
begin many_polls 22s
begin few_idle 24h
begin many_idle 24h
for name in few_idle many_idle; do
    wait_for ended_polls $name $fleet
    eval "${name}_ms=$(now_ms)"
done
# until_time SECONDS: Whether so many seconds have passed since many_idle became idle.
until_time() {
    [ "$(now_ms)" -ge $((many_idle_ms + $1 * 1000)) ]
}
end_idle() {
    wait_for until_time "$2"
    end "$1"
    eval "$1_ms=\$(($(now_ms) - $1_ms))"
}
end_idle few_idle $few_s
wait_for ended_polls few_polls $few
end few_polls
end_idle many_idle $many_s
wait_for ended_polls many_polls $many
end many_polls
reporters=

connections=$(sed -n 's/.* conn=\([0-9]*\) .*/\1/p' "$T/log" | sort -u | wc -l)
[ "$connections" = 4 ] || stopped "$connections connections: one was not kept"
[ "$(grep -c ' fault=- *$' "$T/log")" = "$(wc -l <"$T/log")" ] || stopped "not all requests went well"
[ "$few_idle_polls" = "$many_idle_polls" ] || stopped "the idle ones have polled"

awk -v few="$few_polls" -v many="$many_polls" -v few_n="$few_polls_polls" -v many_n="$many_polls_polls" \
    -v few_idle="$few_idle" -v many_idle="$many_idle" -v ms=$((many_idle_ms - few_idle_ms)) \
    -v hour_polls="$hour_polls" -v limit="$limit" -v gap_s=1.1 -v version="$(gcc -dumpfullversion)" '
    BEGIN {
        poll = (many - few) / (many_n - few_n)
        second = (many_idle - few_idle) / ms * 1000
        # The cost of a poll includes the time until the next poll.
        hour = hour_polls * poll + (3600 - hour_polls * gap_s) * second
        print "Instructions on x86-64, by `gcc -O2` " version ", in the reporter and its libraries, counted by"
        print "callgrind."
        print ""
        print "| | at most | measured |"
        print "|---|--:|--:|"
        printf "| a poll over a kept TLS connection that brings nothing new, the text file written after it, "
        printf "and the %.1f s until the next (from %d polls) | | %d |\n", gap_s, many_n - few_n, poll
        printf "| a second in which no poll is due (from %.1f s) | | %d |\n", ms / 1000, second
        printf "| **an idle hour with 20 instances at 60 s**: %d polls, and %d s more without one ", \
            hour_polls, 3600 - hour_polls * gap_s
        printf "| %.0f | %.0f |\n", limit, hour
        exit hour > limit
    }' || {
    echo "reporter_bench.sh: past its limit" >&2
    exit 1
}
