#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks the two files that make single writes. osft.c and osft.h must compile without other files of osft, by five
# compilers and four standards. Programs, and the ports, must link them and run.
# usage: OSFT_BUILD=build sh tests/packages/single.sh
set -u
sh tests/tools/need.sh gcc g++ clang libc6-dev make libmbedtls-dev libjsmn-dev binutils gcc-arm-none-eabi \
    picolibc-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf gcc-xtensa-lx106 \
    picolibc-xtensa-lx106-elf || exit 1
. tests/tools/command.sh
. tests/tools/endpoint.sh
. tests/tools/tap.sh

dir=$B/packages/single
rm -rf "$dir"
mkdir -p "$dir/jsmn"
cp "${JSMN_DIR:-/usr/include}/jsmn.h" "$dir/jsmn"
check 'make single writes two files' env MAKEFLAGS='' make -s BUILD="$dir" single
single=$dir/single

warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wvla -Werror'
# C++17 has no designated initialisers, but all these compilers accept them when the members are in order and none is
# left out.
warn_cpp='-Wall -Wextra -Wshadow -Wcast-qual -Werror'

# flags STANDARD COMPILER: print the flags that choose the standard and turn on warnings.
flags() {
    case $1-$2 in
    c++*-clang*) echo "-x c++ -std=$1 $warn_cpp -Wno-c99-designator" ;;
    c++*) echo "-x c++ -std=$1 $warn_cpp" ;;
    *) echo "-std=$1 $warn -Wstrict-prototypes" ;;
    esac
}
# compile NAME STANDARD COMPILER FLAGS...: compile osft.c alone, to NAME.o.
compile() {
    object=$dir/$1.o standard=$2 compiler=$3
    shift 3
    # shellcheck disable=SC2046 # lists of words
    "$compiler" "$@" $(flags "$standard" "$compiler") -Os -isystem "$dir/jsmn" -c -o "$object" "$single/osft.c"
}
# public_names FILE: print the external names that an object or archive defines.
public_names() {
    nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort
}
# missing_names NAME: print the public names of the library's core that the object lacks.
missing_names() {
    grep -hoE '\bosft_[a-z0-9_]+\(' core/osft*.h | tr -d '(' | sort -u >"$dir/declared"
    public_names "$B/libosft-core.a" |
        grep -E "^($(tr '\n' '|' <"$dir/declared")osft_retry_default)(_[0-9]+)*\$" >"$dir/wanted"
    public_names "$dir/$1.o" | comm -13 - "$dir/wanted"
    [ -s "$dir/wanted" ] || echo 'the library has no public name'
}
# runs NAME COMPILER: link limits.c with the object, and run it.
runs() {
    sed 's/osft_\(metrics\|pages\|watch\)\.h/osft.h/' tests/packages/consumer/limits.c >"$dir/limits.c"
    "$2" -std=c99 -Wall -Wextra -Werror -I"$single" -o "$dir/limits-$1" "$dir/limits.c" "$dir/$1.o" &&
        said=$("$dir/limits-$1") && [ "$said" = '-38: depth 32 32, recent 8, metrics 6' ]
}

for standard in c99 c11 c17 c++17; do
    for compiler in gcc clang; do
        name=$compiler-$standard
        check "osft.c compiles alone as $standard ($compiler)" compile "$name" "$standard" "$compiler"
        none "... with all public names ($name)" missing_names "$name"
        check "... and a program links it and runs ($name)" runs "$name" "$compiler"
    done
    for cross in 'arm-none-eabi -mcpu=cortex-m3 -mthumb --specs=picolibc.specs' \
        'riscv64-unknown-elf -march=rv32imc -mabi=ilp32 --specs=picolibc.specs' \
        'xtensa-lx106-elf --specs=/usr/lib/xtensa-lx106-elf/picolibc.specs'; do
        # shellcheck disable=SC2086 # $cross becomes $1 and the flags
        set -- $cross
        machine=$1
        shift
        name=$machine-$standard
        check "osft.c compiles alone as $standard ($machine)" compile "$name" "$standard" "$machine-gcc" "$@"
    done
done

# The first lines of osft.c name flags that remove functions without a caller. With these flags, this program must
# contain no function of a watch.
cat >"$dir/one.c" <<'END'
#include "osft.h"
int main(void)
{
    static struct osft_client client;
    static struct osft_query query;
    static struct osft_page page;
    return osft_list(&client, &query, &page, 0);
}
END
# link_one FLAGS...: Link a program that only calls osft_list(). $dir/one.nm gets the program's symbols.
link_one() {
    gcc -std=c99 -Os -I"$single" -isystem "$dir/jsmn" "$@" -o "$dir/one" "$dir/one.c" "$single/osft.c" &&
        nm "$dir/one" >"$dir/one.nm" && grep -q ' T osft_list$' "$dir/one.nm"
}
has_watch() {
    link_one && grep -q ' T osft_watch_poll$' "$dir/one.nm"
}
has_no_watch() {
    flags=$(sed -n '2,/\*\//p' "$single/osft.c" | grep -oE -- ' -(f|Wl)[a-z,-]*[a-z]' | tr '\n' ' ')
    [ "$(echo "$flags" | wc -w)" = 3 ] || { echo "flags: $flags" && return 1; }
    # shellcheck disable=SC2086 # a list of words
    link_one $flags && ! grep -q ' T osft_watch_poll$' "$dir/one.nm"
}
check 'osft.c has functions of a watch in a program that does not use them' has_watch
check '... but not with the flags that its first lines name' has_no_watch

# compiles_header COMPILER LANGUAGE STANDARD: whether osft.h compiles alone, also when included twice.
compiles_header() {
    printf '#include "osft.h"\n#include "osft.h"\nint main(void) { return 0; }\n' |
        "$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Werror -I"$single" -fsyntax-only -
}
check 'osft.h compiles alone as C99' compiles_header gcc c c99
check 'osft.h compiles alone as C++17' compiles_header g++ c++ c++17

# Check the ports, which are copied beside the two files, with the core compiled as C99 and as C++17.
start --generate 25 --ca-out "$T/ca.pem"
export SSL_CERT_FILE="$T/ca.pem"
# link NAME PROGRAM: compile the program's file, and link it with the ports and with the core in NAME.o.
link() {
    set -- "$1" "$2" posix proxy mbedtls hosted
    name=$1 program=$2
    shift 2
    # shellcheck disable=SC2046,SC2086 # lists of words
    gcc -std=c99 $warn -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -I"$single" \
        $(printf -- "-I$single/port/%s " "$@") -o "$dir/list-$name" "$program" \
        "$dir/$name.o" $(printf "$single/port/%s/*.c " "$@") -lmbedtls -lmbedx509 -lmbedcrypto
}
lists() {
    link "$1" tests/packages/consumer/list.c && "$dir/list-$1" "$port" | grep -qx '20 tasks'
}
# Check examples/small/list.c, which prints a line for each of 10 tasks.
example() {
    link gcc-c99 examples/small/list.c &&
        "$dir/list-gcc-c99" 127.0.0.1 "$port" >"$dir/example" && cat "$dir/example" &&
        [ "$(grep -cE '^[0-9]+ [a-z]+ [0-9]+%$' "$dir/example")" = 10 ]
}
check 'the ports compile with it, and list tasks over TLS (the core as C99)' lists gcc-c99
check 'the ports compile with it, and list tasks over TLS (the core as C++17)' lists clang-c++17
check 'an example of examples/small links it, and lists tasks' example
finish
