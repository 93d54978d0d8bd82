#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks libosft.so: the library exports the public names and no others; programs link the library and run; and the
# binary interface is that of the last tag, unless the soname has changed since that tag. Also checks the comparison
# itself, in a repository with tags that this script makes.
# usage: OSFT_BUILD=build sh tests/packages/shared.sh
set -u
sh tests/tools/need.sh gcc libc6-dev make git libmbedtls-dev libjsmn-dev binutils abigail-tools || exit 1
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/tap.sh
. tests/tools/abi.sh

dir=$B/packages/shared
rm -rf "$dir"
mkdir -p "$dir"

check 'it builds and is installed' build_shared "$dir" .
lib=$dir/root/usr/lib
version=$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
soname=libosft.so.${version%.*}
is_named() {
    [ "$(soname_of "$lib/libosft.so")" = "$soname" ] && [ "$(readlink "$lib/libosft.so")" = "$soname" ] &&
        [ "$(readlink "$lib/$soname")" = "libosft.so.$version" ]
}
check "its soname is $soname, and links lead to the file" is_named

# exported: print the names that the library exports, in the form of public_names.sh.
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

# --- the binary interface ---
library=$(library_of "$dir")
if find_tag .; then
    check "the library of the last tag ($tag) builds" build_tag . "$tag" "$dir/last"
    check "the binary interface is that of $tag" same_interface "$(library_of "$dir/last")" "$library"
elif [ "$reason" = 'there is no tag yet' ]; then
    echo "# not compared with the last tag: $reason; below is a comparison with a tag of another repository"
else
    skip 'the binary interface is that of the last tag' "$reason"
fi

# Make another repository. Its first tag has no library; its last tag has the files of this working tree.
repository=$T/repository
in_repository() {
    git -C "$repository" -c user.name=test -c user.email=test@localhost "$@"
}
commit() {
    in_repository add -A -f && in_repository commit -q --allow-empty -m "$1" && in_repository tag "$1"
}
# copy FOLDER: copy the project's files.
copy() {
    mkdir -p "$1" && project_files | tar -cf - -T - | tar -xf - -C "$1"
}
begin() {
    git init -q "$repository" && commit without-library && copy "$repository"
}
tags() {
    commit with-library && find_tag "$repository" && [ "$tag" = with-library ]
}
# refused REPOSITORY REASON: whether find_tag fails with this reason.
refused() {
    ! find_tag "$1" && { [ "$reason" = "$2" ] || { echo "the reason is: $reason" && false; }; }
}
shallow() {
    git clone -q --depth 1 --no-tags "file://$repository" "$T/shallow" &&
        refused "$T/shallow" 'the checkout is shallow, without a tag'
}
next_version() {
    sed 's/\(define OSFT_VERSION  *"\)/\11/' core/osft.h >"$repository/core/osft.h" &&
        refused "$repository" 'the soname was another one in with-library'
}
check 'a repository with a tag is made' begin
check 'a tag without a shared library is not compared' refused "$repository" 'without-library has no shared library'
check 'of two tags, the last one is found' tags
check 'a shallow checkout without a tag is not compared' shallow
check 'a tree without git is not compared' refused "$T" 'there is no git repository'
check 'a tag with another soname is not compared' next_version
check 'the library of the tag builds' build_tag "$repository" with-library "$dir/tag"
check 'the interface is found to be that of the tag' same_interface "$(library_of "$dir/tag")" "$library"

# reports TEXT OLD NEW: whether the comparison finds that NEW has another interface than OLD, and prints this text.
reports() {
    ! same_interface "$(library_of "$2")" "$(library_of "$3")" >"$dir/changes" && cat "$dir/changes" &&
        grep -q "$1" "$dir/changes"
}
# Build a library whose struct osft_task has one more member.
build_larger() {
    copy "$dir/larger/tree" &&
        sed -i 's/^struct osft_task {$/&\n    int32_t unknown_member;/' "$dir/larger/tree/core/osft.h" &&
        build_shared "$dir/larger" "$dir/larger/tree"
}
# Build a library without port/null, which has one function.
build_fewer() {
    copy "$dir/fewer/tree" && rm -r "$dir/fewer/tree/port/null" &&
        sed -i '/^ *osft_null_init;$/d' "$dir/fewer/tree/port/shared/libosft.map" &&
        build_shared "$dir/fewer" "$dir/fewer/tree"
}
check 'a library with a larger struct builds' build_larger
check '... and the struct is reported' reports 'int32_t unknown_member' "$dir/tag" "$dir/larger"
check 'a library with a function less builds' build_fewer
check '... and the function is reported' reports "\[D\] 'function void osft_null_init(" "$dir/tag" "$dir/fewer"
check '... and a function more is not' same_interface "$(library_of "$dir/fewer")" "$library"
finish
