#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the core costs on small devices, as the Markdown that README.md carries between its markers
# <!-- size --> and <!-- /size -->. Exit status 1 when a limit below is passed.
# usage: sh tests/size/size.sh [DIR]            print it (DIR: where to build; default build/size)
#        sh tests/size/size.sh --readme [DIR]   put it into README.md as well
#        sh tests/size/size.sh --functions [DIR]  Cortex-M3's function by function instead
set -eu

# The limits, in bytes: what one osft_list, and all that there is, may cost on a Cortex-M3. data and bss
# are 0 everywhere.
flash_max=6144
stack_max=512
all_flash_max=12288
all_stack_max=640
# Whom the core calls through pointers of its own, deepest: a stream, through pages, for a watch.
pointers='osft_http_byte>core/stream.c:stream_byte'
for caller in stream_byte deliver; do
    pointers="$pointers core/stream.c:$caller>core/pages.c:is_fresh"
    pointers="$pointers core/stream.c:$caller>core/watch.c:on_task"
done

targets='cortex-m0plus cortex-m3 rv32imc'

mode=
case ${1:-} in
--*) mode=$1 && shift ;;
esac
dir=${1:-build/size}

sh tests/tools/need.sh gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf \
    picolibc-riscv64-unknown-elf
if [ -z "${JSMN_DIR:-}" ]; then
    sh tests/tools/need.sh libjsmn-dev
fi

for target in $targets; do
    sh tests/size/build.sh "$target" "$dir/$target"
    awk -f tests/size/stack.awk "$dir/$target"/*.ci | sort -k1,1nr -k4 >"$dir/$target/stack"
    awk -v pointers="$pointers" -f tests/size/stack.awk "$dir/$target"/*.ci |
        sort -k1,1nr -k4 >"$dir/$target/all_stack"
done

if [ "$mode" = --functions ]; then
    echo 'Cortex-M3, linked for one osft_list; bytes:   code  stack with callees, own'
    awk -f tests/size/functions.awk "$dir/cortex-m3/stack" "$dir/cortex-m3/linked.nm" |
        sort -k1,1nr -k2
    awk '/linked/ { print $1 " in all, with constants without a name and padding" }' \
        "$dir/cortex-m3/size"
    echo 'Deepest path from osft_list, and of all:'
    sed -n '/ list osft_list /{s/.* list osft_list //p;}' "$dir/cortex-m3/stack"
    sed -n '1{s/^\([0-9]*\) .* osft/\1 osft/;p;}' "$dir/cortex-m3/all_stack"
    exit 0
fi

compiler() {
    $1gcc -dumpfullversion
}
status=0
for target in $targets; do
    for kind in size stack all_stack structs.nm linked.nm; do
        sed "s/^/$target $kind /" "$dir/$target/$kind"
    done
done | awk -v arm="$(compiler arm-none-eabi-)" -v riscv="$(compiler riscv64-unknown-elf-)" \
    -v flash_max="$flash_max" -v stack_max="$stack_max" -v all_flash_max="$all_flash_max" \
    -v all_stack_max="$all_stack_max" -f tests/size/table.awk >"$dir/table.md" ||
    status=1
cat "$dir/table.md"

if [ "$mode" = --readme ]; then
    sh tests/size/into_readme.sh size "$dir/table.md"
fi
exit $status
