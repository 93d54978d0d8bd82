#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that a response of twice the size costs about twice the instructions, in every format. valgrind counts the
# instructions, so no clock is involved.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh valgrind || exit 1
osft=$OSFT_BUILD/osft

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# run_with TASKS METRICS: make a response with that many tasks, each with that many metrics.
run_with() {
    awk -v tasks="$1" -v metrics="$2" 'BEGIN { printf "{\"result\":["
        for (i = 0; i < tasks; i++) {
            printf "%s{\"generation\":%d,\"runId\":\"run-%d\",\"status\":\"running\",\"extendInfo\":\"{", i ? "," : "", i, i
            for (k = 0; k < metrics; k++) printf "%s\\\"metric.%d\\\":%d", k ? "," : "", k * 7919 % metrics, k
            printf "}\"}"
        }
        print "]}" }'
}

# run_below BYTES METRICS: make a response of one task, whose metrics are all members of an object with a name of
# that many bytes.
run_below() {
    awk -v bytes="$1" -v metrics="$2" 'BEGIN { printf "{\"result\":[{\"extendInfo\":\"{\\\"%0*d\\\":{", bytes, 0
        for (k = 0; k < metrics; k++) printf "%s\\\"%d\\\":%d", k ? "," : "", k, k
        print "}}\"}]}" }'
}

# count FORMAT FILE: print the number of instructions that the format takes.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$osft" parse --format "$1" "$2" 2>&1 >/dev/null |
        sed -n 's/.*Collected : *//p'
}

# at_most_double MAKER FORMAT A B A2 B2: check that the second response, of twice the size, costs at most 2.2 times
# as much.
at_most_double() {
    $1 "$3" "$4" >"$dir/one"
    $1 "$5" "$6" >"$dir/two"
    shift
    one=$(count "$1" "$dir/one")
    two=$(count "$1" "$dir/two")
    [ "${one:-0}" -gt 1000000 ] && [ "$((two * 10))" -le "$((one * 22))" ] || echo "$one instructions, then ${two:-none}"
}

if nm -D "$osft" 2>/dev/null | grep -q __asan_init; then
    skip 'twice the response costs twice the instructions' 'valgrind cannot run what has sanitizers in it'
    finish
fi
for format in table json jsonl csv prometheus timeline; do
    none "$format: a run with twice the metrics" at_most_double run_with $format 1 20000 1 40000
    none "$format: twice the runs" at_most_double run_with $format 1000 20 2000 20
    none "$format: runs with twice the metrics, as many as there is a series for" at_most_double run_with $format 40 250 40 500
    none "$format: twice the metrics, below a name of twice the length" at_most_double run_below $format 50000 10000 100000 20000
done
finish
