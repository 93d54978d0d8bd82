#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the core as a small device would: core/*.c -> DIR/*.o, with each object's call graph and stack
# use in DIR/*.ci. Links DIR/list.elf: what osft_init and osft_list pull in; DIR/retries.elf: the same and
# osft_retry_default; DIR/everything.elf: all but the texts of errors, the reading of saved responses, and
# what only ports call.
# usage: sh tests/size/build.sh cortex-m0plus|cortex-m3|rv32imc|host DIR     (JSMN_DIR as in the Makefile)
set -eu

target=$1
dir=$2
case $target in
cortex-*) tool=arm-none-eabi- flags="-mcpu=$target -mthumb" ;;
rv32imc) tool=riscv64-unknown-elf- flags='-march=rv32imc -mabi=ilp32 --specs=picolibc.specs' ;;
# Hardening and position independence, which a distribution's compiler adds, are not part of the core's size.
host) tool='' flags='-fno-pie -no-pie -fno-stack-protector -fcf-protection=none -U_FORTIFY_SOURCE' ;;
*) echo "build.sh: no such target: $target" >&2 && exit 1 ;;
esac
cc=${tool}gcc
flags="$flags -std=c99 -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables"
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Wvla -Werror'

# Only jsmn.h is copied: a cross compiler must not find the host's other headers.
rm -rf "$dir"
mkdir -p "$dir/jsmn"
cp "${JSMN_DIR:-/usr/include}/jsmn.h" "$dir/jsmn/"

# shellcheck disable=SC2086 # lists of words
for source in core/*.c; do
    $cc $flags $warn -fcallgraph-info=su,da -Icore -isystem "$dir/jsmn" -c \
        -o "$dir/$(basename "$source" .c).o" "$source"
done
# One array for each public struct, as large as the struct: nm prints the sizes.
{
    printf '#include "%s"\n' core/osft*.h
    sed -n 's/^struct \(osft_[a-z0-9_]*\) {.*/char size_\1[sizeof(struct \1)];/p' core/osft*.h
} >"$dir/structs.c"
# shellcheck disable=SC2086
$cc $flags -fno-common -Icore -I. -c -o "$dir/structs.obj" "$dir/structs.c"

# The C library's five functions and the compiler's helpers (64-bit division and the like) are left out
# on purpose: most programs have them already, so they are named but not counted. Arm's newer
# linkers (binutils 2.44) refuse a call to nothing, so there each is a function of no bytes.
"${tool}nm" -A "$dir"/*.o >"$dir/nm"
outside=
case $target in
cortex-*)
    outside=$dir/outside.obj
    awk '
        $(NF - 1) ~ /[TR]/ { defined[$NF] = 1 }
        $(NF - 1) == "U" { used[$NF] = 1 }
        END {
            print ".syntax unified\n.thumb"
            for (name in used)
                if (!(name in defined))
                    printf ".section .text.%s,\"ax\"\n.global %s\n.type %s,%%function\n%s:\n", name, name, name, name
        }' "$dir/nm" >"$dir/outside.s"
    # shellcheck disable=SC2086
    $cc $flags -c -o "$outside" "$dir/outside.s"
    ;;
esac
# shellcheck disable=SC2086
link() {
    $cc $flags -nostdlib -T tests/size/linked.ld -o "$@" $outside \
        -Wl,--gc-sections,-e,osft_list,-u,"$init",--unresolved-symbols=ignore-all
}
# The name of osft_init contains the limits of osft_config.h.
init=$(awk '$(NF - 1) == "T" && $NF ~ /^osft_init(_[0-9]+)*$/ { print $NF }' "$dir/nm")
link "$dir/list.elf" "$dir"/*.o
link "$dir/retries.elf" "$dir"/*.o -Wl,-u,osft_retry_default
everything=$(awk '$(NF - 1) ~ /[TR]/ && !/\/(strerror|parse|port_tools)\.o:/ { print "-Wl,-u," $NF }' "$dir/nm")
# shellcheck disable=SC2086
link "$dir/everything.elf" $everything "$dir"/*.o
"${tool}size" "$dir"/*.o "$dir"/*.elf >"$dir/size"
# A symbol without a size is defined outside of the core.
"${tool}nm" -S "$dir/list.elf" | sed 's/^[0-9a-f]* T \([^ ]*\)$/ U \1/' >"$dir/list.nm"
"${tool}nm" -S "$dir/structs.obj" >"$dir/structs.nm"
