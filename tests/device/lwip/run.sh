#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the port for lwIP with lwIP on the host: builds lwIP three times (see lwipopts.h) with both sanitizers, and
# runs the tests on each build. Prints TAP.
# usage: sh tests/device/lwip/run.sh     (OSFT_BUILD: a build folder with libosft.a; LWIP_DIR: lwIP's sources)
set -u
. tests/tools/tap.sh

build=${OSFT_BUILD:-build}
lwip=${LWIP_DIR:-$build/lwip}
out=$build/with-lwip
unix=$lwip/contrib/ports/unix/port
limit=300 # seconds that one program may run; only a hang takes that long

warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Werror'
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
include="-Icore -Iport/lwip -Iport/mbedtls -Itests/device/lwip -isystem $lwip/src/include -isystem $unix/include"
# Sources of lwIP for each variant, and what its tests share.
core="$lwip/src/core/*.c $lwip/src/core/ipv4/*.c $lwip/src/core/ipv6/*.c"
api="$lwip/src/api/*.c $unix/sys_arch.c"
own_raw='tests/device/lwip/wire.c tests/device/lwip/peer.c tests/device/lwip/device.c tests/device/lwip/name_server.c tests/device/lwip/list_client.c'
own_sockets='tests/device/lwip/service.c tests/device/lwip/name_server.c tests/device/lwip/list_client.c'

# flags VARIANT: print the compiler's flags for every file
flags() {
    echo "-std=c99 -D_DEFAULT_SOURCE -DLWIP_TEST_$(echo "$1" | tr a-z A-Z) $include"
}

# objects FOLDER FLAGS SOURCE...: compile the sources, one at a time on each processor
objects() {
    mkdir -p "$1"
    FOLDER=$1 COMPILE="${CC:-gcc} -g -O1 $2"
    export FOLDER COMPILE
    shift 2
    printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} \
        sh -c '$COMPILE -c -o "$FOLDER/$(basename "$1" .c).o" "$1"' sh {}
}

# variant NAME LWIP OWN: compile lwIP's sources and our own into $out/NAME
# shellcheck disable=SC2086 # lists of words
variant() {
    rm -rf "${out:?}/$1"
    objects "$out/$1/lwip" "$sanitize $(flags "$1")" $2 &&
        objects "$out/$1/own" "$sanitize $warn $(flags "$1")" port/lwip/*.c $3
}

# shellcheck disable=SC2046,SC2086
program() {
    ${CC:-gcc} -g -O1 $sanitize $warn $(flags "$1") -o "$out/$1/$2" "tests/device/lwip/$2.c" \
        "$out/$1"/own/*.o "$out/$1"/lwip/*.o "$build/libosft.a" -lcmocka -lmbedcrypto -lpthread
}

# run VARIANT PROGRAM: run a program, and print its results as results of this script
run() {
    check "$2 builds with the $1 lwIP" program "$1" "$2"
    tap=$out/$1/$2.tap
    CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "$limit" "$out/$1/$2" >"$tap" 2>"$tap.err"
    status=$?
    while read -r line; do
        case $line in
        'ok '*) tap_result 0 "$1, ${line#*- }" ;;
        'not ok '*) tap_result 1 "$1, ${line#*- }" "$(grep '^#' "$tap")" ;;
        esac
    done <"$tap"
    check "$2 ends well with the $1 lwIP" ended "$tap" "$status"
}
ended() {
    [ "$2" = 0 ] && grep -q '^ok ' "$1" || {
        echo "exit status $2"
        tail -n 30 "$1.err"
        return 1
    }
}

# syntax VARIANT COMPILER FLAGS... FILE: check that the file compiles without a warning
syntax() {
    name=$1
    shift
    # shellcheck disable=SC2046,SC2086
    "$@" -fsyntax-only $warn $(flags "$name")
}

for name in small large; do
    check "the $name lwIP builds" variant $name "$core" "$own_raw"
    for test in test_stream test_open test_list; do
        run $name $test
    done
done
check 'the lwIP with sockets builds' variant sockets "$core $api" "$own_sockets"
run sockets test_sockets

for name in small large sockets; do
    for source in port/lwip/*.c; do
        ! command -v clang >/dev/null || check "clang takes $source, $name" syntax $name clang "$source"
        check "$source without DNS, $name" syntax $name "${CC:-gcc}" -DLWIP_DNS=0 "$source"
    done
    for header in port/lwip/*.h; do
        printf '#include "%s"\n#include "%s"\ntypedef int not_empty;\n' "$header" "$header" >"$out/unit.c"
        check "$header stands alone, $name" syntax $name "${CC:-gcc}" -I. "$out/unit.c"
    done
done
finish
