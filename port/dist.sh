#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the release: an archive of all files, and a tree and an archive for each of Zephyr, ESP-IDF and PlatformIO. The
# same files always give the same archives.
# usage: sh port/dist.sh FOLDER VERSION       (from the project's root)
set -eu
dir=$1
version=$2
date=$(git log -1 --format=@%ct 2>/dev/null) || date=@0

# headers TREE FOLDER...: copy public headers.
headers() (
    mkdir -p "$1/include"
    tree=$1
    shift
    for folder in "$@"; do
        find "$folder" -name 'osft*.h' ! -name '*_internal.h' -exec cp {} "$tree/include" \;
    done
)
# sources TREE FOLDER: copy sources and the headers that only they include.
sources() (
    name=${2##*/}
    mkdir -p "$1/src/$name"
    cp "$2"/*.c "$1/src/$name"
    find "$2" -name '*.h' \( -name '*_internal.h' -o ! -name 'osft*' \) -exec cp {} "$1/src/$name" \;
)
# library TREE FOLDER...: copy the sources and the licence into a tree.
library() (
    headers "$@"
    tree=$1
    shift
    for folder in "$@"; do
        sources "$tree" "$folder"
    done
    cp LICENSE "$tree"
)
filled_in() {
    sed "s/@VERSION@/$version/" "$1"
}
archive() {
    tar -cf - --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u=rwX --mtime="$date" -C "$dir" "$1" |
        gzip -9n >"$dir/$1.tar.gz"
}

rm -rf "$dir"
all=$dir/osft-$version
mkdir -p "$all"
# Without git, everything is taken, except what is built.
{ git ls-files 2>/dev/null || find . -type f ! -path './build/*' ! -path './.git/*'; } |
    while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done | tar -cf - -T - | tar -xf - -C "$all"
archive "osft-$version"

tree=$dir/osft-$version-zephyr
library "$tree" core port/null port/proxy port/mbedtls
mkdir -p "$tree/zephyr"
cp port/zephyr/module.yml port/zephyr/CMakeLists.txt "$tree/zephyr"
awk -f port/kconfig.awk core/osft_config.h - <port/zephyr/Kconfig >"$tree/zephyr/Kconfig"
cp port/zephyr/README.md "$tree"
archive "${tree##*/}"

tree=$dir/osft-$version-esp-idf
library "$tree" core port/proxy port/mbedtls port/lwip
cp port/esp-idf/CMakeLists.txt port/esp-idf/README.md "$tree"
awk -f port/kconfig.awk core/osft_config.h - <port/esp-idf/Kconfig >"$tree/Kconfig"
filled_in port/esp-idf/idf_component.yml >"$tree/idf_component.yml"
archive "${tree##*/}"

tree=$dir/osft-$version-platformio
library "$tree/osft" core port/proxy port/null
library "$tree/osft-mbedtls" port/mbedtls
library "$tree/osft-lwip" port/lwip
for name in osft osft-mbedtls osft-lwip; do
    filled_in "port/platformio/$name.json" >"$tree/$name/library.json"
    cp port/platformio/README.md "$tree/$name"
done
cp port/platformio/README.md "$tree"
archive "osft-$version-platformio"
(cd "$dir" && sha256sum -- *.tar.gz >SHA256SUMS)
