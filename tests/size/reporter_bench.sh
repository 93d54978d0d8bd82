#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an idle hour of osft-reporter costs: instructions on x86-64, counted by callgrind, with 20 instances at an
# interval of 60 s over kept TLS connections, and nothing new in any of them. Prints a Markdown table; exit
# status 1 when the limit is passed.
#
# Four reporters run at the same time, against endpoints of their own: two until different numbers of polls have
# ended, whose difference is the cost of that many polls; two without polls for different times, whose difference is
# the cost of being awake that long. Polls are 1.1 s apart, as the text file is written once a second at most:
# each poll writes it, as it does when they are 3 s apart. Starting, connecting and ending do not count.
# usage: OSFT_BUILD=BUILD sh tests/size/reporter_bench.sh     (BUILD has osft-reporter and osft-endpoint, by gcc -O2)
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/reporter.sh
. tests/tools/fleet.sh

few=40 many=140          # polls of the first two reporters
few_s=10 many_s=70       # seconds of the other two
hour_polls=$((fleet * 60))
limit=1000000000

stopped() {
    echo "reporter_bench.sh: $*" >&2
    cat "$T"/*.err >&2
    exit 1
}

# begin NAME INTERVAL: a reporter under callgrind with files of its own. Its process is $NAME_reporter.
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

# end NAME: ends it. Its instructions go to $NAME, its polls to $NAME_polls.
end() {
    eval "process=\$$1_reporter"
    kill "$process" && wait "$process"
    count=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$T/$1.err")
    ended=$(awk '/^osft_polls_total[ {]/ { n += $NF } END { printf "%d", n }' "$T/$1/osft.prom")
    [ -n "$count" ] || stopped "$1: nothing was counted"
    eval "$1=$count $1_polls=$ended"
}

# ended_polls NAME COUNT: so many polls have ended, all of them well.
# shellcheck disable=SC2317 # called by wait_for
ended_polls() {
    awk -v wanted="$2" '/^osft_polls_total[ {]/ { n += $NF } END { exit n < wanted }' "$T/$1/osft.prom" 2>/dev/null
}
# wait_for COMMAND...: only where it never holds, ten minutes decide.
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
