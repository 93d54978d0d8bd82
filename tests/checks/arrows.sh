#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dependencies go one way, examples -> port -> core; and there are names that core and port must not use at all.
set -u
. tests/tools/tap.sh

freestanding='<(string|stddef|stdint|limits)\.h>'

# includes FOLDER ALLOWED: print the folder's includes that are neither its own headers nor allowed (an ERE).
includes() {
    room=$1
    allowed=$2
    own=$(find "$room" -name '*.h' | sed 's|.*/||; s/\.h$//' | tr '\n' '|')
    find "$room" -name '*.[ch]' -exec grep -HnE '^[[:space:]]*#[[:space:]]*include' {} + | sort |
        grep -vE "include[[:space:]]+(\"(${own%|})\.h\"|$allowed)([[:space:]]|\$)" |
        grep -vE '^core/osft_config\.h:[0-9]+:#include OSFT_CONFIG_FILE$'
}

# words ERE FILE...: print the places where code, without comments and strings, contains a match.
words() {
    pattern=$1
    shift
    for file in "$@"; do
        gcc -fpreprocessed -dD -E -P "$file" 2>&1 | sed -E 's/"([^"\\]|\\.)*"/""/g' |
            grep -E "$pattern" | sed "s|^|$file: |"
    done
}

port_h='"osft_port(_tools)?\.h"'
none 'core includes its own headers, jsmn.h and three of the C library' \
    includes core '<(jsmn|string|stddef|stdint)\.h>'
for room in $(dirname port/*/*.c | sort -u); do
    case $room in
    port/posix) allowed="$port_h|<[a-z_/0-9]+\.h>" ;;
    port/mbedtls) allowed="$port_h|$freestanding|[\"<](mbedtls|psa)/[a-z_0-9]+\.h[\">]|<time\.h>|\"(p256-m|ssl_misc)\.h\"" ;;
    port/hosted) allowed='"osft(_port|_port_tools|_posix|_proxy|_tls|_mbedtls_sha256)?\.h"|<[a-z_/0-9]+\.h>|"mbedtls/error\.h"' ;;
    port/lwip) allowed="$port_h|$freestanding|[\"<]lwip/[a-z_0-9/]+\.h[\">]" ;;
    port/freertos) allowed="$freestanding|<(errno|FreeRTOS|semphr|task)\.h>|\"osft_tls_arena\.h\"" ;;
    *) allowed="$port_h|$freestanding" ;;
    esac
    none "$room includes only what it may" includes "$room" "$allowed"
done
# Examples show what a user can write, so they include installed headers only. Code that two examples share is in
# examples/common; that of the boards and their drivers is in examples/firmware.
public=$(ls core/osft*.h port/*/osft_*.h | sed 's|.*/||' | grep -v '_internal\.h$' | sed 's/\.h$//' | tr '\n' '|')
for room in $(find examples -mindepth 2 -maxdepth 2 -name '*.[ch]' | xargs -n 1 dirname | sort -u); do
    none "$room includes public headers only, and its own" includes "$room" \
        "\"(${public%|})\.h\"|\"\.\./(common|firmware)/[a-z]+\.h\"|<([a-z_/0-9-]+|FreeRTOS)\.h>|\"(mbedtls|lwip|netif)/[a-z_0-9/]+\.h\""
done
none 'the POSIX port includes nothing of TLS or lwIP' grep -nE 'include.*(mbedtls|psa|lwip)/' port/posix/*.[ch]

none 'core and port call no heap' \
    words '(^|[^A-Za-z0-9_])(malloc|calloc|realloc|free|alloca|__builtin_alloca|strn?dup|asprintf)[[:space:]]*\(' \
    core/*.[ch] port/*/*.[ch]
none 'core has no floating point' \
    words '(^|[^A-Za-z0-9_])(float|double|[0-9]+\.[0-9]*|[0-9]*\.[0-9]+|[0-9]+[eE][0-9]+)([^A-Za-z0-9_]|$)' \
    core/*.[ch]
none 'core prints nothing' words '(^|[^A-Za-z0-9_])(printf|puts|putchar|fprintf|abort|exit)[[:space:]]*\(' core/*.[ch]
finish
