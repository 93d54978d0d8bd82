#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks what make dist writes: the archive builds, and the trees for Zephyr, ESP-IDF and PlatformIO are right, as far
# as that can be checked without these systems.
# usage: OSFT_BUILD=build sh tests/packages/dist.sh     (build/mbedtls3, build/lwip: source trees)
set -u
sh tests/tools/need.sh gcc libc6-dev make cmake libmbedtls-dev libjsmn-dev python3 python3-yaml python3-kconfiglib \
    gcc-arm-none-eabi picolibc-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf gcc-xtensa-lx106 \
    picolibc-xtensa-lx106-elf || exit 1
. tests/tools/tap.sh

B=${OSFT_BUILD:-build}
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
dir=$B/packages/dist
source=$(pwd)
stubs=$source/tests/packages/stubs
version=$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
python=/usr/bin/python3 # this Python finds the modules of Debian's packages
rm -rf "$dir"
mkdir -p "$dir/jsmn"
cp "${JSMN_DIR:-/usr/include}/jsmn.h" "$dir/jsmn"

dist() {
    MAKEFLAGS='' make -s BUILD="$1" dist
}
try() {
    "$@" >"$dir/log" 2>&1 || { tail -n 30 "$dir/log" && false; }
}
check 'make dist writes four archives' dist "$dir/one"
check '... and the same ones again' dist "$dir/two"
check '... byte for byte' sh -c "cd '$dir/two/dist' && [ \$(wc -l <SHA256SUMS) = 4 ] && sha256sum -c SHA256SUMS &&
    cmp SHA256SUMS '$dir/one/dist/SHA256SUMS'"
release=$dir/one/dist/osft-$version

# --- the archive ---
unpacked() {
    mkdir "$dir/unpacked" && tar -xzf "$release.tar.gz" -C "$dir/unpacked" &&
        (cd "$dir/unpacked/osft-$version" && find . -type f | sed 's|^\./||' | sort) >"$dir/files" &&
        { git ls-files 2>/dev/null || project_files; } | while read -r file; do
            [ ! -f "$file" ] || echo "$file"
        done | sort | diff - "$dir/files"
}
check 'the archive has the files of the project, and no other' unpacked
builds() {
    MAKEFLAGS='' make -s -C "$dir/unpacked/osft-$version" BUILD="$dir/unpacked/build" CFLAGS=-O0 SANITIZE= all &&
        [ "$("$dir/unpacked/build/osft" version)" = "osft $version" ]
}
check 'it builds by itself, and the command tells its version' builds

# --- each tree ---
# parses FILE...: whether YAML and JSON parse, and no placeholder is left in them.
parses() {
    ! grep -n '@' "$@" && $python -c '
import json, sys, yaml
for name in sys.argv[1:]:
    with open(name) as file:
        (json.load if name.endswith(".json") else yaml.safe_load)(file)' "$@"
}
# value FILE KEY...: print a value of a YAML or JSON file.
value() {
    $python -c '
import sys, yaml
with open(sys.argv[1]) as file:
    value = yaml.safe_load(file)
for key in sys.argv[2:]:
    value = value[key]
print(value)' "$@"
}
# options FILE: print the options with their defaults and bounds.
options() {
    awk '
        $1 == "config" { name = $2 }
        $1 == "default" { number = $2 }
        $1 == "range" { print name, number, $2, $3 }' "$1" | sort
}
# bounded KCONFIG: whether osft compiles with each limit at the bounds that the Kconfig file gives, and not beyond these
# bounds.
bounded() {
    options "$1" >"$dir/options"
    sed -nE 's/^#define (OSFT_[A-Z_]+) [0-9]+$/\1/p' core/osft_config.h | sort >"$dir/limits"
    [ "$(cut -d ' ' -f 1 "$dir/options")" = "$(cat "$dir/limits")" ] ||
        { echo 'not the limits of osft_config.h' && return 1; }
    while read -r name default low high; do
        grep -qx "#define $name $default" core/osft_config.h || { echo "$name: another default" && return 1; }
        for number in "$low" "$high"; do
            limit "$name" "$number" || { echo "$name $number does not compile" && return 1; }
        done
        ! limit "$name" $((low - 1)) || { echo "$name $((low - 1)) compiles" && return 1; }
        [ "$high" = 2147483647 ] || ! limit "$name" $((high + 1)) ||
            { echo "$name $((high + 1)) compiles" && return 1; }
    done <"$dir/options"
}
limit() {
    echo '#include "osft_config.h"' | gcc -x c -std=c99 -Icore -D"$1=$2" -fsyntax-only - 2>"$dir/log"
}
# kconfig KCONFIG NAME=VALUE...: write $dir/config.
kconfig() {
    file=$1
    shift
    $python tests/packages/kconfig.py "$file" "$dir/config" "$@"
}
# refused TEXT COMMAND...: whether the command fails and prints the text.
refused() {
    text=$1
    shift
    ! "$@" >"$dir/log" 2>&1 && grep -qx "$text" "$dir/log"
}
# built SYSTEM TREE COMPILER FLAGS [OPTION...]: run the CMake file with replacements of the system's functions, and
# build the sources.
built() {
    system=$1 tree=$2 compiler=$3 flags=$4
    shift 4
    try cmake -S "$stubs" -B "$dir/$system-$compiler" -DSYSTEM="$system" -DTREE="$tree" -DCONFIG="$dir/config" \
        -DCMAKE_SYSTEM_NAME=Generic -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_C_FLAGS="$flags" -DJSMN_DIR="$dir/jsmn" -DMBEDTLS_SOURCE="$B/mbedtls3" -DLWIP_DIR="$B/lwip" \
        -DLWIP_OPTIONS="$stubs/lwip" "$@" && try cmake --build "$dir/$system-$compiler" -j "$(nproc)"
}
# has BUILD FUNCTION...: whether the libraries that were built define the functions.
has() {
    folder=$dir/$1
    shift
    find "$folder" -name '*.a' -exec nm -g --defined-only {} + >"$dir/log" 2>/dev/null
    for name in "$@"; do
        grep -qE " T $name\$" "$dir/log" || { echo "$name is missing" && return 1; }
    done
}
arm='-mcpu=cortex-m3 -mthumb --specs=picolibc.specs'
riscv='-march=rv32imc -mabi=ilp32 --specs=picolibc.specs'
xtensa='--specs=/usr/lib/xtensa-lx106-elf/picolibc.specs'

tree=$release-zephyr
check 'Zephyr: module.yml parses' parses "$tree/zephyr/module.yml"
module_cmake=$(value "$tree/zephyr/module.yml" build cmake)
check 'Zephyr: it names a folder with a CMake file' test -s "$tree/$module_cmake/CMakeLists.txt"
check 'Zephyr: it names a Kconfig file' test -s "$tree/$(value "$tree/zephyr/module.yml" build kconfig)"
check 'Zephyr: the limits of Kconfig are those of osft_config.h' bounded "$tree/zephyr/Kconfig"
printf 'config MBEDTLS\n\tbool "mbedTLS"\nsource "%s"\n' "$tree/zephyr/Kconfig" >"$dir/Kconfig"
check 'Zephyr: the Kconfig file refuses a limit outside its bounds' refused 'OSFT_JSON_DEPTH cannot be 4' \
    kconfig "$dir/Kconfig" OSFT=y OSFT_JSON_DEPTH=4
check 'Zephyr: the Kconfig file parses' kconfig "$dir/Kconfig" OSFT=y MBEDTLS=y OSFT_JSON_DEPTH=16 \
    OSFT_JSMN_DIR="$dir/jsmn"
check 'Zephyr: the CMake file runs and the sources compile' built zephyr "$tree" arm-none-eabi-gcc "$arm" \
    -DMODULE_CMAKE="$module_cmake"
check 'Zephyr: the library has the core with its limits, a proxy and TLS' has zephyr-arm-none-eabi-gcc \
    osft_init_16_8_6 osft_proxy_init osft_tls_init

tree=$release-esp-idf
check 'ESP-IDF: idf_component.yml parses' parses "$tree/idf_component.yml"
check 'ESP-IDF: its version is that of osft' [ "$(value "$tree/idf_component.yml" version)" = "$version" ]
check 'ESP-IDF: the limits of Kconfig are those of osft_config.h' bounded "$tree/Kconfig"
check 'ESP-IDF: the Kconfig file parses' kconfig "$tree/Kconfig" OSFT_JSON_DEPTH=16
check 'ESP-IDF: the CMake file runs and the sources compile (Xtensa)' built esp-idf "$tree" \
    xtensa-lx106-elf-gcc "$xtensa"
check 'ESP-IDF: the CMake file runs and the sources compile (RISC-V)' built esp-idf "$tree" \
    riscv64-unknown-elf-gcc "$riscv"
check 'ESP-IDF: the library has the core with its limits, a proxy, TLS and lwIP' has esp-idf-riscv64-unknown-elf-gcc \
    osft_init_16_8_6 osft_proxy_init osft_tls_init osft_lwip_init

# By its documentation, PlatformIO compiles src/ with subfolders, and has include/ and src/ of each library on the
# include path.
platformio() {
    # shellcheck disable=SC2086,SC2046,SC2044 # lists of words; no name has white space
    for file in $(find "$tree" -name '*.c'); do
        $1-gcc $2 -std=gnu11 -Wall -Wextra -Werror $(printf -- ' -I%s' "$tree"/*/include "$tree"/*/src) \
            -isystem "$dir/jsmn" -isystem "$B/mbedtls3/include" -isystem "$B/lwip/src/include" -isystem "$stubs/lwip" \
            -c -o "$dir/object.o" "$file" || return
    done
}
tree=$release-platformio
for library in osft osft-mbedtls osft-lwip; do
    manifest=$tree/$library/library.json
    check "PlatformIO: library.json of $library parses" parses "$manifest"
    check "PlatformIO: $library has its name and the version of osft" \
        [ "$(value "$manifest" name) $(value "$manifest" version)" = "$library $version" ]
    check "PlatformIO: $library has the page" cmp port/platformio/README.md "$tree/$library/README.md"
    header=$(value "$manifest" headers)
    check "PlatformIO: $library has the header that it names" test -s "$tree/$library/include/$header"
done
check 'PlatformIO: the sources compile (Arm)' platformio arm-none-eabi "$arm"
check 'PlatformIO: the sources compile (Xtensa)' platformio xtensa-lx106-elf "$xtensa"

for tree in zephyr esp-idf platformio; do
    check "the page of $tree says in its first line that it was never built there" \
        sh -c "sed -n 2p '$release-$tree/README.md' | grep -q '^# .*: never built with '"
    # shellcheck disable=SC2016 # nothing to expand
    check '... and that the repository itself cannot be added there' \
        grep -q '^The repository itself is no .*; only the tree that `make dist` writes does\.$' \
        "$release-$tree/README.md"
done
finish
