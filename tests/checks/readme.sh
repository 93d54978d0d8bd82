#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What README.md claims: its program compiles and links, and its size table is what is measured.
set -u
. tests/tools/tap.sh

dir=$OSFT_BUILD/checks/readme
mkdir -p "$dir"
rm -f "$dir"/program*.c
awk -v dir="$dir" '
    /^```c$/ { inside = 1; file = dir "/program" ++n ".c"; next }
    /^```$/ { inside = 0 }
    inside { print >file }' README.md
awk '/^<!-- \/size -->$/ { inside = 0 } inside; /^<!-- size -->$/ { inside = 1 }' README.md \
    >"$dir/table.md" 2>/dev/null

compile() {
    # shellcheck disable=SC2086 # a list of words
    ${CC:-cc} -std=c99 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Icore -Iport/posix \
        -Iport/mbedtls -Iport/hosted -o "$dir/program" "$1" "$OSFT_BUILD/libosft.a" \
        -lmbedtls -lmbedx509 -lmbedcrypto
}
measure() {
    sh tests/size/size.sh "$OSFT_BUILD/size" >/dev/null
}
compilers() {
    sed -n '/gcc [0-9]/p' "$1"
}

for program in "$dir"/program1.c "$dir"/program2.c; do
    check "README.md's $(basename "$program" .c) compiles and links" compile "$program"
done
check 'the core keeps its limits of flash, RAM and stack' measure
check 'README.md has a size table' test -s "$dir/table.md"
if [ -s "$dir/table.md" ] && [ "$(compilers "$dir/table.md")" != "$(compilers "$OSFT_BUILD/size/table.md")" ]; then
    skip 'the size table in README.md is what is measured' 'other compilers here; see make size'
else
    check 'the size table in README.md is what is measured (make size-readme)' \
        diff "$dir/table.md" "$OSFT_BUILD/size/table.md"
fi
finish
