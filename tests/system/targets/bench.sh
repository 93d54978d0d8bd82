#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of reading a response on processors of devices: the emulator executes one instruction at a
# time and logs each. The program runs twice, and reads the response once more in the second run; the difference
# counts. Prints a Markdown table; exit status 1 when a limit is passed.
# usage: OSFT_BUILD=BUILD sh tests/system/targets/bench.sh     (`make test-targets` builds the programs)
set -u
. tests/system/targets/emulators.sh

built=${OSFT_BUILD:-build}/targets
failed=0
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM

stopped() {
    echo "bench.sh: $*" >&2
    exit 1
}

# count COMMAND...: run an emulator, which writes a log; the instructions are in $T/count. A log line that begins with
# `Stopped` says that the instruction before it was interrupted, and will be executed once more.
count() {
    mkfifo "$T/log"
    awk '/^Trace/ { n++ } /^Stopped/ { n-- } END { print n + 0 }' "$T/log" >"$T/count" &
    reader=$!
    timeout -k 5 "${OSFT_RUN_SECONDS:-900}" "$@" >"$T/result" 2>&1 </dev/null
    status=$?
    : 1<>"$T/log" # an emulator that could not start has not opened the log, for which awk waits
    wait "$reader"
    rm -f "$T/log"
    [ "$status" = 0 ] || stopped "$1: exit status $status: $(cat "$T/result")"
}

# single COMMAND...: prints the option by which this emulator executes one instruction at a time.
single() {
    if "$1" -help | grep -q -- '-one-insn-per-tb'; then
        echo -one-insn-per-tb
    elif "$1" -help | grep -q 'one-insn-per-tb='; then
        echo '-accel tcg,one-insn-per-tb=on'
    else
        echo -singlestep
    fi
}

# measure NAME LIMIT PROCESSOR COMMAND...: print a row. The command starts an emulator.
measure() {
    name=$1 limit=$2 processor=$3 kernel=-kernel
    shift 3
    [ "$1" != qemu-mips ] || kernel=
    for times in 1 2; do
        # shellcheck disable=SC2046,SC2086 # words
        count "$@" $(single "$1") -d exec,nochain -D "$T/log" $kernel "$built/$name/bench_$times"
        tr -d '\r' <"$T/result" | cmp -s - "$T/expected" || stopped "$processor found $(cat "$T/result")"
        eval "count_$times=$(cat "$T/count")"
    done
    # shellcheck disable=SC2154 # set by eval
    measured=$(awk "BEGIN { printf \"%.1f\", ($count_2 - $count_1) / $bytes }")
    echo "| $processor | $limit | $measured |"
    awk "BEGIN { exit !($measured > 0 && $measured <= $limit) }" || {
        echo "bench.sh: past its limit: $processor: $measured, at most $limit" >&2
        failed=1
    }
}

"$built/host/bench_1" >"$T/expected" || stopped "on this machine: $(cat "$T/expected")"
bytes=$(sed 's/.* \([0-9]*\) bytes.*/\1/' "$T/expected")
tasks=$(sed 's/.* \([0-9]*\) tasks.*/\1/' "$T/expected")
echo "Instructions a byte of a page of $tasks tasks ($bytes bytes): framing, grammar, tokens, fields,"
echo "\`extendInfo\` and its recall. It arrives in segments of 536 bytes, and is read a task at a time in a"
echo 'work buffer of 2 KB. By `gcc -Os`, counted by QEMU.'
echo
echo '| | at most | measured |'
echo '|---|--:|--:|'
# shellcheck disable=SC2046 # words
measure microbit 123 'Cortex-M0 (microbit)' $(emulator microbit)
# shellcheck disable=SC2046 # words
measure virt 95 'RV32IMAC (virt)' $(emulator virt)
measure mips 102 'MIPS32, big-endian' qemu-mips
exit "$failed"
