#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the row of the unchanged image in the firmware's table of options with the image that was built: flash and
# static RAM. `make size-options`, which writes the table, takes a quarter of an hour; this comparison takes no time, so
# `make size` makes it. The sizes are those of one compiler and of one version of each library, which a line under the
# table names. With other versions nothing is compared.
# usage: sh tests/size/options_base.sh BUILD     (BUILD/firmware is there)
#        sh tests/size/options_base.sh BUILD versions     print the line that names the versions
set -eu
. tests/tools/between.sh

build=$1
readme=examples/firmware/README.md

# source_version FOLDER: print the version of a source package.
source_version() {
    sed -n '1s/.*(\(.*\)).*/\1/p' "$1/debian/changelog"
}
versions() {
    printf 'Measured with '
    dpkg-query -W -f '${Package} ${Version}, ' gcc-arm-none-eabi picolibc-arm-none-eabi
    echo "mbedTLS $(source_version "$build/mbedtls3"), lwIP $(source_version "$build/lwip")."
}

if [ "${2:-}" = versions ]; then
    versions
    exit
fi
table=$(between options "$readme")
if ! printf '%s\n' "$table" | grep -qxF "$(versions)"; then
    echo "options_base.sh: the table of options is of other versions than these, so it is not compared. $(versions)"
    exit
fi
written=$(printf '%s\n' "$table" | awk -F ' *[|] *' '$2 == "none" { print $3, $4 }')
# The arena and the stack do not count as static RAM. Their sizes are symbols that the linker defines.
others=$(arm-none-eabi-nm "$build/firmware/lm3s6965evb.elf" | awk '
    function number(hex,    i, n) {
        for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
        return n
    }
    $3 == "ARENA_SIZE" || $3 == "STACK_SIZE" { sum += number($1) }
    END { print sum + 0 }')
measured=$(arm-none-eabi-size "$build/firmware/lm3s6965evb.elf" |
    awk -v others="$others" 'NR == 2 { print $1 + $2, $2 + $3 - others }')
[ "$written" = "$measured" ] || {
    echo "options_base.sh: flash and static RAM of the unchanged image: measured $measured," \
        "in the table of $readme $written; run make size-options" >&2
    exit 1
}
