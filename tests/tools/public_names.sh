#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Print the names that the public headers of libosft declare, sorted; a name that contains limits ends in _LIMITS.
# (port/lwip and port/freertos are no parts of the library.)
# usage: sh tests/tools/public_names.sh FOLDER      (for files of its own)
set -eu
dir=$1
headers=$(find core port -name 'osft*.h' ! -name '*_internal.h' ! -name '*_config.h' ! -path 'port/lwip/*' ! -path 'port/freertos/*' | sort)
for header in $headers; do
    echo "#include \"$(basename "$header")\""
done >"$dir/headers.c"
# shellcheck disable=SC2046 # a list of words
gcc -std=c99 -D_POSIX_C_SOURCE=200809L -Icore $(printf -- ' -I%s' port/*/) -aux-info "$dir/declared" \
    -fsyntax-only "$dir/headers.c"
# shellcheck disable=SC2086 # a list of words
{
    # gcc lists types of functions, too, as if these were functions.
    sed -nE 's/^typedef [^(]*\b(osft_[a-z0-9_]+)\(.*/\1/p' $headers | sort >"$dir/types"
    grep -E '^/\* (core|port)/' "$dir/declared" | grep -v ' static ' | sed -E 's/^[^(]*\b(osft_[a-z0-9_]+) \(.*/\1/'
    sed -nE 's/^extern const .* (osft_[a-z0-9_]+);/\1/p' $headers
} | sed -E 's/(_[0-9]+){3}$/_LIMITS/' | sort -u | comm -23 - "$dir/types"
