#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the size of a static program. Exit status 1 when it is larger than the flash of a gateway has room for,
# or when it needs any other file.
# usage: sh tests/size/static.sh FILE
set -eu

max=327680

file=$1
bytes=$(wc -c <"$file")
echo "$file: $bytes of at most $max bytes"
if readelf -lW "$file" | grep -q INTERP; then
    echo "static.sh: $file is not static" >&2
    exit 1
fi
if [ "$bytes" -gt "$max" ]; then
    echo "static.sh: $file is $((bytes - max)) bytes too large" >&2
    exit 1
fi
