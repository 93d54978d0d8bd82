# SPDX-License-Identifier: Apache-2.0
# For scripts that compare the binary interfaces of shared libraries; sourced from the project's root.
#   build_shared FOLDER TREE          build the shared library of a source tree in FOLDER
#   library_of FOLDER                 print the file of that library
#   soname_of LIBRARY                 print its soname
#   same_interface OLD NEW            whether NEW has the names of OLD, with the same types; names may be added. Prints
#                                     what differs
#   find_tag REPOSITORY               set tag to the last tag, if its library must have the interface of the working
#                                     tree's; if there is no such tag, fail, and set reason
#   build_tag REPOSITORY TAG FOLDER   build the shared library of a tag in FOLDER
# shellcheck shell=sh disable=SC2034 # variables for the scripts
build_shared() {
    MAKEFLAGS='' make -s -C "$2" BUILD="$1" CC=gcc CFLAGS='-O2 -g' SANITIZE= DESTDIR="$1/root" PREFIX=/usr \
        install-shared
}
library_of() {
    readlink -f "$1/root/usr/lib/libosft.so"
}
soname_of() {
    readelf -d "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'
}
same_interface() {
    abidiff --no-added-syms --no-show-locs "$1" "$2"
}

# minor_version: print the part of the version that is in the soname. Reads osft.h from standard input.
minor_version() {
    sed -n 's/.*OSFT_VERSION  *"\(.*\)\..*"/\1/p'
}
find_tag() {
    tag=
    # A tree that is a part of another repository has no tags of its own.
    if [ ! -e "$1/.git" ] || ! shallow=$(git -C "$1" rev-parse --is-shallow-repository 2>/dev/null); then
        reason='there is no git repository'
    elif ! tag=$(git -C "$1" describe --tags --abbrev=0 2>/dev/null); then
        reason='there is no tag yet'
        [ "$shallow" = false ] || reason='the checkout is shallow, without a tag'
    elif ! git -C "$1" cat-file -e "$tag:port/shared/libosft.map" 2>/dev/null; then
        reason="$tag has no shared library"
    elif [ "$(git -C "$1" show "$tag:core/osft.h" | minor_version)" != "$(minor_version <"$1/core/osft.h")" ]; then
        reason="the soname was another one in $tag"
    else
        return 0
    fi
    return 1
}
build_tag() {
    mkdir -p "$3/tree" && git -C "$1" archive "$2" | tar -xf - -C "$3/tree" && build_shared "$3" "$3/tree"
}
