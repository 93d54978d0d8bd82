#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the core's unit tests without an OS in emulators: on a Cortex-M0 and on RV32. `make test-targets` builds them.
# Prints TAP. A program for which the microbit (Cortex-M0, 16 KB of RAM) is too small runs on mps2-an385, as the code
# of a Cortex-M0 on a Cortex-M3.
# usage: OSFT_BUILD=BUILD sh tests/system/targets/run.sh
#        sh tests/system/targets/run.sh FOLDER BOARD PROGRAM OUT     (for the script itself: one program)
set -u
. tests/system/targets/emulators.sh

least=7     # how many programs must fit the microbit
too_large=90 # the exit status of a program that needs more RAM; see board.c

# run_one FOLDER BOARD PROGRAM OUT: run a program; OUT has its output behind a line that names the board.
run_one() {
    program=$1/$2/$3
    if [ "$2" = microbit ]; then
        status=$too_large
        [ ! -s "$program" ] || run_on microbit "$program" "$4"
        [ $status = $too_large ] || return
        run_one "$1" mps2-an385 "$3" "$4"
    else
        run_on "$2" "$program" "$4"
    fi
}

# run_on BOARD PROGRAM OUT. Sets status.
run_on() {
    echo "# $1: ${2##*/}" >"$3"
    # shellcheck disable=SC2046 # words
    timeout -k 5 "${OSFT_RUN_SECONDS:-1500}" $(emulator "$1") -kernel "$2" >>"$3" 2>&1 </dev/null
    status=$?
    if [ $status = $too_large ] && [ "${2##*/}" = test_on_task ] && [ "$1" = mps2-an385 ]; then
        echo 'ok - # SKIP test_on_task needs more than the 16 MB of RAM of mps2-an385; it runs on virt' >"$3.tap"
        return
    fi
    [ $status = 0 ] || grep -q '^not ok' "$3" || echo "not ok - exit status $status" >>"$3"
    # A program that ended too early printed fewer results than it announced.
    tr -d '\r' <"$3" | awk '
        /^1\.\./ { plan = substr($1, 4) + 0; next }
        /^(not )?ok/ { results++ }
        /^not ok [0-9]+ # SKIP/ { sub(/^not /, "") }
        { print }
        END { if (!plan || results < plan) print "not ok - announced " plan + 0 " results, printed " results + 0 }
    ' >"$3.tap"
}

if [ $# = 4 ]; then
    run_one "$@"
    exit
fi

built=${OSFT_BUILD:-build}/targets
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
for board in microbit virt; do
    mkdir "$T/$board"
    find "$built/$board" -name 'test_*' ! -name '*.log' | sed 's|.*/||' | sort |
        sed "s|.*|$built $board & $T/$board/&|"
done | xargs -n 4 -P "$(nproc)" sh "$0"
cat "$T"/*/*.tap
small=$(grep -l '^# microbit' "$T"/microbit/*.tap | wc -l)
echo "# $small programs ran in the microbit's 16 KB of RAM; others of a Cortex-M0 on mps2-an385"
[ "$small" -ge "$least" ] || echo 'not ok - too few programs fit the microbit'
! grep -q '^not ok' "$T"/*/*.tap && [ "$small" -ge "$least" ]
