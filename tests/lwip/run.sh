#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The port for lwIP, with lwIP, on the host: builds lwIP three times (lwipopts.h says how) with both
# sanitizers, and runs the tests on them. Prints TAP.
# usage: sh tests/lwip/run.sh     (OSFT_BUILD: a build folder with libosft.a; LWIP_DIR: lwIP's sources)
set -u
. tests/tools/tap.sh

build=${OSFT_BUILD:-build}
lwip=${LWIP_DIR:-$build/lwip}
out=$build/with-lwip
unix=$lwip/contrib/ports/unix/port
core="$lwip/src/core/*.c $lwip/src/core/ipv4/*.c $lwip/src/core/ipv6/*.c"
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Werror'
include="-Icore -Iport/lwip -Iport/mbedtls -Itests/lwip -isystem $lwip/src/include -isystem $unix/include"

# objects FOLDER FLAGS SOURCE...: compiles what has changed, several at a time.
objects() {
    folder=$1
    flags=$2
    shift 2
    mkdir -p "$folder"
    for source in "$@"; do
        echo "$source"
    done | xargs -P "$(nproc)" -I{} sh -c 'set -e; source=$1
        object=$2/$(echo "$source" | tr / _).o
        $3 -c -o "$object" "$source"' sh {} "$folder" "${CC:-gcc} -std=c99 -g -O1 $flags"
}

# variant NAME SOURCES OWN: lwIP and what the tests of one variant share, in folder $out/NAME.
# shellcheck disable=SC2086 # lists of words
variant() {
    rm -rf "${out:?}/$1"
    define="-DLWIP_TEST_$(echo "$1" | tr a-z A-Z) -D_DEFAULT_SOURCE"
    objects "$out/$1/lwip" "$sanitize $include $define" $core $2 &&
        objects "$out/$1/own" "$sanitize $warn $include $define" port/lwip/*.c $3
}

# program NAME TEST
program() {
    define="-DLWIP_TEST_$(echo "$1" | tr a-z A-Z) -D_DEFAULT_SOURCE"
    # shellcheck disable=SC2086
    ${CC:-gcc} -std=c99 -g -O1 $sanitize $warn $include $define -o "$out/$1/$2" "tests/lwip/$2.c" \
        "$out/$1"/own/*.o "$out/$1"/lwip/*.o "$build/libosft.a" -lcmocka -lmbedcrypto -lpthread
}

# run NAME TEST: its results become ours.
run() {
    check "$2 builds with the $1 lwIP" program "$1" "$2"
    [ -x "$out/$1/$2" ] || return
    CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 300 "$out/$1/$2" >"$out/$1/$2.tap" 2>"$out/$1/$2.err"
    status=$?
    grep -E '^(not )?ok' "$out/$1/$2.tap" | sed -E "s/^((not )?ok) [0-9]+ - /\1 /" >"$out/$1/$2.results"
    while read -r line; do
        case $line in
        ok*) tap_result 0 "$1: ${line#ok }" '' ;;
        *) tap_result 1 "$1: ${line#not ok }" "$(grep '^#' "$out/$1/$2.tap")" ;;
        esac
    done <"$out/$1/$2.results"
    check "$2 ends well with the $1 lwIP" ended "$out/$1/$2" $status
}
ended() {
    [ "$2" = 0 ] && [ -s "$1.results" ] || {
        tail -n 30 "$1.err"
        return 1
    }
}

for name in small large; do
    check "the $name lwIP builds" variant $name '' 'tests/lwip/wire.c tests/lwip/peer.c tests/lwip/names.c tests/lwip/side.c tests/lwip/caller.c'
    for test in test_stream test_open test_list; do
        run $name $test
    done
done
check 'the sockets lwIP builds' variant sockets "$lwip/src/api/*.c $unix/sys_arch.c" "tests/lwip/names.c tests/lwip/caller.c"
run sockets test_sockets
finish
