#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The core needs an int of 32 bits. For a processor with a shorter one, a program that includes a header of the client
# must fail to compile, with a message that says so. Prints TAP.
set -u
. tests/tools/tap.sh
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM

# There is no C library for AVR here, so this header of the core's is made.
mkdir "$T/include"
echo '#include <stddef.h>' >"$T/include/string.h"

# compile TEXT: compile a program of that text for AVR, where an int has 16 bits.
compile() {
    printf '%s\n' "$1" >"$T/program.c"
    avr-gcc -mmcu=avr5 -std=c99 -ffreestanding -Icore -isystem "$T/include" -c -o "$T/program.o" "$T/program.c"
}

# refuses HEADER: whether such a program fails to compile, with that message.
refuses() {
    compile "#include \"$1\"" 2>"$T/message" && return 1
    cat "$T/message"
    grep -q 'osft_needs_an_int_of_32_bits_or_more' "$T/message"
}

check 'the compiler for AVR compiles a program' compile '#include <stdint.h>
typedef char int_has_16_bits[sizeof(int) == 2 ? 1 : -1];'
for header in osft.h osft_pages.h osft_watch.h osft_metrics.h; do
    check "$header refuses an int of 16 bits, and says why" refuses "$header"
done
finish
