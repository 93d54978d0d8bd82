#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks what make install installs: headers, library and pkg-config file fit together, also when the library was
# built with limits other than the defaults of osft_config.h.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh gcc libc6-dev pkg-config || exit 1

dir=$(pwd)/$OSFT_BUILD/checks/install
case $OSFT_BUILD in /*) dir=$OSFT_BUILD/checks/install ;; esac
mkdir -p "$dir"
root=$dir/root
printf '#define OSFT_PAGES_RECENT 5\n' >"$dir/my_osft.h"

install() {
    rm -rf "$root"
    MAKEFLAGS='' make -s BUILD="$dir" CFLAGS=-O0 SANITIZE= DESTDIR="$root" PREFIX=/usr \
        CPPFLAGS="-DOSFT_JSON_DEPTH=16 -I$dir -DOSFT_CONFIG_FILE='\"my_osft.h\"'" install
}

# package PACKAGE OPTION...: ask pkg-config about an installed package.
package() {
    name=$1
    shift
    PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" "$@" "$name"
}
# link_with PACKAGE FLAGS...: build limits.c as a user does. It prints the limits of the program and of the library.
link_with() {
    name=$1
    shift
    # shellcheck disable=SC2046 # lists of words
    ${CC:-cc} -std=c99 "$@" $(package "$name" --cflags) -o "$dir/program" tests/packages/consumer/limits.c \
        $(package "$name" --libs)
}
link() {
    link_with osft "$@"
}
prints() {
    [ "$("$dir/program")" = "$1" ] || "$dir/program"
}
refused() {
    ! "$@"
}

check 'it installs with limits from a flag and from a configuration file' install
# The pkg-config file has the version that the command prints.
version() {
    said=$(package osft --modversion)
    [ "$(package osft-core --modversion)" = "$said" ] && [ -n "$said" ] && [ "$("$root/usr/bin/osft" version)" = "osft $said" ]
}
check 'pkg-config tells the version that the installed command tells' version
check 'a program that does not name the limits links' link
none 'it runs, and has the limits of the library' prints '-38: depth 16 16, recent 5, metrics 6'
check 'a program with another OSFT_JSON_DEPTH does not link' refused link -DOSFT_JSON_DEPTH=32
check 'a program with another OSFT_PAGES_RECENT does not link' refused link -DOSFT_PAGES_RECENT=8
check 'a program with another OSFT_METRIC_DEPTH does not link' refused link -DOSFT_METRIC_DEPTH=8

# A program of the core alone links without mbedTLS, and gets no function of it.
without_tls() {
    case $(package osft-core --libs) in *mbed*) return 1 ;; esac
    link_with osft-core && ! nm "$dir/program" | grep -q mbedtls_
}
check 'osft-core: a program links without mbedTLS' without_tls
none 'osft-core: it runs, and has the limits of the library' prints '-38: depth 16 16, recent 5, metrics 6'
port_objects() {
    ar t "$root/usr/lib/libosft-core.a" | grep -xf - "$dir/port_objects"
}
(cd port && find . -name '*.c') | sed 's|.*/||; s|\.c$|.o|' >"$dir/port_objects"
none 'osft-core: the library holds no port' port_objects

# --- uninstall ---
uninstall() {
    MAKEFLAGS='' make -s BUILD="$dir" DESTDIR="$root" PREFIX=/usr uninstall
}
files() {
    (cd "$root" && find . ! -type d | sort)
}
completions() {
    cmp examples/osft/completion/osft.bash "$root/usr/share/bash-completion/completions/osft" &&
        cmp examples/osft/completion/_osft "$root/usr/share/zsh/site-functions/_osft"
}
check 'completion for bash and zsh is where these shells look for it' completions
for file in include/osft/other.h bin/osft-other lib/libosft-other.so share/man/man1/osft.1.gz; do
    echo other >"$root/usr/$file"
done
check 'it uninstalls' uninstall
left() {
    [ "$(files)" = './usr/bin/osft-other
./usr/include/osft/other.h
./usr/lib/libosft-other.so
./usr/share/man/man1/osft.1.gz' ] || files
}
none 'files of others stay, and nothing else' left
install
rm -f "$root/usr/include/osft/other.h"
uninstall
none 'without files of others, nothing is left' files
gone() {
    [ ! -e "$root/usr/include/osft" ] && [ -d "$root/usr/include" ]
}
check '... nor the folder of the headers, which is ours' gone
finish
