#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what a list costs, compared with curl and jq, and with the vendor's own SDK for Node.js: processor time,
# memory and instructions, as ratios. All programs list the same tasks of the same endpoint, in turn. Each figure is the
# least of all runs, because other programs on the machine can only increase it. Prints a Markdown table; the exit
# status is 1 when a limit is exceeded.
# usage: OSFT_BUILD=BUILD sh tests/size/compare.sh FOLDER     (BUILD has osft, osft-endpoint, tests/bench and
#        tests/usage, by gcc -O2; FOLDER is for the SDK)
set -u
name=compare.sh
sdk=$1
case $sdk in /*) ;; *) sdk=$(pwd)/$sdk ;; esac
has_sdk=1
{ sh tests/tools/sdk.sh "$sdk" >&2 && cp tests/size/compare.mjs "$sdk"; } || has_sdk=0

. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/size/rows.sh

runs=15    # of each process over TLS, in a round
rounds=3   # at most, while a limit is passed
sdk_runs=4 # of each process of Node.js, in a round
lists=1000 # on a kept connection
where='--app my-app --function ctr --instance ctr_test'

# used FILE: add the line of tests/usage in FILE to FILE.all.
used() {
    cat "$1" >>"$1.all"
}
# least FILE COLUMN: the least of all runs: 1: memory, KiB; 2: processor time, us; 3: time, us.
least() {
    sort -n -k "$2,$2" "$1.all" | awk -v column="$2" 'NR == 1 { print $column }'
}
# tasks: the lines of JSON on standard input, each as [generation, runId]: what does not change while runs go on.
tasks() {
    jq -c '[.generation // .Generation, .runId // .RunId]'
}
# same_tasks NAME: whether these tasks, in $T/tasks, are those that osft has listed.
same_tasks() {
    [ -s "$T/tasks.osft" ] && cmp -s "$T/tasks" "$T/tasks.osft" || stopped "$1 has listed other tasks than osft"
}

list_by_osft() {
    # shellcheck disable=SC2086 # a list of words
    "$@" "$B/osft" list $where --page-size 10 --format jsonl --endpoint "127.0.0.1:$port" --ca "$T/ca.pem" >"$T/out" ||
        stopped 'osft failed'
}
# sign: make a request for curl, which cannot sign. The endpoint accepts each request once.
sign() {
    # shellcheck disable=SC2086 # a list of words
    "$B/osft" list $where --page-size 10 --endpoint "127.0.0.1:$port" --dry-run --show-signature >"$T/request" ||
        stopped 'osft signed nothing'
    sed -n 's/\r$//; /^GET \//,$ { /^[a-z0-9-]*: /s/.*/header = "&"/p; }' "$T/request" >"$T/curlrc"
    target=$(sed -n 's/^GET \(\/.*\) HTTP.*/\1/p' "$T/request")
}
list_by_curl() {
    "$@" curl -sS --fail --cacert "$T/ca.pem" -K "$T/curlrc" "https://127.0.0.1:$port$target"
}
list_by_sdk() { # FILE SCHEME TIMES
    (cd "$sdk" && NODE_EXTRA_CA_CERTS=$T/ca.pem "$B/tests/usage" "$T/$1" node compare.mjs "$2" "127.0.0.1:$port" "$3") \
        >"$T/tasks" || stopped 'the SDK failed'
    used "$T/$1"
}

# --- processes over new TLS connections ---
# The time that passes is measured on one processor, as a small gateway has. With more, curl and jq run at the same time,
# and the time depends on how many processors are free. The endpoint may run on another processor. Both ways to list are
# commands of a shell, because a pipe needs one.
processor=$(taskset -cp $$ 2>/dev/null | sed 's/.*: *\([0-9]*\).*/\1/')
on_one=${processor:+taskset -c $processor}
# (The SDK reads members as the endpoint spells them with --case pascal; osft reads both spellings.)
process_round() {
    start --generate 10 --case pascal --ca-out "$T/ca.pem"
    list_by_osft env
    tasks <"$T/out" >"$T/tasks.osft"
    for _ in $(seq $runs); do
        list_by_osft "$B/tests/usage" "$T/osft"
        used "$T/osft"
        # shellcheck disable=SC2086 # a list of words
        list_by_osft $on_one "$B/tests/usage" "$T/osft.time" sh -c '"$@"; exit' sh
        used "$T/osft.time"
        sign
        list_by_curl "$B/tests/usage" "$T/curl" | "$B/tests/usage" "$T/jq" jq -c '.Result[]' >"$T/out"
        tasks <"$T/out" >"$T/tasks"
        same_tasks 'curl with jq'
        # Both run at the same time, so their memory adds up.
        paste -d ' ' "$T/curl" "$T/jq" | awk '{ print $1 + $4, $2 + $5 }' >"$T/pipe"
        used "$T/pipe"
        sign
        # shellcheck disable=SC2086
        list_by_curl $on_one "$B/tests/usage" "$T/pipe.time" sh -c '"$@" | jq -c ".Result[]"' sh >"$T/out"
        tasks <"$T/out" >"$T/tasks"
        same_tasks 'curl with jq in a shell'
        used "$T/pipe.time"
    done
    [ $has_sdk = 0 ] || for _ in $(seq $sdk_runs); do
        list_by_sdk sdk https 1
        same_tasks 'the SDK'
    done
}
# instructions COMMAND...: the number of instructions that the command takes, in $instructions.
instructions() {
    "$@" 2>"$T/log.valgrind" >"$T/out.valgrind" || stopped "valgrind: $(cat "$T/log.valgrind")"
    instructions=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$T/log.valgrind")
}
count_instructions() {
    count='valgrind --tool=callgrind --callgrind-out-file=/dev/null'
    # shellcheck disable=SC2086 # a list of words
    instructions list_by_osft $count
    by_osft=$instructions
    sign
    # shellcheck disable=SC2086
    instructions list_by_curl $count
    by_curl=$instructions
    cp "$T/out.valgrind" "$T/body"
    # shellcheck disable=SC2086
    instructions $count jq -c '.Result[]' "$T/body"
    by_pipe=$((by_curl + instructions))
}

# --- lists on a kept connection ---
kept_round() {
    start --plain-http --generate 10 --case pascal
    processes=0
    for _ in $(seq $sdk_runs); do
        for times in 2 $((lists + 2)); do
            "$B/tests/usage" "$T/kept.$times" "$B/tests/bench" list "$port" "$times" >/dev/null || stopped 'bench failed'
            used "$T/kept.$times"
            [ $has_sdk = 0 ] || list_by_sdk "sdk.$times" http "$times"
            processes=$((processes + 1 + has_sdk))
        done
    done
    connections=$(grep -c ' nth=1 ' "$T/log")
    [ "$connections" = "$processes" ] || stopped "$processes programs have opened $connections connections"
}
# a_list FILE: the processor time of one list, which is what many lists take more than two, us.
a_list() {
    echo "$(least "$T/$1.$((lists + 2))" 2) $(least "$T/$1.2" 2)" | awk -v lists=$lists '{ print ($1 - $2) / lists }'
}

# --- memory ---
# walk_memory TASKS: the memory of a walk over so many tasks, in $memory, KiB.
walk_memory() {
    start --plain-http --generate "$1"
    for _ in 1 2 3; do
        # shellcheck disable=SC2086 # a list of words
        "$B/tests/usage" "$T/walk.$1" "$B/osft" list $where --all --page-size 100 --format jsonl \
            --endpoint "127.0.0.1:$port" --plain-http >"$T/out" || stopped 'osft list --all failed'
        [ "$(wc -l <"$T/out")" = "$1" ] || stopped "osft list --all has not listed $1 tasks"
        used "$T/walk.$1"
    done
    memory=$(least "$T/walk.$1" 1)
}

# measure: fill in the figures that vary from run to run, from all rounds so far.
measure() {
    process_round
    kept_round
    cpu=$(ratio "$(least "$T/osft" 2)" "$(least "$T/pipe" 2)")
    peak=$(ratio "$(least "$T/osft" 1)" "$(least "$T/pipe" 1)")
    wall=$(ratio "$(least "$T/osft.time" 3)" "$(least "$T/pipe.time" 3)")
    sdk_cpu='not measured' sdk_peak='not measured' sdk_kept='not measured'
    [ $has_sdk = 0 ] || {
        sdk_cpu=$(ratio "$(least "$T/osft" 2)" "$(least "$T/sdk" 2)")
        sdk_peak=$(ratio "$(least "$T/osft" 1)" "$(least "$T/sdk" 1)")
        sdk_kept=$(ratio "$(a_list kept)" "$(a_list sdk)")
    }
}
# table: print the table. Sets failed.
table() {
    row 'list of 10 tasks over a new TLS connection, as a process; processor time, over that of curl with jq' 0.35 "$cpu"
    row 'the same; memory, over that of curl with jq' 0.2 "$peak"
    row 'the same; time that passes on one processor, over that of curl with jq' 0.35 "$wall"
    row 'the same; instructions, over those of curl with jq' 0.36 "$counted"
    row "the same; processor time, over that of the vendor's SDK" 0.03 "$sdk_cpu"
    row "the same; memory, over that of the vendor's SDK" 0.05 "$sdk_peak"
    row "list of 10 tasks on a kept connection, plain HTTP; processor time, over that of the vendor's SDK" 0.08 "$sdk_kept"
    row '`list --all` of 100,000 tasks; memory, over that of 1,000 tasks' 1.2 "$all"
}

walk_memory 1000
few=$memory
walk_memory 100000
all=$(ratio "$memory" "$few")
start --generate 10 --case pascal --ca-out "$T/ca.pem"
count_instructions
counted=$(ratio "$by_osft" "$by_pipe")
for _ in $(seq $rounds); do
    measure
    failed=0
    table >"$T/table" 2>"$T/past"
    [ "$failed" = 1 ] || break
done

echo "By \`gcc -O2\` $(gcc -dumpfullversion) on x86-64; curl $(version curl), jq $(version jq)$([ $has_sdk = 0 ] ||
    echo ", Node.js $(node --version | tr -d v), $(sed -n 's/.*"\(@alicloud.*\)": "\(.*\)".*/\1 \2/p' tests/system/peers/package.json)")."
[ $has_sdk = 1 ] || echo "The vendor's SDK was not measured, because npm's registry cannot be reached."
echo
echo '| | at most | measured |'
echo '|---|--:|--:|'
cat "$T/table"
cat "$T/past" >&2
exit "$failed"
