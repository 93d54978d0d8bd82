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

# pages: check that both manual pages are there, the second with the functions of the headers.
pages() {
    grep -q '^\.Dt OSFT 1' "$root/usr/share/man/man1/osft.1" && grep -q '^\.Fo osft_list$' "$root/usr/share/man/man3/osft.3"
}
check 'both manual pages are installed' pages

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
for file in include/osft/other.h bin/osft-other lib/libosft.so share/man/man1/osft.1.gz share/man/man3/osft.3.gz; do
    echo other >"$root/usr/$file"
done
check 'it uninstalls' uninstall
left() {
    [ "$(files)" = './usr/bin/osft-other
./usr/include/osft/other.h
./usr/lib/libosft.so
./usr/share/man/man1/osft.1.gz
./usr/share/man/man3/osft.3.gz' ] || files
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
