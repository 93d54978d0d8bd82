#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks libosft.so: it exports the public names and no other; programs link and run with it; and its binary interface
# is that of the last tag, unless the soname has changed since.
# usage: OSFT_BUILD=build sh tests/packages/shared.sh
set -u
sh tests/tools/need.sh gcc libc6-dev make libmbedtls-dev libjsmn-dev binutils abigail-tools || exit 1
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/tap.sh

dir=$B/packages/shared
rm -rf "$dir"
mkdir -p "$dir"

# build FOLDER TREE: build the shared library of a source tree in FOLDER.
build() {
    MAKEFLAGS='' make -s -C "$2" BUILD="$1" CC=gcc CFLAGS='-O2 -g' SANITIZE= DESTDIR="$1/root" PREFIX=/usr \
        install-shared
}
check 'it builds and is installed' build "$dir" .
lib=$dir/root/usr/lib
version=$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
soname=libosft.so.${version%.*}
soname_of() {
    readelf -d "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'
}
is_named() {
    [ "$(soname_of "$lib/libosft.so")" = "$soname" ] && [ "$(readlink "$lib/libosft.so")" = "$soname" ] &&
        [ "$(readlink "$lib/$soname")" = "libosft.so.$version" ]
}
check "its soname is $soname, and links lead to the file" is_named

# exported: the names that the library exports, in the form of public_names.sh.
exported() {
    nm -D --defined-only "$lib/libosft.so" | awk '$2 != "A" { print $3 }' |
        sed -E 's/@.*//; s/(_[0-9]+){3}$/_LIMITS/' | sort
}
listed() {
    sed -n 's/^        \(osft_.*\);$/\1/p' port/shared/libosft.map | sed 's/_\[0-9\]\*$/_LIMITS/'
}
sh tests/tools/public_names.sh "$dir" >"$dir/public"
listed >"$dir/listed"
exported >"$dir/exported"
check 'the public headers declare names' test -s "$dir/public"
check 'port/shared/libosft.map lists what the public headers declare' diff "$dir/public" "$dir/listed"
check 'the library exports what is listed, and nothing else' diff "$dir/listed" "$dir/exported"
check "the names have the version of the soname" grep -qx "OSFT_${version%.*} {" port/shared/libosft.map

# --- programs ---
start --generate 25 --ca-out "$T/ca.pem"
export SSL_CERT_FILE="$T/ca.pem"
link() {
    # shellcheck disable=SC2046 # a list of words
    gcc -std=c99 -D_POSIX_C_SOURCE=200809L -Icore $(printf -- ' -I%s' port/*/) -o "$dir/$1" \
        "tests/packages/consumer/$1.c" -L"$lib" -losft
}
limits() {
    link limits && [ "$(LD_LIBRARY_PATH=$lib "$dir/limits")" = '-38: depth 32 32, recent 8, metrics 6' ] &&
        readelf -d "$dir/limits" | grep -q "NEEDED.*\[$soname\]"
}
lists() {
    link list && LD_LIBRARY_PATH=$lib "$dir/list" "$port" | grep -qx '20 tasks'
}
check 'a program of the core links it, by its soname, and runs' limits
check 'a program lists tasks over TLS with it' lists

# --- the binary interface; names may be added ---
library_of() {
    readlink -f "$1/root/usr/lib/libosft.so"
}
same_interface() {
    abidiff --no-added-syms --no-show-locs "$(library_of "$1")" "$(library_of "$dir")"
}
check 'abidiff finds the library the same as itself' same_interface "$dir"
# To show that abidiff sees changes: a tree whose struct osft_task is larger.
other() {
    mkdir -p "$dir/other" && project_files | tar -cf - -T - | tar -xf - -C "$dir/other" &&
        sed -i 's/^struct osft_task {$/&\n    int32_t unknown_member;/' "$dir/other/core/osft.h" &&
        build "$dir/other/build" "$dir/other" && ! same_interface "$dir/other/build" >"$dir/changes" &&
        grep -q "int32_t unknown_member" "$dir/changes"
}
check 'abidiff reports a struct that has changed' other

tag=$(git describe --tags --abbrev=0 2>/dev/null)
name="the binary interface is that of the last tag"
if [ -z "$tag" ]; then
    skip "$name" 'no tag yet; the names are compared with port/shared/libosft.map'
elif ! git cat-file -e "$tag:port/shared/libosft.map" 2>/dev/null; then
    skip "$name" "$tag has no shared library"
else
    mkdir -p "$dir/tag"
    git archive "$tag" | tar -xf - -C "$dir/tag"
    check "the library of $tag builds" build "$dir/tag/build" "$dir/tag"
    if [ "$(soname_of "$(library_of "$dir/tag/build")")" != "$soname" ]; then
        skip "$name" "its soname was another one in $tag"
    else
        check "$name ($tag)" same_interface "$dir/tag/build"
    fi
fi
finish
