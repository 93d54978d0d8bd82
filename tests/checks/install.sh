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

# The smallest response that nests too deep shows the limit that the library was built with.
cat >"$dir/program.c" <<'END'
#include <stdio.h>
#include <string.h>
#include "osft_metrics.h"
#include "osft_pages.h"
#include "osft_watch.h"

int main(void)
{
    static struct osft_client client;
    static struct osft_pages pages;
    static struct osft_metrics metrics;
    struct osft_settings settings;
    struct osft_query query;
    struct osft_span text = OSFT_LIT("1");
    struct osft_task task;
    struct osft_page page;
    struct osft_reply reply;
    int depth = 0, result;
    char body[1000];

    memset(&settings, 0, sizeof settings);
    memset(&query, 0, sizeof query);
    memset(&page, 0, sizeof page);
    page.tasks = &task;
    osft_init(&client, &settings);
    osft_pages_init(&pages, &client, &query, 10);
    osft_metrics_init(&metrics, &text);
    do {
        depth++;
        memset(body, '[', sizeof body);
        result = osft_parse_list(body, (size_t)depth, &page, &reply);
    } while (result == OSFT_E_JSON);
    printf("%d: depth %d %d, recent %d, metrics %d\n", result, depth - 1, OSFT_JSON_DEPTH, OSFT_PAGES_RECENT,
           OSFT_METRIC_DEPTH);
    return 0;
}
END

# link FLAGS...: build the program as a user does.
link() {
    # shellcheck disable=SC2046 # lists of words
    ${CC:-cc} -std=c99 "$@" $(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" \
        --cflags osft) -o "$dir/program" "$dir/program.c" \
        $(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" --libs osft)
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
    said=$(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --modversion osft)
    [ -n "$said" ] && [ "$("$root/usr/bin/osft" version)" = "osft $said" ]
}
check 'pkg-config tells the version that the installed command tells' version
check 'a program that does not name the limits links' link
none 'it runs, and has the limits of the library' prints '-38: depth 16 16, recent 5, metrics 6'
check 'a program with another OSFT_JSON_DEPTH does not link' refused link -DOSFT_JSON_DEPTH=32
check 'a program with another OSFT_PAGES_RECENT does not link' refused link -DOSFT_PAGES_RECENT=8
check 'a program with another OSFT_METRIC_DEPTH does not link' refused link -DOSFT_METRIC_DEPTH=8

# --- the reporter ---
unit=$root/usr/lib/systemd/system/osft-reporter.service
# The libraries that pkg-config finds are built in, also with CPPFLAGS on the command line.
libraries() {
    for library in inih libmosquitto libmicrohttpd libsystemd; do
        ! pkg-config --exists $library || echo "lib${library#lib}"
    done | sort >"$dir/there"
    "$root/usr/bin/osft-reporter" --version | sed -n 's/^with \(lib[a-z]*\).*/\1/p' | sort | diff "$dir/there" -
}
none 'osft-reporter is installed with the libraries that are there' libraries
manual() {
    cmp examples/gateway/osft-reporter.8 "$root/usr/share/man/man8/osft-reporter.8" &&
        cmp examples/gateway/service/reporter.conf "$root/usr/share/doc/osft-reporter/reporter.conf"
}
check 'its manual page and its example configuration are installed' manual
none 'nothing is installed outside of PREFIX, such as a configuration that is in use' \
    find "$root" -mindepth 1 -maxdepth 1 ! -name usr
starts() {
    program=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
    [ "$program" = /usr/bin/osft-reporter ] && [ -x "$root$program" ]
}
# accepts: what the unit gives the reporter, which must know it. %S and %d are systemd's.
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
    unitless() {
        ! { pkg-config --exists inih && pkg-config --exists libsystemd; }
    }
    check 'its unit is left out only where it could not be started' unitless
fi
# make_without TARGET: that target without the reporter's libraries, for another prefix.
make_without() {
    MAKEFLAGS='' make -s BUILD="$dir/without" CFLAGS=-O0 SANITIZE= REPORTER_LIBRARIES= DESTDIR="$root" \
        PREFIX=/opt/osft "$1"
}
without() {
    rm -rf "$root"
    make_without install &&
        [ -x "$root/opt/osft/bin/osft-reporter" ] && ! find "$root" -name '*.service' | grep .
}
check 'without any library the reporter is installed, but no unit, which it could not be started by' without
prefix() {
    make_without uninstall
    find "$root" ! -type d
}
none '... and uninstalled from there' prefix
install

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
for file in include/osft/other.h bin/osft-other lib/libosft.so share/man/man1/osft.1.gz \
    lib/systemd/system/other.service; do
    echo other >"$root/usr/$file"
done
check 'it uninstalls' uninstall
left() {
    [ "$(files)" = './usr/bin/osft-other
./usr/include/osft/other.h
./usr/lib/libosft.so
./usr/lib/systemd/system/other.service
./usr/share/man/man1/osft.1.gz' ] || files
}
none 'files of others stay, and nothing else' left
install
rm -f "$root/usr/include/osft/other.h" "$root/usr/lib/systemd/system/other.service"
uninstall
none 'without files of others, nothing is left' files
gone() {
    [ ! -e "$root/usr/include/osft" ] && [ ! -e "$root/usr/share/doc/osft-reporter" ] && [ -d "$root/usr/include" ]
}
check '... nor the folders of the headers and of the example, which are ours' gone
finish
