#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of mbedTLS 3.6 and build its static libraries.
# usage: sh tests/tools/mbedtls3.sh [DIR [sources]]     (default build/mbedtls3; prints DIR when done)
# sources: build no libraries; a build with its own configuration of mbedTLS needs none.
# Then: make MBEDTLS_DIR=DIR
set -eu

dir=${1:-build/mbedtls3}
. "$(dirname "$0")/source.sh"

if [ ! -e "$dir/.built" ]; then
    source_fetch mbedtls 'build mbedTLS 3.6 yourself and set MBEDTLS_DIR' gcc libc6-dev make
    grep -q 'MBEDTLS_VERSION_STRING  *"3\.6\.' "$dir.part/include/mbedtls/build_info.h" ||
        die "suite $suite has no mbedTLS 3.6"
    source_done >&2
fi
if [ "${2:-}" != sources ] && [ ! -e "$dir/.libraries" ]; then
    make -C "$dir" -j "$(nproc)" lib >&2
    : >"$dir/.libraries"
fi
echo "$dir"
