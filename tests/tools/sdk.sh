#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sdk.sh FOLDER: installs the vendor's own SDK for Node.js into FOLDER/node_modules, with the versions of
# tests/system/peers/package-lock.json, unless it is there. Exit status 1 when npm's registry cannot be reached.
set -u
lock=tests/system/peers/package-lock.json

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    sh tests/tools/need.sh nodejs npm || exit 1
fi
mkdir -p "$1" && cp "$lock" tests/system/peers/package.json "$1" || exit 1
cmp -s "$lock" "$1/installed.json" && exit 0
(cd "$1" && npm ci --ignore-scripts --no-audit --no-fund) >"$1/npm.log" 2>&1 || {
    cat "$1/npm.log" >&2
    exit 1
}
cp "$lock" "$1/installed.json"
