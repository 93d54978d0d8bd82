#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks what the compiled core needs from its environment, on this machine and on three small targets.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh binutils gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf \
    picolibc-riscv64-unknown-elf || exit 1

dir=$OSFT_BUILD/checks
libc='memcpy|memmove|memcmp|memset|strlen'
# Functions that a compiler calls where a processor lacks an instruction, for integers only: to multiply, divide and
# shift 64 bits, and the Cortex-M0's jump tables.
helpers='__aeabi_(lmul|u?idiv|u?idivmod|u?ldivmod|llsl|llsr|lasr|u?lcmp)'
helpers="$helpers|__gnu_thumb1_case_(sqi|uqi|shi|uhi|si)|__(u?div|u?mod|mul|ashl|ashr|lshr)[sd]i3"

# foreign DIR: print the symbols of DIR/*.o that are neither defined there nor allowed.
foreign() {
    awk -v allowed="^($2)\$" '
        $(NF - 1) == "T" { defined[$NF] = 1 }
        $(NF - 1) == "U" { used[$NF] = $1 }
        END {
            for (name in used)
                if (!(name in defined && name ~ /^osft_/) && name !~ allowed)
                    print used[name], name
        }' "$1/nm"
}
# variables: print the symbols that are not code, constants, undefined names or local labels.
variables() {
    awk '$(NF - 1) !~ /^[TtRrUNna]$/ { print }' "$1/nm"
    awk '$1 ~ /^[0-9]+$/ && ($2 != 0 || $3 != 0) { print $NF ": data " $2 ", bss " $3 }' "$1/size"
}
unprefixed() {
    awk '$(NF - 1) == "T" && $NF !~ /^osft_/ { print }' "$1/nm"
}
graph() {
    set -- "$1"/*.ci
    [ -e "$1" ] || return 1
    awk -f tests/size/stack.awk "$@" >/dev/null
}
# calls: print "FILE FILE" where the first file uses a function or a constant of the second; reads lines of nm -A.
calls() {
    awk '
        { file = $1; sub(/\.o:.*/, "", file); sub(/.*[\/:]/, "", file) }
        $(NF - 1) ~ /[TR]/ { home[$NF] = file }
        $(NF - 1) == "U" { used[file, $NF] = 1 }
        END {
            for (pair in used) {
                split(pair, part, SUBSEP)
                if (part[2] in home) print part[1], home[part[2]]
            }
        }'
}
# includes: print "FILE FILE" where the first file, or its header, includes the header of the second, from which it
# may take an inline function, a macro or a number that no object shows. A public header describes the whole
# library, so it does not count.
includes() {
    grep -HE '^#include "[a-z_0-9]*\.h"' core/*.[ch] | sed -E 's|^core/([a-z_0-9]+)\.[ch]:#include "([a-z_0-9]+)\.h"|\1 \2|' |
        while read -r from to; do
            [ "$from" = "$to" ] || [ ! -e "core/$to.c" ] || echo "$from $to"
        done
}
# circles: print the files that need each other, directly or through others.
circles() {
    { calls <"$1/nm" && includes; } | tsort 2>&1 >/dev/null
}
port_circles() {
    nm -A "$OSFT_BUILD/libosft.a" | calls | tsort 2>&1 >/dev/null
}
heap() {
    nm -A "$OSFT_BUILD/libosft.a" |
        awk '$(NF - 1) == "U" && $NF ~ /^(malloc|calloc|realloc|reallocarray|free|strn?dup|alloca|posix_memalign)$/'
}

for target in host cortex-m0plus cortex-m3 rv32imc; do
    check "the core compiles for $target" sh tests/size/build.sh "$target" "$dir/$target"
    [ -s "$dir/$target/nm" ] || continue
    case $target in
    host) allowed=$libc ;;
    *) allowed="$libc|$helpers" ;;
    esac
    none "the core needs five functions of the C library and nothing else ($target)" \
        foreign "$dir/$target" "$allowed"
    none "the core has no variables ($target)" variables "$dir/$target"
    none "the core's names all begin with osft_ ($target)" unprefixed "$dir/$target"
    check "the core has no recursion and no frame of unknown size ($target)" graph "$dir/$target"
done
none 'no files of the core need each other in a circle' circles "$dir/host"
check 'the library is there' test -s "$OSFT_BUILD/libosft.a"
none 'no files of core and port call each other in a circle' port_circles
none 'no object of core or port asks for the heap' heap
finish
