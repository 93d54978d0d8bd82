#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What README.md claims: its program compiles and links, and its size table is what is measured.
set -u
. tests/tools/tap.sh

dir=$OSFT_BUILD/checks/readme
mkdir -p "$dir"
awk '/^```c$/ && !seen { inside = seen = 1; next } /^```$/ { inside = 0 } inside' README.md \
    >"$dir/program.c" 2>/dev/null
awk '/^<!-- \/size -->$/ { inside = 0 } inside; /^<!-- size -->$/ { inside = 1 }' README.md \
    >"$dir/table.md" 2>/dev/null

compile() {
    # shellcheck disable=SC2086 # a list of words
    ${CC:-cc} -std=c99 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Icore -Iport/posix \
        -Iport/mbedtls -o "$dir/program" "$dir/program.c" "$OSFT_BUILD/libosft.a" \
        -lmbedtls -lmbedx509 -lmbedcrypto
}
measure() {
    sh tests/size/size.sh "$OSFT_BUILD/size" >/dev/null
}
compilers() {
    sed -n '/gcc [0-9]/p' "$1"
}

check 'README.md has a C program' test -s "$dir/program.c"
check 'the C program in README.md compiles and links' compile
check 'the core keeps its limits of flash, RAM and stack' measure
check 'README.md has a size table' test -s "$dir/table.md"
if [ -s "$dir/table.md" ] && [ "$(compilers "$dir/table.md")" != "$(compilers "$OSFT_BUILD/size/table.md")" ]; then
    skip 'the size table in README.md is what is measured' 'other compilers here; see make size'
else
    check 'the size table in README.md is what is measured (make size-readme)' \
        diff "$dir/table.md" "$OSFT_BUILD/size/table.md"
fi
finish
