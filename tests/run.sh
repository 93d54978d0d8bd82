#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs tests and adds up their results. From the project's root:  sh tests/run.sh BUILD|SCRIPT...
#   BUILD   a build folder: its unit tests (BUILD/tests/test_*) whose source exists, and tests/command/*.sh with
#           OSFT_BUILD set
#   SCRIPT  any other check; OSFT_BUILD is the first BUILD, or the value that it had
# Each program and script prints TAP on standard output. One counts as one failure when it ends with a failure but
# names none, leaves out results that it announced, or prints no result. The output of a program that failed is
# shown. As many programs run at a time as there are processors, or OSFT_TEST_JOBS; their results are printed in
# order. The last line is `N passed, N failed`, with `, N skipped` if there are any.
set -u

limit=${OSFT_TEST_SECONDS:-600} # seconds for one program; only a hang takes that long
jobs=${OSFT_TEST_JOBS:-$(nproc)}
passed=0 failed=0 skipped=0
added=0   # programs that were added
started=0 # how many of these were started, in that order
told=0    # how many of these had their results printed, in that order

dir=$(mktemp -d) || exit 1
mkfifo "$dir/ended" && exec 3<>"$dir/ended" || exit 1
stop() {
    # shellcheck disable=SC2046 # numbers
    kill $(cat "$dir"/*.pid 2>/dev/null) 2>/dev/null
    wait
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

# add NAME COMMAND...: add a program, which run_all will run.
add() {
    added=$((added + 1))
    echo "$1" >"$dir/$added.name"
    shift
    for word in "$@"; do
        echo "$word"
    done >"$dir/$added.command"
}

# start NUMBER: run a program in the background. When it has ended, its number is written to descriptor 3.
start() {
    (
        trap 'kill "$child" 2>/dev/null; wait; rm -f "$dir/$1.pid"; exit 1' TERM
        IFS='
'
        # shellcheck disable=SC2046 # a word a line
        timeout -k 10 "$limit" $(cat "$dir/$1.command") >"$dir/$1.out" 2>"$dir/$1.err" </dev/null 3>&- &
        child=$!
        wait "$child"
        echo $? >"$dir/$1.code"
        rm -f "$dir/$1.pid"
        echo "$1" >&3
    ) &
    echo $! >"$dir/$1.pid"
}

# tell NUMBER: print the result of a program that has ended, and add it up.
tell() {
    name=$(cat "$dir/$1.name")
    code=$(cat "$dir/$1.code")
    log=$dir/$1.out err=$dir/$1.err
    # shellcheck disable=SC2046 # four numbers
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
        sed 's/^/    /' "$log" "$err"
    elif [ "$3" != 0 ]; then
        grep -i '# *skip' "$log" | sed 's/^/    /'
    fi
}

run_all() {
    running=0
    while [ "$told" -lt "$added" ]; do
        while [ "$started" -lt "$added" ] && [ "$running" -lt "$jobs" ]; do
            started=$((started + 1)) running=$((running + 1))
            start "$started"
        done
        read -r _ <&3
        running=$((running - 1))
        while [ -e "$dir/$((told + 1)).code" ]; do
            told=$((told + 1))
            tell "$told"
        done
    done
}

first=${OSFT_BUILD:-build}
for what in "$@"; do
    [ ! -d "$what" ] || { first=$what && break; }
done

for what in "$@"; do
    if [ ! -e /proc/self/maps ] && grep -qs fsanitize "$what/obj/flags"; then
        echo "$what skipped: its sanitizers need /proc, which is not mounted"
        skipped=$((skipped + 1))
    elif [ -d "$what" ]; then
        for program in "$what"/tests/test_*; do
            [ -x "$program" ] || continue
            source=${program##*/}
            if [ ! -e "tests/unit/$source.c" ] && [ ! -d "tests/system/${source#test_}" ]; then
                echo "$program is not run: its source is gone" >&2
                continue
            fi
            add "$program" env CMOCKA_MESSAGE_OUTPUT=TAP OSFT_BUILD="$what" "$program"
        done
        for script in tests/command/*.sh; do
            [ -e "$script" ] || continue
            add "$script, $what" env OSFT_BUILD="$what" sh "$script"
        done
    else
        add "$what" env OSFT_BUILD="$first" sh "$what"
    fi
done
run_all

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ] && [ "$passed" != 0 ]
