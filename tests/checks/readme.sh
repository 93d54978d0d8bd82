#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks what READMEs claim. The programs of README.md must compile, and run against the local endpoint. The figures of
# README.md, and the table of tests/size/README.md, must be what is measured.
set -u
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/tap.sh
. tests/tools/between.sh

dir=$OSFT_BUILD/checks/readme
rm -rf "$dir"
mkdir -p "$dir"
awk -v dir="$dir" '
    /^```c$/ { inside = 1; file = dir "/program" ++n ".c"; next }
    /^```$/ { inside = 0 }
    inside { print >file }' README.md

# The programs name the host of the service. This function, which the linker puts in the place of osft_hosted_init(),
# connects them with the endpoint instead.
cat >"$dir/to_endpoint.c" <<'END'
#include <stdlib.h>
#include "osft_hosted.h"

int __wrap_osft_hosted_init(struct osft_hosted *hosted, const char *host);
int __wrap_osft_hosted_init(struct osft_hosted *hosted, const char *host)
{
    struct osft_hosted_options options = { .tcp_port = (uint16_t)atoi(getenv("ENDPOINT_PORT")) };
    (void)host;
    return osft_hosted_init_with(hosted, "127.0.0.1", &options);
}
END

# compile NAME: compile a code block of README.md: a whole program, or only functions.
compile() {
    set -- "$dir/$1"
    grep -q 'int main(' "$1.c" || set -- "$1" -c
    # shellcheck disable=SC2046 # a list of words
    ${CC:-cc} -std=c99 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -Icore $(printf -- ' -I%s' port/*/) \
        -o "$@" "$1.c" $([ $# != 1 ] || echo "$dir/to_endpoint.c $OSFT_BUILD/libosft.a -lmbedtls -lmbedx509 \
        -lmbedcrypto -Wl,--wrap=osft_hosted_init")
}
# runs NAME: whether the program prints something, and no error. A program with an endless loop is ended by a signal.
runs() {
    if grep -qE 'for \(;;\)|while \(1\)' "$dir/$1.c"; then
        rm -f "$dir/lines"
        mkfifo "$dir/lines"
        "$dir/$1" >"$dir/lines" 2>"$dir/errors" &
        program=$!
        head -n 1 "$dir/lines" >"$dir/output"
        kill "$program"
        wait "$program"
    else
        "$dir/$1" >"$dir/output" 2>"$dir/errors" || return 1
    fi
    cat "$dir/errors"
    [ -s "$dir/output" ] && [ ! -s "$dir/errors" ]
}
measure() {
    sh tests/size/size.sh "$OSFT_BUILD/size" >"$OSFT_BUILD/size.out"
}
compilers() {
    sed -n '/gcc [0-9]/p' "$1"
}
has_at_most() {
    [ "$(wc -l <"$1")" -le "$2" ]
}

start --generate 25 --arrive-ms 200 --run-ms 400 --ca-out "$T/ca.pem"
export SSL_CERT_FILE="$T/ca.pem" ENDPOINT_PORT="$port"
check 'README.md has a program' test -s "$dir/program1.c"
for file in "$dir"/program*.c; do
    name=$(basename "$file" .c)
    check "README.md's $name compiles" compile "$name"
    [ ! -x "$dir/$name" ] || check "README.md's $name runs against the endpoint" runs "$name"
done
check 'README.md has at most 220 lines' has_at_most README.md 220
between figures README.md >"$dir/figures.md"
check 'the figures in README.md are those of tests/size/README.md (make size-readme)' \
    sh -c "sh tests/size/figures.sh | diff '$dir/figures.md' -"

# The limits hold for the compilers that the table names, because another version of gcc may make the code some bytes
# larger.
limits=$(measure 2>&1)
kept=$?
[ -z "$limits" ] || echo "$limits" | sed 's/^/# /'
between size tests/size/README.md >"$dir/table.md"
check 'tests/size/README.md has a table of sizes' test -s "$dir/table.md"
if [ "$kept" != 0 ] && [ "$(compilers "$dir/table.md")" != "$(compilers "$OSFT_BUILD/size/table.md")" ]; then
    skip 'the core keeps its limits of flash, RAM and stack' 'other compilers here; see make size'
else
    check 'the core keeps its limits of flash, RAM and stack' test "$kept" = 0
fi
if [ -s "$dir/table.md" ] && [ "$(compilers "$dir/table.md")" != "$(compilers "$OSFT_BUILD/size/table.md")" ]; then
    skip 'the sizes in tests/size/README.md are what is measured' 'other compilers here; see make size'
else
    check 'the sizes in tests/size/README.md are what is measured (make size-readme)' \
        diff "$dir/table.md" "$OSFT_BUILD/size/table.md"
fi
finish
