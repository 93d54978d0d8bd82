#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian or Ubuntu packages named as arguments that are not there yet; says nothing when
# all of them are. Needs root, or sudo; without either it says what to install, and fails.
set -u

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# One at a time: what the other one installs may be missing here, too.
exec 9<"$0"
flock 9

refuse() {
    echo "need.sh: $1; please install:$missing" >&2
    exit 1
}

command -v apt-get >/dev/null || refuse 'there is no apt-get here'
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || refuse 'neither root nor sudo'
    as_root=sudo
fi

echo "installing:$missing" >&2
# The two may differ in who else holds the lock: apt waits for it instead of failing.
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of words
if ! { apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    refuse 'apt-get failed (above)'
fi
