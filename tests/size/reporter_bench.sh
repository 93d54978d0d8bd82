#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what an idle hour of osft-reporter costs: instructions on x86-64, counted by callgrind, with 20 instances
# at an interval of 60 s over a kept TLS connection, and nothing new in any of them. Prints a Markdown table; the exit
# status is 1 when the limit is exceeded.
#
# Two reporters run, one after the other: the first for five minutes, the second for 65 minutes. The difference between
# their counts is the cost of one idle hour. So starting, connecting and ending are not counted. The hour passes within
# minutes, as the clocks leap ahead while the reporter sleeps (tests/tools/leap.c, whose instructions are counted as
# well).
# usage: OSFT_BUILD=BUILD sh tests/size/reporter_bench.sh     (BUILD has osft-reporter and osft-endpoint, by gcc -O2)
# shellcheck disable=SC2154 # variables of the sourced files
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh
. tests/tools/leap.sh

limit=10000000000

stopped() {
    echo "reporter_bench.sh: $*" >&2
    cat "$T"/*.err >&2
    exit 1
}

# measure MINUTES: Run a reporter under callgrind for MINUTES. Sets $count to the number of its instructions, and $polls
# to the number of its polls.
measure() {
    name=minutes_$1
    mkdir "$T/$name"
    write_fleet 1 "ca = $T/ca.pem" 'interval = 60s' '[reporter]' "state = $T/$name" '[textfile]' \
        "path = $T/$name/osft.prom" '[http]' 'port = 0' '[systemd]' '[mqtt]' 'host = 127.0.0.1' \
        "port = $fleet_broker_port" "client_id = $name" "topic = $name"
    OSFT_LEAP_UNTIL=$T/leap.until with_leap valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$B/osft-reporter" --config "$T/fleet.conf" >"$T/$name.out" 2>"$T/$name.err" </dev/null &
    reporter=$!
    until_true has_line "$T/$name/osft.prom" '^osft_up\{.* 1$' || stopped "no poll went well"
    leap_ahead "$1" || stopped "the clocks have not leapt"
    polls=$(ended_polls "$T/$name/osft.prom")
    stop_reporter
    count=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$T/$name.err")
    [ -n "$count" ] || stopped "nothing was counted"
}

build_leap || stopped "$leap_missing"
start_broker
export OSFT_LEAP_BROKER="$fleet_broker_port"
start_leaping --ca-out "$T/ca.pem" --generate 25 --run-seconds 1
measure 5
first_count=$count first_polls=$polls
measure 65

connections=$(sed -n 's/.* conn=\([0-9]*\) .*/\1/p' "$T/log" | sort -u | wc -l)
[ "$connections" = 2 ] || stopped "$connections connections: one was not kept"
[ "$(grep -c ' fault=- *$' "$T/log")" = "$(wc -l <"$T/log")" ] || stopped "not all requests went well"

awk -v hour=$((count - first_count)) -v polls=$((polls - first_polls)) -v limit="$limit" \
    -v version="$(gcc -dumpfullversion)" '
    BEGIN {
        print "Instructions on x86-64, by `gcc -O2` " version ", in the reporter and its libraries, counted by"
        print "callgrind."
        print ""
        print "| | at most | measured |"
        print "|---|--:|--:|"
        printf "| **an idle hour with 20 instances at 60 s**: %d polls over a kept TLS connection ", polls
        printf "| %.0f | %.0f |\n", limit, hour
        printf "| of that, for each poll: the poll, the text file written after it, and the time until the next "
        printf "| | %.0f |\n", hour / polls
        exit hour > limit
    }' || {
    echo "reporter_bench.sh: past its limit" >&2
    exit 1
}
