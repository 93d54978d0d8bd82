#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what the core costs on small devices. Prints the Markdown that tests/size/README.md has between its markers
# <!-- size --> and <!-- /size -->. The exit status is 1 when a limit below is exceeded.
# usage: sh tests/size/size.sh [DIR]              print it (DIR: where to build; default build/size)
#        sh tests/size/size.sh --readme [DIR]     put it into tests/size/README.md as well
#        sh tests/size/size.sh --functions [DIR]  Cortex-M3's function by function instead
set -eu

# The limits, in bytes: what one osft_list, and all that there is, may cost on a Cortex-M3. data and bss
# are 0 everywhere.
flash_max=8192
stack_max=704
all_flash_max=14336
all_stack_max=832
# Calls through members of structs, as MEMBER>FUNCTION: those of retries; and the callbacks that pages and a watch give
# to the client. outside: members that call functions of the port or of the program.
retry='prepare_attempt>osft_prepare_attempt end_attempt>osft_end_attempt read_header>osft_read_retry_header'
pages='response.c:on_task>pages.c:on_response_task pages.c:on_task>watch.c:on_walk_task'
pages="$pages on_result>pages.c:end_page on_result>watch.c:on_page on_result>watch.c:begin_poll"
outside='open send recv wait awaits close utc_s ticks_ms random learn_utc start update finish hmac renew on_task'
outside="$outside on_event on_omission"

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

# stack TARGET NAME POINTERS OUTSIDE
stack() {
    awk -v pointers="$3" -v outside="$4" -f tests/size/stack.awk "$dir/$1"/*.ci >"$dir/$1/$2.unsorted"
    sort -k1,1nr -k4 "$dir/$1/$2.unsorted" >"$dir/$1/$2"
}
for target in $targets; do
    sh tests/size/build.sh "$target" "$dir/$target"
    stack "$target" list.stack '' ''
    stack "$target" retries.stack "$retry" ''
    stack "$target" everything.stack "$retry $pages" "$outside"
done

if [ "$mode" = --functions ]; then
    echo 'Cortex-M3, linked for one osft_list; bytes:   code  stack with callees, own'
    awk -f tests/size/functions.awk "$dir/cortex-m3/list.stack" "$dir/cortex-m3/list.nm" |
        sort -k1,1nr -k2
    awk '$NF ~ /\/list\.elf$/ { print $1 " in all, with constants without a name and padding" }' \
        "$dir/cortex-m3/size"
    echo 'Deepest path from osft_list, from there with retries, and of all:'
    for kind in list retries; do
        sed -n 's/^\([0-9]*\) .* osft_list \(osft_list .*\)/\1 \2/p' "$dir/cortex-m3/$kind.stack"
    done
    sed -n '1s/^\([0-9]*\) [0-9]* [^ ]* [^ ]* /\1 /p' "$dir/cortex-m3/everything.stack"
    exit 0
fi

compiler() {
    $1gcc -dumpfullversion
}
status=0
for target in $targets; do
    for kind in size list.stack retries.stack everything.stack structs.nm list.nm; do
        sed "s/^/$target $kind /" "$dir/$target/$kind"
    done
done | awk -v arm="$(compiler arm-none-eabi-)" -v riscv="$(compiler riscv64-unknown-elf-)" \
    -v flash_max="$flash_max" -v stack_max="$stack_max" -v all_flash_max="$all_flash_max" \
    -v all_stack_max="$all_stack_max" -f tests/size/table.awk >"$dir/table.md" ||
    status=1
cat "$dir/table.md"

if [ "$mode" = --readme ]; then
    sh tests/size/into_readme.sh size "$dir/table.md" tests/size/README.md
fi
exit $status
