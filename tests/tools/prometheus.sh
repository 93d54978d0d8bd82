#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints a folder that has Prometheus' programs, prometheus and promtool.
# usage: sh tests/tools/prometheus.sh BUILD
# Where they are not installed, Debian's or Ubuntu's package is unpacked below the build folder. It is not installed,
# as its installation would start a service. Fails with a message when the package cannot be downloaded.
set -u
build=$1
# The build folder of a variant is within the plain build, which has the programs for both.
[ ! -x "$build/../osft-endpoint" ] || build=$build/..
dir=$build/prometheus

if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
    dirname "$(command -v prometheus)"
    exit 0
fi

die() {
    echo "prometheus.sh: $1" >&2
    exit 1
}
mkdir -p "$build" || exit 1
# need.sh uses the same lock, so that no other test uses apt at the same time.
exec 9<tests/tools/need.sh
flock 9
if [ ! -x "$dir/usr/bin/prometheus" ]; then
    command -v apt-get >/dev/null || die 'there is no apt-get here; please install Prometheus'
    # The folder is below /tmp, as apt downloads as a user of its own, who may have no access to the project's folder.
    part=$(mktemp -d) || exit 1
    trap 'rm -rf "$part" "$dir.part"' EXIT
    trap 'exit 1' HUP INT TERM
    chmod 755 "$part"
    [ "$(id -u)" != 0 ] || chown _apt "$part" 2>/dev/null
    download() {
        (cd "$part" && apt-get -q download prometheus) >"$part/log" 2>&1 </dev/null
    }
    update() {
        apt-get -q -o DPkg::Lock::Timeout=300 update >"$part/update" 2>&1 </dev/null
    }
    # The lists of packages may be missing, or may name a version that is no longer available.
    download || { update && download; } ||
        die "apt-get cannot download the package prometheus: $(tail -n 1 "$part/log")"
    rm -rf "$dir" "$dir.part"
    if ! dpkg -x "$part"/prometheus_*.deb "$dir.part" || ! mv "$dir.part" "$dir"; then
        die 'the package cannot be unpacked'
    fi
fi
"$dir/usr/bin/promtool" --version >/dev/null 2>&1 || die "$dir/usr/bin/promtool does not run here"
cd "$dir/usr/bin" && pwd
