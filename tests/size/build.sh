#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the core as a small device would: core/*.c -> DIR/*.o, with each object's call graph and
# stack use in DIR/*.ci, DIR/linked.elf, which is what one osft_list pulls in, and DIR/everything.elf: all
# that there is, but for the texts of errors and the reading of saved answers.
# usage: sh tests/size/build.sh cortex-m0plus|cortex-m3|rv32imc|host DIR     (JSMN_DIR as in the Makefile)
set -eu

target=$1
dir=$2
case $target in
cortex-*) tool=arm-none-eabi- flags="-mcpu=$target -mthumb" ;;
rv32imc) tool=riscv64-unknown-elf- flags='-march=rv32imc -mabi=ilp32 --specs=picolibc.specs' ;;
# Neither a distribution's hardening nor position independence says anything about the core.
host) tool='' flags='-fno-pie -no-pie -fno-stack-protector -fcf-protection=none -U_FORTIFY_SOURCE' ;;
*) echo "build.sh: no such target: $target" >&2 && exit 1 ;;
esac
cc=${tool}gcc
flags="$flags -std=c99 -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables"
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Wvla -Werror'

# jsmn.h alone: a cross compiler must not see the host's other headers.
rm -rf "$dir"
mkdir -p "$dir/jsmn"
cp "${JSMN_DIR:-/usr/include}/jsmn.h" "$dir/jsmn/"

# shellcheck disable=SC2086 # lists of words
for source in core/*.c; do
    $cc $flags $warn -fcallgraph-info=su,da -Icore -isystem "$dir/jsmn" -c \
        -o "$dir/$(basename "$source" .c).o" "$source"
done
# shellcheck disable=SC2086
$cc $flags -fno-common -Icore -c -o "$dir/structs.obj" tests/size/structs.c

# The C library's five functions and the compiler's helpers (64-bit division and the like) stay
# undefined on purpose: most programs have them already, so they are named but not counted.
# shellcheck disable=SC2086
link() {
    $cc $flags -nostdlib -T tests/size/linked.ld -o "$@" \
        -Wl,--gc-sections,-e,osft_list,-u,osft_init,--unresolved-symbols=ignore-all
}
link "$dir/linked.elf" "$dir"/*.o
everything=$("${tool}nm" -A "$dir"/*.o | awk '$(NF - 1) == "T" && !/\/(strerror|parse)\.o:/ { print "-Wl,-u," $NF }')
# shellcheck disable=SC2086
link "$dir/everything.elf" $everything "$dir"/*.o
"${tool}size" "$dir"/*.o "$dir/linked.elf" "$dir/everything.elf" >"$dir/size"
"${tool}nm" -S "$dir/linked.elf" >"$dir/linked.nm"
"${tool}nm" -S "$dir/structs.obj" >"$dir/structs.nm"
"${tool}nm" -A "$dir"/*.o >"$dir/nm"
