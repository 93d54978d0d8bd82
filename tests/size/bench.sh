#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what calls cost in instructions on x86-64, counted by callgrind, and how many requests a walk over all tasks
# takes. Each program is run twice with different numbers of repetitions, and only the difference counts, so clocks and
# other programs have no influence. Prints a Markdown table; the exit status is 1 when a limit is exceeded.
# usage: OSFT_BUILD=BUILD sh tests/size/bench.sh     (BUILD has osft, osft-endpoint and tests/bench, by gcc -O2)
set -u
name=bench.sh

. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/size/rows.sh

# collect ARGUMENT...: the instructions of BUILD/tests/bench with these arguments. $only: a function; only it
# and what it calls is counted. What the program printed is in $T/result.
only=
collect() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null ${only:+--toggle-collect="$only"} \
        "$B/tests/bench" "$@" >"$T/result" 2>"$T/log.valgrind" </dev/null || {
        cat "$T/log.valgrind" >&2
        return 1
    }
    sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$T/log.valgrind"
}

# count REPETITIONS ARGUMENT...: the instructions of one repetition, in $instructions. The last argument of
# the program is how often it repeats.
count() {
    repetitions=$1
    shift
    few=$(collect "$@" 2) || stopped "$* failed"
    cp "$T/result" "$T/result.few"
    many=$(collect "$@" $((repetitions + 2))) || stopped "$* failed"
    [ "${1:-}" = list ] || cmp -s "$T/result" "$T/result.few" || stopped "$*: different results"
    [ -n "$few" ] && [ -n "$many" ] && [ "$many" -gt "$few" ] || stopped "$*: nothing was counted"
    instructions=$(((many - few) / repetitions))
}

# read_page NAME READER TASKS PIECE CHUNK REPETITIONS: instructions a byte of the body, in the variable NAME.
# All must find the same in the same number of tasks.
read_page() {
    count "$6" "$2" "$3" "$4" "$5"
    bytes=$(sed 's/ .*//' "$T/result")
    [ -e "$T/found.$3" ] || cp "$T/result" "$T/found.$3"
    cmp -s "$T/result" "$T/found.$3" || stopped "$2 found in $3 tasks: $(cat "$T/result")"
    eval "$1=\$(awk 'BEGIN { printf \"%.2f\", $instructions / $bytes }')"
}

# walk FAULT...: the requests of list --all over 100,000 tasks, 100 a page, in $walked.
walk() {
    start --plain-http --generate 100000 "$@"
    run list --all --page-size 100 --format jsonl --endpoint "127.0.0.1:$port" --plain-http --app my-app \
        --function ctr --instance ctr_test
    [ "$status" = 0 ] || stopped "osft list --all: $(cat "$T/err")"
    listed=$(sort -u "$T/out" | wc -l)
    [ "$listed" = 100000 ] && [ "$(wc -l <"$T/out")" = 100000 ] || stopped "$listed tasks of 100000 were listed"
    walked=$(grep -c ' GET ' "$T/log")
}

read_page whole osft 50 0 0 20
page_bytes=$bytes
read_page small osft 10 0 0 50
read_page large osft 1000 0 0 2
read_page segments osft 50 1460 0 20
read_page chunks osft 50 0 1024 20
read_page single osft 50 1 0 5
read_page cjson cjson 50 0 0 10
read_page jansson jansson 50 0 0 10
count 50 head
head=$instructions
head_bytes=$(sed 's/ .*//' "$T/result")
count 20 sign
sign=$instructions
only=mbedtls_internal_sha256_process
count 20 sign
only=
hash=$instructions
blocks=$(sed 's/ .*//' "$T/result")
start --plain-http --generate 10
count 20 list "$port"
list=$instructions
walk
requests=$walked
walk --fault cap=100
capped=$walked

echo "Instructions on x86-64, by \`gcc -O2\` $(gcc -dumpfullversion), counted by callgrind."
echo
echo '| | at most | measured |'
echo '|---|--:|--:|'
row "page of 50 tasks ($page_bytes bytes), read whole: framing, grammar, tokens, fields, \`extendInfo\` unescaped and \
its recall read; instructions a byte" 76 "$whole"
row 'the same of 10 tasks, over that' 1.05 "$(ratio "$small" "$whole")"
row 'the same of 1,000 tasks, over that' 1.05 "$(ratio "$large" "$whole")"
row "the same by cJSON $(version libcjson-dev), without framing; instructions a byte" - "$cjson"
row "the same by jansson $(version libjansson-dev), without framing; instructions a byte" - "$jansson"
row 'the page in pieces of 1,460 bytes, over whole' 1.1 "$(ratio "$segments" "$whole")"
row 'the page in chunks of 1 KB, over whole' 1.1 "$(ratio "$chunks" "$whole")"
row 'the page in pieces of 1 byte, over whole' 4.5 "$(ratio "$single" "$whole")"
row "head of 8 headers ($head_bytes bytes); instructions" 16000 "$head"
row "building and signing a request, over its $blocks SHA-256 blocks" 1.5 "$(ratio "$sign" "$hash")"
row 'list of 10 tasks on a kept connection, plain HTTP, all in the client; instructions' 430000 "$list"
row '`list --all` of 100,000 tasks, 100 a page; requests over the fewest possible' 1.06 "$(ratio "$requests" 1000)"
row 'the same where the service gives no more than 100 at once' - "$(ratio "$capped" 1000)"
exit "$failed"
