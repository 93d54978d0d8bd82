#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An image must not contain the C library's heap, nor what brings it in.
# usage: sh tests/device/firmware/heapless.sh NM IMAGE
set -eu

found=$("$1" "$2" | awk '
    $NF ~ /^_*(malloc|calloc|realloc|free|memalign|sbrk|_malloc_r|_free_r|_sbrk_r|printf|abort|exit)(_r)?$/ {
        print $NF
    }')
[ -z "$found" ] || {
    echo "heapless.sh: $2 contains" $found >&2
    exit 1
}
