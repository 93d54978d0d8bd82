#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the files that make install installs. Headers, library and pkg-config file must have the same limits, also when
# the limits are not the defaults of osft_config.h.
set -u
. tests/tools/tap.sh
sh tests/tools/need.sh gcc libc6-dev pkg-config binutils libmbedtls-dev || exit 1

dir=$(pwd)/$OSFT_BUILD/checks/install
case $OSFT_BUILD in /*) dir=$OSFT_BUILD/checks/install ;; esac
mkdir -p "$dir"
root=$dir/root
printf '#define OSFT_PAGES_RECENT 5\n' >"$dir/my_osft.h"

# make_target TARGET...: make these targets, with limits that are not the defaults.
make_target() {
    MAKEFLAGS='' make -s BUILD="$dir" CFLAGS=-O0 SANITIZE= DESTDIR="$root" PREFIX=/usr \
        CPPFLAGS="-DOSFT_JSON_DEPTH=16 -I$dir -DOSFT_CONFIG_FILE='\"my_osft.h\"'" "$@"
}
install() {
    rm -rf "$root"
    make_target install
}

# package PACKAGE OPTION...: ask pkg-config about an installed package.
package() {
    name=$1
    shift
    PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" "$@" "$name"
}
# link_with PACKAGE FLAGS...: build limits.c as a user does. The program prints the limits that it was built with, and
# those of the library.
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
# has_version: whether the pkg-config files have the version that the installed command prints.
has_version() {
    said=$(package osft --modversion)
    [ "$(package osft-core --modversion)" = "$said" ] && [ -n "$said" ] && [ "$("$root/usr/bin/osft" version)" = "osft $said" ]
}
check 'pkg-config tells the version that the installed command tells' has_version
check 'a program that does not name the limits links' link
none 'it runs, and has the limits of the library' prints '-38: depth 16 16, recent 5, metrics 6'
check 'a program with another OSFT_JSON_DEPTH does not link' refused link -DOSFT_JSON_DEPTH=32
check 'a program with another OSFT_PAGES_RECENT does not link' refused link -DOSFT_PAGES_RECENT=8
check 'a program with another OSFT_METRIC_DEPTH does not link' refused link -DOSFT_METRIC_DEPTH=8

# undefined_functions: print the functions that an installed header declares and the library does not define. Left out
# are the configurations of mbedTLS, which declare functions that a device defines.
undefined_functions() {
    nm -g --defined-only "$root/usr/lib/libosft.a" | sed -n 's/.* [TRD] //p' |
        sed -E 's/(_[0-9]+){3}$//' | sort -u >"$dir/defined"
    for header in "$root"/usr/include/osft/*.h; do
        case $header in *_config.h) continue ;; esac
        sed -nE '/^(typedef|static) /d; s/^[a-z][a-z0-9_ *]*[ *](osft_[a-z0-9_]+)\(.*/\1/p' "$header"
    done | sort -u >"$dir/declared"
    [ "$(wc -l <"$dir/declared")" -ge 60 ] || echo 'few functions were found'
    comm -23 "$dir/declared" "$dir/defined"
}
none 'each function of an installed header is in the library' undefined_functions
compare_sources() {
    for port in lwip freertos; do
        diff -r "port/$port" "$root/usr/share/osft/$port"
    done
}
none 'the ports that a program compiles are installed as sources' compare_sources
check 'the licence is installed' cmp LICENSE "$root/usr/share/doc/osft/LICENSE"

# installs_in_root: whether osft can be installed in /, which is an empty PREFIX.
installs_in_root() {
    rm -rf "$dir/slash"
    make_target PREFIX= DESTDIR="$dir/slash" install && [ -e "$dir/slash/lib/libosft.a" ] &&
        grep -qxF "get_filename_component(osft_prefix \"\${osft_prefix}/../../..\" ABSOLUTE)" \
            "$dir/slash/lib/cmake/osft/osftConfig.cmake"
}
check 'it installs with an empty PREFIX' installs_in_root

# --- the shared library ---
names_tls() {
    [ "$(package osft --libs | grep -o mbed | wc -l)" = 3 ]
}
# loaded_libraries: print which libraries of osft and mbedTLS the program loads.
loaded_libraries() {
    readelf -d "$dir/program" | sed -n 's/.*(NEEDED).*\[\(lib\(osft\|mbed\)[^.]*\)\..*/\1/p' | sort
}
links_shared() {
    [ "$(package osft --libs | grep -c mbed)" = 0 ] && link_with osft && [ "$(loaded_libraries)" = libosft ] &&
        LD_LIBRARY_PATH=$root/usr/lib "$dir/program" >/dev/null
}
links_static() {
    # shellcheck disable=SC2046 # lists of words
    ${CC:-cc} -std=c99 -static $(package osft --cflags) -o "$dir/program" tests/packages/consumer/limits.c \
        $(package osft --static --libs) && [ -z "$(loaded_libraries)" ] &&
        package osft --static --libs | grep -q -- '-losft -lmbedtls -lmbedx509 -lmbedcrypto'
}
check 'osft.pc without the shared library names mbedTLS, which programs link, too' names_tls
check 'the shared library is installed beside it' make_target install-shared
check 'osft.pc then leads to the shared library alone' links_shared
check '... and with --static to libosft.a and mbedTLS' links_static
check 'it is installed again' make_target install
check '... and osft.pc still leads to the shared library alone' links_shared
check 'without the shared library, it is installed once more' install

# --- the reporter ---
unit=$root/usr/lib/systemd/system/osft-reporter.service
# compare_libraries: print how the libraries that are built in differ from those that pkg-config finds.
compare_libraries() {
    for library in inih libmosquitto libmicrohttpd libsystemd; do
        ! pkg-config --exists $library || echo "lib${library#lib}"
    done | sort >"$dir/there"
    "$root/usr/bin/osft-reporter" --version | sed -n 's/^with \(lib[a-z]*\).*/\1/p' | sort | diff "$dir/there" -
}
none 'osft-reporter is installed with the libraries that are there' compare_libraries
has_manual() {
    cmp examples/gateway/osft-reporter.8 "$root/usr/share/man/man8/osft-reporter.8" &&
        cmp examples/gateway/service/reporter.conf "$root/usr/share/doc/osft-reporter/reporter.conf"
}
check 'its manual page and its example configuration are installed' has_manual
none 'nothing is installed outside of PREFIX, such as a configuration that is in use' \
    find "$root" -mindepth 1 -maxdepth 1 ! -name usr
starts() {
    program=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
    [ "$program" = /usr/bin/osft-reporter ] && [ -x "$root$program" ]
}
# accepts: whether the reporter accepts the arguments that the unit starts it with. The test replaces %S and %d, as
# systemd does.
accepts() {
    printf '[default]\ntype = access_key\naccess_key_id = a\naccess_key_secret = b\n' >"$dir/accesskey"
    chmod 600 "$dir/accesskey"
    mkdir -p "$dir/osft-reporter"
    sed -n "s#^ExecStart=\([^ ]*\) --config [^ ]* \(.*\)#$root\1 --check --config \
$root/usr/share/doc/osft-reporter/reporter.conf \2#p" "$unit" | sed "s#%S#$dir#g; s#%d#$dir#g" >"$dir/start"
    sh "$dir/start"
}
if [ -e "$unit" ]; then
    check 'the program that its unit starts is there' starts
    if "$root/usr/bin/osft-reporter" --version | grep -q '^with libmicrohttpd'; then
        check '... and takes what the unit gives it, with the example configuration' accepts
    else
        skip '... and takes what the unit gives it' 'the reporter was built without libmicrohttpd'
    fi
else
    may_lack_unit() {
        ! { pkg-config --exists inih && pkg-config --exists libsystemd; }
    }
    check 'its unit is left out only where it could not be started' may_lack_unit
fi
# make_without TARGET: make a target with a reporter without libraries, and with another prefix.
make_without() {
    MAKEFLAGS='' make -s BUILD="$dir/without" CFLAGS=-O0 SANITIZE= REPORTER_LIBRARIES= DESTDIR="$root" \
        PREFIX=/opt/osft LIBDIR=/opt/osft/lib64 "$1"
}
installs_without() {
    rm -rf "$root"
    make_without install &&
        [ -x "$root/opt/osft/bin/osft-reporter" ] && ! find "$root" -name '*.service' | grep .
}
check 'without any library the reporter is installed, but no unit, which it could not be started by' installs_without
is_in_libdir() {
    there=$(cd "$root/opt/osft/lib64" && find . ! -type d | sed 's|^\./||; s|cmake/osft/.*|cmake/osft|' |
        sort -u | tr '\n' ' ')
    [ "$there" = 'cmake/osft libosft-core.a libosft.a pkgconfig/osft-core.pc pkgconfig/osft.pc ' ] &&
        [ ! -e "$root/opt/osft/lib" ] && for name in osft osft-core; do
        said=$(PKG_CONFIG_PATH=$root/opt/osft/lib64/pkgconfig pkg-config --variable=libdir "$name")
        [ "$said" = /opt/osft/lib64 ] || { echo "$name: $said" && return 1; }
    done
}
check '... with its libraries in LIBDIR, which the pkg-config files name' is_in_libdir
uninstall_without() {
    make_without uninstall
    find "$root" ! -type d
}
none '... and uninstalled from there' uninstall_without
install

# links_without_tls: whether a program of the core alone links without mbedTLS, and contains no function of mbedTLS.
links_without_tls() {
    case $(package osft-core --libs) in *mbed*) return 1 ;; esac
    link_with osft-core && ! nm "$dir/program" | grep -q mbedtls_
}
check 'osft-core: a program links without mbedTLS' links_without_tls
none 'osft-core: it runs, and has the limits of the library' prints '-38: depth 16 16, recent 5, metrics 6'
port_objects() {
    ar t "$root/usr/lib/libosft-core.a" | grep -xf - "$dir/port_objects"
}
(cd port && find . -name '*.c') | sed 's|.*/||; s|\.c$|.o|' >"$dir/port_objects"
none 'osft-core: the library holds no port' port_objects

# has_pages: whether both manual pages are installed, and osft(3) has the functions of the headers.
has_pages() {
    grep -q '^\.Dt OSFT 1' "$root/usr/share/man/man1/osft.1" && grep -q '^\.Fo osft_list$' "$root/usr/share/man/man3/osft.3"
}
check 'both manual pages are installed' has_pages

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
for file in include/osft/other.h bin/osft-other lib/libosft-other.so share/man/man1/osft.1.gz share/man/man3/osft.3.gz \
    lib/systemd/system/other.service; do
    echo other >"$root/usr/$file"
done
check 'it uninstalls' uninstall
left() {
    [ "$(files)" = './usr/bin/osft-other
./usr/include/osft/other.h
./usr/lib/libosft-other.so
./usr/lib/systemd/system/other.service
./usr/share/man/man1/osft.1.gz
./usr/share/man/man3/osft.3.gz' ] || files
}
none 'files of others stay, and nothing else' left
install
make_target install-shared
rm -f "$root/usr/include/osft/other.h" "$root/usr/lib/systemd/system/other.service"
uninstall
none 'without files of others, nothing is left' files
gone() {
    ! find "$root" -type d -name 'osft*' | grep . && [ -d "$root/usr/include" ]
}
check '... nor the folders that are ours' gone
finish
