#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header stands alone, in C and, if it is public, in C++; the limits are checked by the compiler.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh gcc g++ libc6-dev || exit 1

warn='-Wall -Wextra -Wpedantic -Wshadow -Werror'
include="-Icore $(printf -- ' -I%s' port/*/) ${MBEDTLS_DIR:+-isystem $MBEDTLS_DIR/include}"
unit=$(mktemp -d) || exit 1
trap 'rm -rf "$unit"' EXIT

# syntax HEADER COMPILER FLAGS...: a file that does nothing but include it, twice.
syntax() {
    header=$1
    shift
    for suffix in c cc; do
        printf '#include "%s"\n#include "%s"\ntypedef int unit_is_not_empty;\n' "$header" "$header" \
            >"$unit/unit.$suffix"
    done
    # shellcheck disable=SC2086 # lists of words
    "$@" $warn $include -I. -fsyntax-only
}
refused() {
    ! syntax "$@"
}

for header in core/*.h port/*/*.h; do
    case $header in
    port/lwip/*) continue ;; # needs an lwIP tree; its own test compiles it
    esac
    check "$header stands alone" syntax "$header" gcc -std=c99 -D_POSIX_C_SOURCE=200809L "$unit/unit.c"
done
for header in core/osft*.h port/*/*.h; do
    case $header in
    port/lwip/* | *_internal.h) continue ;;
    esac
    check "$header is C++ too" syntax "$header" g++ -std=c++11 "$unit/unit.cc"
done

printf '#define OSFT_JSON_DEPTH 16\n' >"$unit/mine.h"
check 'a configuration file of the user is taken' \
    syntax core/osft.h gcc -std=c99 -I"$unit" '-DOSFT_CONFIG_FILE="mine.h"' "$unit/unit.c"
check 'a limit out of bounds does not compile' refused core/osft.h gcc -std=c99 -DOSFT_JSON_DEPTH=4 "$unit/unit.c"
check 'an int of 16 bits does not compile' refused core/osft_config.h gcc -std=c99 -Dint=short "$unit/unit.c"
finish
