#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of mbedTLS 3.6 and build its static libraries.
# usage: sh tests/tools/mbedtls3.sh [DIR]     (default build/mbedtls3; prints DIR when done)
# Then: make MBEDTLS_DIR=DIR
set -eu

dir=${1:-build/mbedtls3}
. "$(dirname "$0")/source.sh"

source_made
source_fetch mbedtls 'build mbedTLS 3.6 yourself and set MBEDTLS_DIR' gcc libc6-dev make
grep -q 'MBEDTLS_VERSION_STRING  *"3\.6\.' "$dir.part/include/mbedtls/build_info.h" ||
    die "suite $suite has no mbedTLS 3.6"
make -C "$dir.part" -j "$(nproc)" lib >&2
source_done
