#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tests and adds them up. From the project's root:  sh tests/run.sh BUILD|SCRIPT...
#   BUILD   a build folder: its unit tests (BUILD/tests/test_*), and tests/command/*.sh with OSFT_BUILD set
#   SCRIPT  any other check; OSFT_BUILD is the first BUILD, or what it was
# Whatever is run prints TAP on standard output. One that ends with a failure but names none, leaves
# out results that it announced, or prints no result at all, is one failure. What a program printed is
# shown when it failed. The last line is `N passed, N failed`, with `, N skipped` if there are any.
set -u

limit=${OSFT_TEST_SECONDS:-600} # for one program; only a hang takes that long
passed=0 failed=0 skipped=0

log=$(mktemp) || exit 1
trap 'rm -f "$log" "$log.err"' EXIT
trap 'exit 1' HUP INT TERM

# run NAME COMMAND...
run() {
    name=$1
    shift
    timeout -k 10 "$limit" "$@" >"$log" 2>"$log.err" </dev/null
    code=$?
    # shellcheck disable=SC2046 # three numbers
    set -- $(awk '
        { sub(/\r$/, "") }
        /^1\.\.[0-9]+/ { plan = substr($1, 4) + 0 }
        /^(not )?ok( |$)/ {
            if (/# *[Ss][Kk][Ii][Pp]/) skip++
            else if (/^ok/) ok++
            else bad++
        }
        END { print ok + 0, bad + 0, skip + 0, plan + 0 }' "$log")
    why=
    if [ $(($1 + $2 + $3)) = 0 ] && [ "$code" = 0 ]; then
        why='printed no result'
    elif [ $(($1 + $2 + $3)) -lt "$4" ]; then
        why="announced $4 results and printed $(($1 + $2 + $3))"
    elif [ "$code" != 0 ] && [ "$2" = 0 ]; then
        why='named no failure'
    fi
    [ "$code" != 124 ] || why="did not end within $limit seconds"
    bad=$2
    [ -z "$why" ] || bad=$((bad + 1))
    passed=$((passed + $1)) failed=$((failed + bad)) skipped=$((skipped + $3))

    printf '%-52s %4d passed' "$name" "$1"
    [ "$bad" = 0 ] || printf ', %d FAILED' "$bad"
    [ "$3" = 0 ] || printf ', %d skipped' "$3"
    [ -z "$why" ] || printf ' (exit status %d, %s)' "$code" "$why"
    echo
    if [ "$bad" != 0 ]; then
        sed 's/^/    /' "$log" "$log.err"
    elif [ "$3" != 0 ]; then
        grep -i '# *skip' "$log" | sed 's/^/    /'
    fi
}

first=${OSFT_BUILD:-build}
for what in "$@"; do
    [ ! -d "$what" ] || { first=$what && break; }
done

for what in "$@"; do
    if [ -d "$what" ]; then
        for program in "$what"/tests/test_*; do
            [ -x "$program" ] || continue
            run "$program" env CMOCKA_MESSAGE_OUTPUT=TAP OSFT_BUILD="$what" "$program"
        done
        for script in tests/command/*.sh; do
            [ -e "$script" ] || continue
            run "$script, $what" env OSFT_BUILD="$what" sh "$script"
        done
    else
        run "$what" env OSFT_BUILD="$first" sh "$what"
    fi
done

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ] && [ "$passed" != 0 ]
